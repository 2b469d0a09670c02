export { runtimeErrors } from "./errors.ts";
export { availableKinds } from "./kinds.ts";
export type {
  ActionLimits,
  ActionToRun,
  JsonObject,
  JsonValue,
  RunOutcome,
  RunRequest,
  RunStatus,
  Runtime,
  RuntimeConfig,
  RuntimeKind,
  RuntimeStats,
} from "./model.ts";
export { createRuntime, type RuntimeDeps } from "./service.ts";
export { runtimeSizeFor } from "./sizing.ts";
