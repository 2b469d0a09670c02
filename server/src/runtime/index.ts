export { runtimeErrors } from "./errors.ts";
export { availableKinds } from "./kinds.ts";
export type {
  ActionToRun,
  JsonObject,
  JsonValue,
  RunOutcome,
  RunStatus,
  Runtime,
  RuntimeConfig,
  RuntimeKind,
} from "./model.ts";
export { createRuntime } from "./service.ts";
export { runtimeSizeFor } from "./sizing.ts";
