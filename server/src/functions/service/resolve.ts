import { functionErrors } from "../errors.ts";
import { absent } from "../model/access.ts";
import type { Action, Entity, Package } from "../model/entities.ts";
import { type EntityKey, packageKeyOf } from "../model/names.ts";

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

/** The package that a binding stands for; any other package itself. */
export function resolvePackage(find: Find, key: EntityKey): { package: Package; binding: Package | null } {
  const named = requirePackage(find(key), key);
  if (named.binding === null) return { package: named, binding: null };
  const target: EntityKey = { ...named.binding, packageName: "" };
  const provider = requirePackage(find(target), target);
  // It was a plain package when it was bound; what it is now leads nowhere that the binding promised.
  if (provider.binding !== null) throw functionErrors.binding_to_binding();
  return { package: provider, binding: named };
}

/** Finds an action by name, through a binding if the name leads there. Throws `not_found` and `other_collection`. */
export function resolveAction(find: Find, key: EntityKey): Resolved {
  const packageKey = packageKeyOf(key);
  if (packageKey === null) return { action: requireAction(find(key)), package: null, binding: null };
  const resolved = resolvePackage(find, packageKey);
  const own: EntityKey = { ...resolved.package.key, packageName: resolved.package.key.name, name: key.name };
  return { action: requireAction(find(own)), ...resolved };
}
