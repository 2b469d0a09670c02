export { type EffectiveGrants, FULL_GRANTS, formatGrant, type Grant, mayDo, mayDoToAll, type Operation, parseGrant } from "./grants.ts";
export { effectiveGrants } from "./grants.ts";
export { type Namespace, type NamespaceId, type NamespacePrincipal, parseNamespaceId } from "./model.ts";
