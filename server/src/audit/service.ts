import type { Clock } from "../kernel/clock.ts";
import type { Tx } from "../store/transaction.ts";
import type { AuditEntry } from "./model.ts";
import { insertEntry } from "./queries.ts";

/** The append-only record: who did what, to which thing, when, with which credential. */
export function createAudit(deps: { clock: Clock }) {
  return {
    /** Writes the entry in the transaction of the change it describes: both are committed, or neither. */
    async record(
      tx: Tx,
      entry: Omit<AuditEntry, "at" | "outcome"> & { outcome?: AuditEntry["outcome"] },
    ): Promise<void> {
      await insertEntry(tx, { outcome: "done", ...entry, at: deps.clock.now() });
    },
  };
}

export type Audit = ReturnType<typeof createAudit>;
