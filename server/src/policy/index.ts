export type { KeyCounts, PolicedKey, Scope } from "./model.ts";
export { commonNetworks } from "./model.ts";
export type { PolicedKeys } from "./policed-keys.ts";
export { policyRoutes } from "./routes.ts";
export { createPolicy, type PolicyRoom } from "./service.ts";
