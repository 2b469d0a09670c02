import { LatchkeyError } from "../../kernel/errors.ts";
import type { JsonObject } from "../../runtime/index.ts";
import { functionErrors } from "../errors.ts";
import { requireMay, requireMayInvoke } from "../model/access.ts";
import type { Caller } from "../model/callers.ts";
import { type EntityKey, qualifiedNameOf } from "../model/names.ts";
import type { Catalog, Runnable } from "./catalog.ts";
import { findOnWeb } from "./web-actions.ts";

/** Everything that runs when a sequence does, as far as it is there: the sequences in it too, and what those are made of. */
function componentsOf(
  catalog: Pick<Catalog, "runnable">,
  { components, namespaceId }: Pick<Extract<Runnable, { form: "sequence" }>, "components" | "namespaceId">,
): ReadonlyMap<string, { readonly key: EntityKey; readonly runnable: Runnable | null }> {
  const found = new Map<string, { key: EntityKey; runnable: Runnable | null }>();
  const pending = [...components];
  for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
    const name = qualifiedNameOf(key);
    if (found.has(name)) continue;
    const runnable = runnableOrNull(catalog, key, namespaceId);
    found.set(name, { key, runnable });
    if (runnable?.form === "sequence") pending.push(...runnable.components);
  }
  return found;
}

/** What cannot run is found out when its turn comes. */
function runnableOrNull(
  catalog: Pick<Catalog, "runnable">,
  key: EntityKey,
  namespaceId: Runnable["namespaceId"],
): Runnable | null {
  try {
    return catalog.runnable(key, namespaceId);
  } catch (error) {
    if (error instanceof LatchkeyError && error.status < 500) return null;
    throw error;
  }
}

/** Who may have what run. */
export function createInvocationAdmission({ catalog }: { catalog: Pick<Catalog, "runnable"> }) {
  /** A part of a sequence or a composition. Throws `function.not_authorized` and what looking it up throws. */
  const part = (caller: Caller, key: EntityKey): Runnable => {
    const runnable = catalog.runnable(key, caller.namespaceId);
    if (caller.credentialKind === "web") return runnable;
    requireMay(caller, "invoke", key);
    // Through a binding it is the bound package's action that runs; the caller needs a grant for that as well. One that another
    // namespace shares has no name here but the binding's.
    if (runnable.bindingName !== null && runnable.action.key.namespaceId === caller.namespaceId) {
      requireMay(caller, "invoke", runnable.action.key);
    }
    return runnable;
  };

  return {
    part,

    /** The action as it is now, if this caller may run it with this payload. A sequence takes a grant for all that it runs. */
    whole(caller: Caller, key: EntityKey, payload: JsonObject): Runnable {
      if (caller.credentialKind === "web") return requireUnfixed(catalog, findOnWeb(catalog, key).runnable, payload);
      const runnable = part(caller, key);
      if (runnable.form === "sequence") {
        const all = [...componentsOf(catalog, runnable).values()];
        requireMayInvoke(
          caller,
          all.map((component) => component.key),
        );
      }
      return requireUnfixed(catalog, runnable, payload);
    },
  };
}

export type InvocationAdmission = ReturnType<typeof createInvocationAdmission>;

/**
 * A payload must not replace what is fixed. What a sequence is called with reaches its first component, whose fixed parameters are
 * no more the caller's to replace than they are without the sequence.
 */
function requireUnfixed(catalog: Pick<Catalog, "runnable">, runnable: Runnable, payload: JsonObject): Runnable {
  if (runnable.fixedKeys.some((fixed) => Object.hasOwn(payload, fixed))) throw functionErrors.parameters_fixed();
  if (runnable.form === "code") return runnable;
  const [first] = runnable.components;
  const next = first === undefined ? null : runnableOrNull(catalog, first, runnable.namespaceId);
  if (next !== null) requireUnfixed(catalog, next, payload);
  return runnable;
}
