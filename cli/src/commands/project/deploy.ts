import { defineCommand } from "../../command.ts";
import { CliError } from "../../failure.ts";
import { counted } from "../../output/counted.ts";
import { loadProject } from "./load-project.ts";
import { DEPLOYED_COLUMNS, deploymentOptions, runDeployment } from "./run-deployment.ts";

export const deploy = defineCommand({
  summary: "Build and deploy a project to the namespace you are connected to",
  about: `The folder has a project.yml, a packages folder, or both. A function that fails stops none of the others.`,
  examples: [
    "latchkey deploy examples/hello",
    ["latchkey deploy . --incremental", "only what changed since the last time"],
    ["latchkey deploy . --include billing/send,reports", "one function, and one whole package"],
    ["latchkey deploy . --env production.env", "values for what project.yml leaves open"],
  ],
  args: { directory: { kind: "one", about: "the project's folder", completes: "folders" } },
  options: {
    ...deploymentOptions,
    incremental: { kind: "flag", about: "leave out what did not change since it was last deployed from here" },
  },
  async run(context, { args, options }) {
    const { succeeded } = await loadProject();
    const { report } = await runDeployment(context, args.directory, options);
    if (!report.ok) {
      const failed = report.functions.filter((result) => !succeeded(result)).length;
      const message = `${failed} of ${counted(report.functions.length, "function")} failed; the reasons are above`;
      context.failAfterwards(new CliError(message, ["Correct them, then deploy the rest: add --incremental"]));
    }
    return report;
  },
  show: { columns: DEPLOYED_COLUMNS, rows: ({ functions }) => functions },
});
