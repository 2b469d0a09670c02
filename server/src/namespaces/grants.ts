import { isPermitted, type Role } from "../identity/index.ts";

/** What a data-plane call does. `deploy` changes functions and packages and reads what it changes. */
export type Operation = "read" | "invoke" | "deploy";

/** One grant of a key: an operation, or everything, on the functions whose `package/name` matches `pattern` (null: all). */
export type Grant = { readonly operation: Operation | "full"; readonly pattern: string | null };

/** What a caller may do right now: its key's grants as far as the owner's role reaches. */
export type EffectiveGrants = readonly Grant[];

export const FULL_GRANTS: EffectiveGrants = [{ operation: "full", pattern: null }];

/** Reads `full`, `read`, `invoke:billing/*`. Undefined if it is none of these. */
export function parseGrant(text: string): Grant | undefined {
  const [, operation, pattern] = /^(full|read|invoke|deploy)(?::(.+))?$/s.exec(text) ?? [];
  if (operation === undefined || (operation === "full" && pattern !== undefined)) return undefined;
  return { operation: operation as Grant["operation"], pattern: pattern ?? null };
}

export const formatGrant = ({ operation, pattern }: Grant): string =>
  pattern === null ? operation : `${operation}:${pattern}`;

const OPERATIONS: readonly Operation[] = ["read", "invoke", "deploy"];

/** What the permission table leaves of a key's grants; judged at every request, so a demotion bites at once. */
export function effectiveGrants(role: Role, grants: readonly Grant[]): EffectiveGrants {
  const permitted = OPERATIONS.filter((operation) => isPermitted(role, `function.${operation}`));
  if (permitted.length === OPERATIONS.length) return grants;
  return permitted.flatMap((operation) =>
    grants.filter((grant) => includes(grant, operation)).map(({ pattern }) => ({ operation, pattern })),
  );
}

const includes = (grant: Grant, operation: Operation): boolean =>
  grant.operation === "full" ||
  grant.operation === operation ||
  // Whoever may replace a function may see it; otherwise no deployment could tell what there is to change.
  (operation === "read" && grant.operation === "deploy");

/** `*` stands for any run of characters, slashes included. */
function matches(pattern: string, path: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return path === first;
  if (!path.startsWith(first)) return false;
  let position = first.length;
  const last = rest.pop() ?? "";
  for (const part of rest) {
    const found = path.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return path.length - last.length >= position && path.endsWith(last);
}

/** May the caller do this to the function `path` (`name`, or `package/name`)? */
export function mayDo(grants: EffectiveGrants, operation: Operation, path: string): boolean {
  return grants.some((grant) => includes(grant, operation) && (grant.pattern === null || matches(grant.pattern, path)));
}

/** May the caller do this to everything under `prefix` (`""` for the namespace, `package/` for a package)? */
export function mayDoToAll(grants: EffectiveGrants, operation: Operation, prefix: string): boolean {
  return grants.some(
    (grant) =>
      includes(grant, operation) &&
      (grant.pattern === null || /^\*+$/.test(grant.pattern) || (prefix !== "" && grant.pattern === `${prefix}*`)),
  );
}
