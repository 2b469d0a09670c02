import type { Clock } from "../kernel/clock.ts";
import type { Tx } from "../store/transaction.ts";
import { chainEntry } from "./chain.ts";
import type { AuditEntry } from "./model/entries.ts";
import { appendEntry, findEnd } from "./queries/record.ts";

/** The append-only record: who did what, to which thing, when, with which credential. */
export function createAudit(deps: { clock: Clock }) {
  return {
    /**
     * Adds the entry to its team's chain, in the transaction of the change it describes: both are committed, or neither. The
     * transaction holds the write lock, so nobody else adds to the chain meanwhile.
     */
    async record(
      tx: Tx,
      entry: Omit<AuditEntry, "at" | "outcome"> & { outcome?: AuditEntry["outcome"] },
    ): Promise<void> {
      const end = await findEnd(tx, entry.teamId);
      await appendEntry(tx, chainEntry({ outcome: "done", ...entry, at: deps.clock.now() }, end));
    },
  };
}

export type Audit = ReturnType<typeof createAudit>;
