import {
  mayDo,
  mayDoToAll,
  type NamespacePrincipal,
  type Operation,
  parseNamespaceId,
} from "../../namespaces/index.ts";
import { functionErrors } from "../errors.ts";
import type { Activation } from "./activations.ts";
import type { Collection } from "./entities.ts";
import { checkNamespaceName, type EntityKey, parseEntityName, pathOf, qualifiedNameOf } from "./names.ts";

/** A refusal that names what was asked for, whether that exists or not: it says nothing about it. */
export const refusal = (namespace: string, path: string) =>
  functionErrors.not_authorized({
    says: `The supplied authentication is not authorized to access '${namespace}/${path}'.`,
  });

/** A package that has to be there for what a request names inside it is named by the refusal (openwhisk-api 1.3). */
export const absent = (key: EntityKey) =>
  functionErrors.not_found({ says: `The requested resource '${qualifiedNameOf(key)}' does not exist.` });

/**
 * Refuses a path that names another namespace, without looking whether there is one. `_` is the caller's own. `path` is what
 * is asked for inside; null if nothing that has a name.
 */
export function requireOwnNamespace(caller: NamespacePrincipal, namespace: string, path: string | null): void {
  if (namespace === "_" || namespace === caller.namespaceId) return;
  checkNamespaceName(namespace);
  throw path === null ? functionErrors.not_authorized() : refusal(namespace, path);
}

/**
 * The entity that a request's path names, in whatever namespace: what of another one can be seen and run there is for whoever looks
 * it up to say. Throws for names that cannot be.
 */
export function keyAnywhere(
  caller: NamespacePrincipal,
  namespace: string,
  packageName: string,
  name: string,
): EntityKey {
  if (namespace === "_" || namespace === caller.namespaceId) return keyIn(caller, "_", packageName, name);
  const inside = {
    packageName: packageName === "" ? ("" as const) : parseEntityName(packageName),
    name: parseEntityName(name),
  };
  const namespaceId = parseNamespaceId(namespace);
  if (namespaceId !== undefined) return { namespaceId, ...inside };
  checkNamespaceName(namespace);
  throw refusal(namespace, pathOf(inside));
}

/** The entity that a request's path names, if the path stays in the caller's namespace. Throws for names that cannot be. */
export function keyIn(caller: NamespacePrincipal, namespace: string, packageName: string, name: string): EntityKey {
  const key: EntityKey = {
    namespaceId: caller.namespaceId,
    packageName: packageName === "" ? "" : parseEntityName(packageName),
    name: parseEntityName(name),
  };
  requireOwnNamespace(caller, namespace, pathOf(key));
  return key;
}

/**
 * Whether the caller's grants cover this entity. Patterns are about names of the caller's own namespace; what another one shares
 * takes a grant for everything.
 */
const mayEntity = (caller: NamespacePrincipal, operation: Operation, key: EntityKey): boolean =>
  key.namespaceId === caller.namespaceId
    ? mayDo(caller.grants, operation, pathOf(key))
    : mayDoToAll(caller.grants, operation, "");

/** Throws `function.not_authorized` unless the caller's grants cover this entity. */
export function requireMay(caller: NamespacePrincipal, operation: Operation, key: EntityKey): void {
  if (!mayEntity(caller, operation, key)) throw refusal(key.namespaceId, pathOf(key));
}

/**
 * Refuses to have functions run that the caller could not have run: by a sequence, by a rule, over the web. Whoever may replace a
 * function could. The refusal names all that are refused, as OpenWhisk does (openwhisk-api 1.3).
 */
export function requireMayPutToUse(caller: NamespacePrincipal, keys: readonly EntityKey[]): void {
  const refused = keys.filter((key) => !mayEntity(caller, "invoke", key) && !mayEntity(caller, "deploy", key));
  if (refused.length > 0) throw refusals(refused);
}

/** Throws `function.not_authorized`, naming all that is refused. */
export function requireMayInvoke(caller: NamespacePrincipal, keys: readonly EntityKey[]): void {
  const refused = keys.filter((key) => !mayEntity(caller, "invoke", key));
  if (refused.length > 0) throw refusals(refused);
}

const refusals = (keys: readonly EntityKey[]) => {
  const names = [...new Set(keys.map(qualifiedNameOf))].join(", ");
  return functionErrors.not_authorized({
    says: `The supplied authentication is not authorized to access '${names}'.`,
  });
};

/** Throws `function.not_authorized` unless the caller may have everything run, whatever it is called. */
export function requireMayPutAllToUse({ grants, namespaceId }: NamespacePrincipal, path: string): void {
  if (mayDoToAll(grants, "invoke", "") || mayDoToAll(grants, "deploy", "")) return;
  throw refusal(namespaceId, path);
}

/** Whether the caller's grants cover everything in this package, now and later. */
const mayPackage = ({ grants, namespaceId }: NamespacePrincipal, operation: Operation, key: EntityKey): boolean =>
  mayDoToAll(grants, operation, key.namespaceId === namespaceId ? `${key.name}/` : "");

/** A package is all that is in it, so it takes a grant for all of that. */
export function requireMayPackage(caller: NamespacePrincipal, operation: Operation, key: EntityKey): void {
  if (!mayPackage(caller, operation, key)) throw refusal(key.namespaceId, key.name);
}

/**
 * What of a package's content the caller may read, asking for it under the package's name, which may be a binding's. Throws
 * `function.not_authorized` if that is nothing for want of grants.
 */
export function readableIn<Item extends { readonly key: EntityKey }>(
  caller: NamespacePrincipal,
  key: EntityKey,
  content: readonly Item[],
): readonly Item[] {
  const mayRead = (entity: EntityKey): boolean => mayEntity(caller, "read", entity);
  const readable = content.filter((item) => {
    const isForeign = item.key.namespaceId !== caller.namespaceId;
    return mayRead({ ...key, packageName: key.name, name: item.key.name }) && (isForeign || mayRead(item.key));
  });
  if (readable.length === 0) requireMayPackage(caller, "read", key);
  return readable;
}

/** Which of a list's entries the caller sees. */
export type Sight = "everything" | { sees(key: EntityKey): boolean };

/** Throws `function.not_authorized` if the caller may read nothing at all. */
export function sightOf(caller: NamespacePrincipal, collection: Collection): Sight {
  const { grants } = caller;
  if (mayDoToAll(grants, "read", "")) return "everything";
  if (!grants.some(({ operation }) => operation !== "invoke")) throw functionErrors.not_authorized();
  if (collection === "package") return { sees: (key) => mayPackage(caller, "read", key) };
  return { sees: (key) => mayDo(grants, "read", pathOf(key)) };
}

/** Which activations the caller sees: those of functions it may read, and those it caused itself. */
export type ActivationSight = {
  /** Patterns of function paths; `*` sees everything. */
  readonly patterns: readonly string[];
  /** The key whose own activations are seen as well. */
  readonly accessKeyId: string | null;
};

/**
 * Grants to deploy are no grants to see what came of running: they read definitions. Throws `function.not_authorized` if the
 * caller sees none.
 */
export function activationSightOf({ grants, credentialId }: NamespacePrincipal): ActivationSight {
  const reading = grants.filter(({ operation }) => operation === "read" || operation === "full");
  const invoking = grants.some(({ operation }) => operation === "invoke" || operation === "full");
  if (reading.length === 0 && !invoking) throw functionErrors.not_authorized();
  return {
    patterns: reading.map(({ pattern }) => pattern ?? "*"),
    accessKeyId: invoking ? credentialId : null,
  };
}

/** Whether an activation is among those the caller sees. */
export function isInSight(sight: ActivationSight, activation: Activation): boolean {
  if (activation.accessKeyId === sight.accessKeyId) return true;
  const grants = sight.patterns.map((pattern) => ({ operation: "read", pattern }) as const);
  return mayDo(grants, "read", sightPathOf(activation));
}

/** What patterns are matched with: a name in another namespace's package is no name in this one, but a binding's is. */
const sightPathOf = (activation: Activation): string =>
  activation.providerId === null ? pathOf(activation) : `${activation.bindingName ?? ""}/${activation.name}`;
