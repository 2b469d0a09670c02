export type { ApiTokenId, Principal, Role, TeamId, TeamPrincipal, User, UserId } from "./model.ts";
export { effectiveScopes } from "./model.ts";
