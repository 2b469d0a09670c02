import type { Option } from "../../command.ts";
import { withoutCredentials } from "../../config.ts";
import type { Context } from "../../context.ts";
import { createDeployApi } from "../../deploy-api.ts";
import type { Column } from "../../output/view.ts";
import type { FunctionResult } from "../../project/index.ts";
import { createTriggerApiIfAllowed } from "../../trigger-api.ts";
import { loadProject } from "./load-project.ts";
import { tellProgress } from "./progress.ts";

/** What became of each function. */
export const DEPLOYED_COLUMNS: readonly Column<FunctionResult>[] = [
  { name: "Function", heading: "Function", cell: ({ name }) => name },
  { name: "Result", heading: "Result", cell: ({ outcome }) => outcome },
  { name: "Version", heading: "Version", cell: (result) => ("version" in result ? result.version : "") },
  { name: "URL", heading: "URL", cell: (result) => ("reach" in result ? result.reach.url : "") },
];

/** The options of whatever deploys. */
export const deploymentOptions = {
  include: { kind: "text", value: "names", about: "deploy only these functions and packages, separated by commas" },
  exclude: { kind: "text", value: "names", about: "leave out these functions and packages, separated by commas" },
  env: {
    kind: "text",
    value: "file",
    about: "values for variables in project.yml, instead of its .env",
    completes: "files",
  },
  buildEnv: { kind: "text", value: "file", about: "environment variables for build commands", completes: "files" },
  verboseBuild: { kind: "flag", about: "print what build commands print" },
} as const satisfies Record<string, Option>;

type Options = {
  readonly include: string | undefined;
  readonly exclude: string | undefined;
  readonly env: string | undefined;
  readonly buildEnv: string | undefined;
  readonly verboseBuild: boolean;
  readonly incremental: boolean;
};

/** Reads a project as it is now and deploys it to the namespace in use. */
export async function runDeployment(context: Context, directory: string, options: Options) {
  const { deployProject, readEnvFile, readProject } = await loadProject();
  const { environment } = context.config;
  const { include, exclude, incremental, env: envFile } = options;
  const buildEnvironment = options.buildEnv === undefined ? {} : await readEnvFile(options.buildEnv);
  const project = await readProject(directory, { environment, envFile, include, exclude });
  for (const warning of project.warnings) context.warn(warning);

  const dataPlane = await context.dataPlane();
  const { namespace, label } = await dataPlane.namespace();
  context.say(`Deploying '${directory}' to namespace '${label ?? namespace}' on ${dataPlane.apiHost}`);
  const report = await deployProject(project, {
    api: createDeployApi(dataPlane),
    triggers: createTriggerApiIfAllowed(context, namespace),
    namespace,
    apiHost: dataPlane.apiHost,
    environment: { ...withoutCredentials(environment), ...buildEnvironment },
    incremental,
    progress: tellProgress(context, { verbose: options.verboseBuild }),
  });
  return { report, project };
}
