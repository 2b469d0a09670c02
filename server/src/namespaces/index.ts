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
export { type Namespace, type NamespaceId, type NamespacePrincipal, parseNamespaceId } from "./model.ts";
export { namespaceRoutes } from "./routes.ts";
export { createNamespaces, type Namespaces } from "./service.ts";
