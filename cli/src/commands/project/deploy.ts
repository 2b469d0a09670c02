import { defineCommand } from "../../command.ts";
import { withoutCredentials } from "../../config.ts";
import { createDeployApi } from "../../deploy-api.ts";
import { CliError } from "../../failure.ts";
import { counted } from "../../output/counted.ts";
import type { Column } from "../../output/view.ts";
import type { FunctionResult } from "../../project/index.ts";
import { loadProject } from "./load-project.ts";
import { tellProgress } from "./progress.ts";

const COLUMNS: readonly Column<FunctionResult>[] = [
  { name: "Function", heading: "Function", cell: ({ name }) => name },
  { name: "Result", heading: "Result", cell: ({ outcome }) => outcome },
  { name: "Version", heading: "Version", cell: (result) => ("version" in result ? result.version : "") },
  { name: "URL", heading: "URL", cell: (result) => ("reach" in result ? result.reach.url : "") },
];

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
    include: { kind: "text", value: "names", about: "deploy only these functions and packages, separated by commas" },
    exclude: { kind: "text", value: "names", about: "leave out these functions and packages, separated by commas" },
    incremental: { kind: "flag", about: "leave out what did not change since it was last deployed from here" },
    env: {
      kind: "text",
      value: "file",
      about: "values for variables in project.yml, instead of its .env",
      completes: "files",
    },
    buildEnv: { kind: "text", value: "file", about: "environment variables for build commands", completes: "files" },
    verboseBuild: { kind: "flag", about: "print what build commands print" },
  },
  async run(context, { args, options }) {
    const { deployProject, readEnvFile, readProject, succeeded } = await loadProject();
    const { environment } = context.config;
    const { include, exclude, incremental, env: envFile } = options;
    const buildEnvironment = options.buildEnv === undefined ? {} : await readEnvFile(options.buildEnv);
    const project = await readProject(args.directory, { environment, envFile, include, exclude });
    for (const warning of project.warnings) context.warn(warning);

    const dataPlane = await context.dataPlane();
    const { namespace, label } = await dataPlane.namespace();
    context.say(`Deploying '${args.directory}' to namespace '${label ?? namespace}' on ${dataPlane.apiHost}`);
    const report = await deployProject(project, {
      api: createDeployApi(dataPlane),
      triggers: null,
      namespace,
      apiHost: dataPlane.apiHost,
      environment: { ...withoutCredentials(environment), ...buildEnvironment },
      incremental,
      progress: tellProgress(context, { verbose: options.verboseBuild }),
    });
    if (!report.ok) {
      const failed = report.functions.filter((result) => !succeeded(result)).length;
      const message = `${failed} of ${counted(report.functions.length, "function")} failed; the reasons are above`;
      context.failAfterwards(new CliError(message, ["Correct them, then deploy the rest: add --incremental"]));
    }
    return report;
  },
  show: { columns: COLUMNS, rows: ({ functions }) => functions },
});
