import type { NamespacePrincipal } from "../../namespaces/index.ts";
import { functionErrors } from "../errors.ts";
import { activationSightOf, isInSight } from "../model/access.ts";
import type { ActivationFilter, ActivationId, ActivationSummary, ActivationWithLogs } from "../model/activations.ts";
import type { Page } from "./actions.ts";
import type { Journal } from "./journal.ts";

/** Looking at what ran. */
export function createActivations({ journal }: { journal: Journal }) {
  const listing = (caller: NamespacePrincipal, filter: ActivationFilter) => ({
    namespaceId: caller.namespaceId,
    filter,
    sight: activationSightOf(caller),
  });

  return {
    /** Throws `function.not_found` for what does not exist, still runs, or is not for the caller's eyes: one answer for all. */
    async get(caller: NamespacePrincipal, id: ActivationId): Promise<ActivationWithLogs> {
      const sight = activationSightOf(caller);
      const found = await journal.find(caller.namespaceId, id);
      if (found === undefined || !isInSight(sight, found)) throw functionErrors.not_found();
      return found;
    },

    summaries: async (
      caller: NamespacePrincipal,
      filter: ActivationFilter,
      page: Page,
    ): Promise<readonly ActivationSummary[]> => journal.summaries(listing(caller, filter), page),

    whole: async (
      caller: NamespacePrincipal,
      filter: ActivationFilter,
      page: Page,
    ): Promise<readonly ActivationWithLogs[]> => journal.whole(listing(caller, filter), page),

    count: async (caller: NamespacePrincipal, filter: ActivationFilter): Promise<number> =>
      journal.count(listing(caller, filter)),
  };
}
