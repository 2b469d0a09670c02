export {
  type EffectiveGrants,
  effectiveGrants,
  FULL_GRANTS,
  formatGrant,
  type Grant,
  mayDo,
  mayDoToAll,
  type Operation,
  parseGrant,
} from "./grants.ts";
export { apiHostOf, type Namespace, type NamespaceId, type NamespacePrincipal, parseNamespaceId } from "./model.ts";
export { namespaceRoutes } from "./routes.ts";
export { type Cascade, createNamespaces, type Namespaces } from "./service.ts";
