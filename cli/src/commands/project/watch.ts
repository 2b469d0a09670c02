import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { defineCommand } from "../../command.ts";
import type { Context } from "../../context.ts";
import { explain } from "../../explain.ts";
import { prepareView } from "../../output/view.ts";
import type { FunctionResult } from "../../project/index.ts";
import { loadProject } from "./load-project.ts";
import { DEPLOYED_COLUMNS, deploymentOptions, runDeployment } from "./run-deployment.ts";

export const watch = defineCommand({
  summary: "Deploy a project, and again what changes, until interrupted",
  about: `What is wrong with the project is told, and tried again with the next change. What changes in a folder while its build runs is taken for the build's doing.`,
  examples: ["latchkey watch .", "latchkey watch examples/hello --include sample/hello"],
  args: { directory: { kind: "one", about: "the project's folder", completes: "folders" } },
  options: deploymentOptions,
  async run(context, { args: { directory }, options }): Promise<never> {
    const { watchFolder } = await loadProject();
    const values = options.env === undefined ? [] : [resolve(options.env)];
    await access(directory);
    // Before the first deployment, so that nothing is missed meanwhile.
    const folder = await watchFolder(resolve(directory), values);
    let built = await deployOnce(context, directory, options);
    context.say(`Watching '${directory}'. Interrupt with Ctrl-C.`);
    for (;;) {
      folder.forgetWithin(built);
      const [first = "", ...more] = await folder.next();
      context.say(`Changed: ${first}${more.length === 0 ? "" : ` and ${more.length} more`}`);
      built = await deployOnce(context, directory, options);
    }
  },
  show: "nothing",
});

type Options = Omit<Parameters<typeof runDeployment>[2], "incremental">;

/** Deploys what has changed. Tells of failures instead of failing: the next change may mend them. Gives the folders that were built in. */
async function deployOnce(context: Context, directory: string, options: Options): Promise<readonly string[]> {
  const { buildFolders } = await loadProject();
  try {
    const { report, project } = await runDeployment(context, directory, { ...options, incremental: true });
    const done = report.functions.filter(({ outcome }) => outcome !== "skipped");
    if (done.length > 0) context.emit(report, asTable(done));
    return buildFolders(project);
  } catch (error) {
    const { message, next } = explain(error);
    context.complain(message, next);
    return [];
  }
}

const asTable: (functions: readonly FunctionResult[]) => string = prepareView(
  { columns: DEPLOYED_COLUMNS, rows: (functions) => functions },
  { format: undefined, header: false },
);
