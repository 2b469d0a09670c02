import type { Brand } from "../../kernel/brand.ts";
import type { NamespaceId } from "../../namespaces/index.ts";
import { functionErrors } from "../errors.ts";

/** One segment of a name, as actions, packages and whatever else shares their keyspace have it. */
export type EntityName = Brand<string, "EntityName">;

/** Where an entity is. `packageName` is empty for what is in no package, packages themselves included. */
export type EntityKey = {
  readonly namespaceId: NamespaceId;
  readonly packageName: EntityName | "";
  readonly name: EntityName;
};

const LONGEST = 256;
/** A word character first, then also `space @ . & -`, but no space at the end (openwhisk-api 4.1). */
const SEGMENT = /^\w(?:[\w @.&-]*[\w@.&-])?$/;

/** The only way to hold an EntityName. Throws `function.name_*`. */
export function parseEntityName(text: string): EntityName {
  if (text.length > LONGEST) {
    throw functionErrors.name_too_long({ says: `Name segement longer than allowed: ${text.length} > ${LONGEST}.` });
  }
  if (!SEGMENT.test(text)) throw functionErrors.name_illegal();
  return text as EntityName;
}

/** Refuses a namespace that no namespace could be called. Throws `function.namespace_*`. */
export function checkNamespaceName(text: string): void {
  if (text.length > LONGEST) {
    throw functionErrors.namespace_too_long({ says: `Namespace longer than allowed: ${text.length} > ${LONGEST}.` });
  }
  if (!SEGMENT.test(text)) throw functionErrors.namespace_illegal();
}

/** The namespace that a path names, whether there is one or not. Throws `function.namespace_*` for what none could be called. */
export function namespaceNamed(text: string): NamespaceId {
  checkNamespaceName(text);
  return text as NamespaceId;
}

/** Whether a text is names with slashes between them; one in front is no matter. */
export const isPath = (text: string): boolean =>
  text
    .replace(/^\//, "")
    .split("/")
    .every((segment) => segment.length <= LONGEST && SEGMENT.test(segment));

/** A name as requests spell it in full. */
export type FullName = { readonly namespace: string; readonly packageName: string; readonly name: string };

/**
 * Reads `/namespace/name` or `/namespace/package/name`; the slash in front may be missing, and `_` is the caller's namespace.
 * Undefined for anything else. Whether the parts can be names is not looked at.
 */
export function splitFullName(text: string): FullName | undefined {
  const [namespace, second, third, ...more] = text.replace(/^\//, "").split("/");
  if (!namespace || !second || third === "" || more.length > 0) return undefined;
  return third === undefined
    ? { namespace, packageName: "", name: second }
    : { namespace, packageName: second, name: third };
}

/** `package/name`, or just `name`: what patterns of grants are matched with. */
export const pathOf = ({ packageName, name }: { packageName: string; name: string }): string =>
  packageName === "" ? name : `${packageName}/${name}`;

/** The other way round. Throws `function.name_*` for what no entity could be called. */
export function keyOfPath(namespaceId: NamespaceId, path: string): EntityKey {
  const slash = path.indexOf("/");
  const name = parseEntityName(path.slice(slash + 1));
  return { namespaceId, packageName: slash < 0 ? "" : parseEntityName(path.slice(0, slash)), name };
}

/** `namespace/package/name`: how the change feed, the audit log and refusals call an entity. */
export const qualifiedNameOf = (key: EntityKey): string => `${key.namespaceId}/${pathOf(key)}`;

/** The package that `key` is in. */
export const packageKeyOf = (key: EntityKey): EntityKey | null =>
  key.packageName === "" ? null : { namespaceId: key.namespaceId, packageName: "", name: key.packageName };
