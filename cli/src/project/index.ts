// The front door of reading, building, deploying, undeploying and starting functions projects. Nothing in this folder
// talks to a terminal or to a server: what happens is told by results and progress events, and requests go through the
// interfaces `DeployApi`, `TriggerApi`, `UndeployApi` and `UndeployTriggerApi`, which the commands implement.

export { readEnvFile } from "./config/env-values.ts";
export type { DeployApi, TriggerApi } from "./deploy/api.ts";
export { type DeployOptions, deployProject } from "./deploy/deploy-project.ts";
export {
  type DeployReport,
  type FunctionResult,
  type PackageResult,
  type ProgressEvent,
  succeeded,
  type TriggerResult,
} from "./deploy/report.ts";
export { describeProblem, type Problem, ProjectError } from "./errors.ts";
export { initProject } from "./init/init-project.ts";
export { parseSampleLanguage, SAMPLE_LANGUAGES, type SampleLanguage } from "./init/samples.ts";
export type { Project } from "./model.ts";
export { type ReadOptions, readProject } from "./read-project.ts";
export {
  type UndeployApi,
  type UndeployDeps,
  type UndeployResult,
  type UndeployTriggerApi,
  undeployFunctions,
  undeployNamespace,
  undeployPackages,
  undeployProject,
} from "./undeploy.ts";
