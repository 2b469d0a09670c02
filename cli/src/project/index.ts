// The front door of reading, building, deploying, undeploying and starting functions projects. Nothing in this folder
// talks to a terminal or to a server: what happens is told by results and progress events, and requests go through
// interfaces that the commands implement: `DeployApi` and `UndeployApi` for the data plane.

export { readEnvFile } from "./config/env-values.ts";
export type { DeployApi, TriggerApi } from "./deploy/api.ts";
export { deployProject } from "./deploy/deploy-project.ts";
export { type FunctionResult, type ProgressEvent, succeeded } from "./deploy/report.ts";
export { initProject } from "./init/init-project.ts";
export { parseSampleLanguage, SAMPLE_LANGUAGES } from "./init/samples.ts";
export { readProject } from "./read-project.ts";
export {
  type UndeployApi,
  type UndeployResult,
  type UndeployTriggerApi,
  undeployFunctions,
  undeployNamespace,
  undeployPackages,
  undeployProject,
  undeployTriggers,
} from "./undeploy.ts";
export { buildFolders, watchFolder } from "./watch-folder.ts";
