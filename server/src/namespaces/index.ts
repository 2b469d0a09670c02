export {
  effectiveGrants,
  FULL_GRANTS,
  formatGrant,
  type Grant,
  mayDo,
  mayDoToAll,
  type Operation,
  parseGrant,
} from "./grants.ts";
export type { Namespace, NamespaceId, NamespacePrincipal } from "./model.ts";
export { namespaceRoutes } from "./routes.ts";
export { createNamespaces, type Namespaces } from "./service.ts";
