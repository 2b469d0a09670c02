export type { Principal, Role, TeamId, TeamPrincipal, User, UserId } from "./model.ts";
export { actorOf, isPermitted, may } from "./model.ts";
export { identityRoutes } from "./routes.ts";
export { createIdentity, type FirstTeam, type Identity } from "./service.ts";
