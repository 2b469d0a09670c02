import { LatchkeyError } from "../../kernel/errors.ts";
import { functionErrors } from "../errors.ts";
import type { EntityKey } from "../model/names.ts";
import { type Exposure, exposureOf } from "../model/web/exposure.ts";
import type { Catalog, Runnable } from "./catalog.ts";

/** An action that is on the web. */
export type WebAction = { readonly runnable: Runnable; readonly exposure: Exposure };

/**
 * The action on the web under a name. Throws the same `function.not_found` for one that is not on the web as for what does not
 * exist or is something else, so that strangers do not learn which.
 */
export function findOnWeb(catalog: Pick<Catalog, "runnable">, key: EntityKey): WebAction {
  const runnable = runnableOrNothing(catalog, key);
  const exposure = exposureOf(runnable.action.annotations);
  if (exposure === undefined) throw functionErrors.not_found();
  return { runnable, exposure };
}

function runnableOrNothing(catalog: Pick<Catalog, "runnable">, key: EntityKey): Runnable {
  try {
    return catalog.runnable(key, key.namespaceId);
  } catch (error) {
    if (error instanceof LatchkeyError && error.status < 500) throw functionErrors.not_found({ cause: error });
    throw error;
  }
}
