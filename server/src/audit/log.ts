import { setImmediate as nextTurn } from "node:timers/promises";
import type { EpochMs } from "../kernel/clock.ts";
import type { Store } from "../store/store.ts";
import { type ChainedEntry, readDetails } from "./model/entries.ts";
import { prepareReads } from "./queries/read.ts";

/** An entry as other rooms read it. */
export type RecordedEntry = ChainedEntry & { readonly values: Readonly<Record<string, unknown>> };

const PAGE = 500;

/** Reading the record. */
export function createAuditLog(deps: { store: Store }) {
  const reads = prepareReads(deps.store.committed);

  return {
    /**
     * A team's entries of these verbs up to and including this instant, oldest first. Others get their turn every few hundred entries.
     */
    async *replay(
      teamId: string,
      wanted: { readonly verbs: readonly string[]; readonly until: EpochMs },
    ): AsyncGenerator<RecordedEntry, void> {
      let afterSeq = 0;
      for (;;) {
        const page = reads.pageOfVerbs(teamId, afterSeq, wanted, PAGE);
        for (const entry of page) yield { ...entry, values: readDetails(entry) };
        if (page.length < PAGE) return;
        afterSeq = page.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
        await nextTurn();
      }
    },

    /** Since when the team's log is whole: null if from its beginning, else when the first entry was made that was not pruned. */
    reachesBackTo(teamId: string): EpochMs | null {
      const anchor = reads.head(teamId)?.anchor.seq ?? 0;
      return anchor === 0 ? null : (reads.page(teamId, anchor, 1)[0]?.at ?? null);
    },
  };
}

export type AuditLog = ReturnType<typeof createAuditLog>;
