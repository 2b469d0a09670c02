export type {
  Person,
  Principal,
  RemovalReason,
  Role,
  ServiceIdentity,
  TeamId,
  TeamPrincipal,
  User,
  UserId,
} from "./model.ts";
export { actorOf, isPermitted, may } from "./model.ts";
export { identityRoutes } from "./routes/identity-routes.ts";
export { showOwners } from "./routes/owners.ts";
export type { Holdings } from "./service/holdings.ts";
export { createIdentity, type Identity } from "./service/identity.ts";
export type { RestorableKeys } from "./service/members.ts";
export type { RemovalCascade } from "./service/removal.ts";
export type { FirstTeam } from "./service/set-up.ts";
