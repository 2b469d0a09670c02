import { type NamespacePrincipal, parseNamespaceId } from "../../namespaces/index.ts";
import { refusal } from "../model/access.ts";
import { type EntityKey, type FullName, parseEntityName, splitFullName } from "../model/names.ts";

/** OpenWhisk's words for a text that is no full name. */
export const NAME_INCOMPLETE =
  "requirement failed: The fully qualified name of the entity must contain at least the namespace and the name of the entity.";

/**
 * What a caller names in full; `_` is the caller's own namespace. Undefined for a text that is no such name; throws
 * `function.name_*` for parts that nothing is called, and `not_authorized` for what cannot be a namespace.
 */
export function readFullName(caller: NamespacePrincipal, text: string): EntityKey | undefined {
  const name = splitFullName(text);
  return name === undefined ? undefined : toKey(caller, name);
}

function toKey(caller: NamespacePrincipal, { namespace, packageName, name }: FullName): EntityKey {
  const namespaceId = namespace === "_" ? caller.namespaceId : parseNamespaceId(namespace);
  const key = {
    packageName: packageName === "" ? ("" as const) : parseEntityName(packageName),
    name: parseEntityName(name),
  };
  if (namespaceId === undefined) throw refusal(namespace, packageName === "" ? name : `${packageName}/${name}`);
  return { namespaceId, ...key };
}
