import type { NamespaceId } from "../../namespaces/index.ts";
import { functionErrors } from "../errors.ts";
import { absent, refusal } from "../model/access.ts";
import type { Action, Entity, Package, Rule, Trigger } from "../model/entities.ts";
import { type EntityKey, packageKeyOf, pathOf } from "../model/names.ts";

/** An action as a request finds it: itself, the package it lies in, and the binding it was named through. */
export type Resolved = {
  readonly action: Action;
  readonly package: Package | null;
  readonly binding: Package | null;
};

export type Find = (key: EntityKey) => Entity | undefined;

/** A package that has to be there for what a request names inside it. */
export function requirePackage(found: Entity | undefined, key: EntityKey): Package {
  if (found === undefined) throw absent(key);
  if (found.collection !== "package") throw functionErrors.other_collection();
  return found;
}

export function requireAction(found: Entity | undefined): Action {
  if (found === undefined) throw functionErrors.not_found();
  if (found.collection !== "action") throw functionErrors.other_collection();
  return found;
}

export function requireTrigger(found: Entity | undefined): Trigger {
  if (found === undefined) throw functionErrors.not_found();
  if (found.collection !== "trigger") throw functionErrors.other_collection();
  return found;
}

export function requireRule(found: Entity | undefined): Rule {
  if (found === undefined) throw functionErrors.not_found();
  if (found.collection !== "rule") throw functionErrors.other_collection();
  return found;
}

/** Whether an entity is a package that its namespace shares with all others. */
export const isShared = (found: Entity | undefined): found is Package =>
  found?.collection === "package" && found.publish && found.binding === null;

/**
 * A package for whoever acts in `namespaceId`. One of another namespace has to be shared; whether it is there and is not, or is
 * not there, is one and the same refusal, of what was `asked` for.
 */
function packageFor(find: Find, key: EntityKey, namespaceId: NamespaceId, asked: EntityKey): Package {
  const found = find(key);
  if (key.namespaceId === namespaceId) return requirePackage(found, key);
  if (!isShared(found)) throw refusal(asked.namespaceId, pathOf(asked));
  return found;
}

/** The package that a binding stands for; any other package itself. */
export function resolvePackage(
  find: Find,
  key: EntityKey,
  namespaceId: NamespaceId,
  asked = key,
): { package: Package; binding: Package | null } {
  const named = packageFor(find, key, namespaceId, asked);
  if (named.binding === null) return { package: named, binding: null };
  const provider = packageFor(find, { ...named.binding, packageName: "" }, namespaceId, asked);
  // It was a plain package when it was bound; what it is now leads nowhere that the binding promised.
  if (provider.binding !== null) throw functionErrors.binding_to_binding();
  return { package: provider, binding: named };
}

/**
 * Finds an action by name, through a binding if the name leads there. Throws `not_found` and `other_collection`, and
 * `not_authorized` for what another namespace does not share.
 */
export function resolveAction(find: Find, key: EntityKey, namespaceId: NamespaceId): Resolved {
  const packageKey = packageKeyOf(key);
  if (packageKey === null) {
    if (key.namespaceId !== namespaceId) throw refusal(key.namespaceId, pathOf(key));
    return { action: requireAction(find(key)), package: null, binding: null };
  }
  const resolved = resolvePackage(find, packageKey, namespaceId, key);
  const own: EntityKey = { ...resolved.package.key, packageName: resolved.package.key.name, name: key.name };
  return { action: requireAction(find(own)), ...resolved };
}
