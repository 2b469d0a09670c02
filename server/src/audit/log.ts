import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock, EpochMs } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import type { Store } from "../store/store.ts";
import { createCheckpoints } from "./checkpoints.ts";
import { auditErrors } from "./errors.ts";
import { type ChainedEntry, readDetails } from "./model/entries.ts";
import { type Filter, formatCursor, parseCursor } from "./model/filter.ts";
import type { Verification } from "./model/verification.ts";
import { listEntries } from "./queries/list.ts";
import { prepareReads } from "./queries/read.ts";
import { createRetention } from "./retention.ts";
import type { Audit } from "./service.ts";
import type { PublicKey, Signer } from "./signing.ts";
import { verifyLog } from "./verify-log.ts";
import { findStretch, type Span, writeCsv, writeJsonLines } from "./write-export.ts";

/** An entry for reading: its details as a value. */
export type RecordedEntry = Omit<ChainedEntry, "details"> & { readonly details: Readonly<Record<string, unknown>> };

const PAGE = 500;
const toRecorded = (entry: ChainedEntry): RecordedEntry => ({ ...entry, details: readDetails(entry) });

/** The record as it is read: asked, exported, verified, signed and pruned. */
export function createAuditLog(deps: {
  store: Store;
  clock: Clock;
  log: Log;
  audit: Audit;
  signer: Signer;
  /** Null: entries are kept for ever. */
  retentionDays: number | null;
}) {
  const { store, clock, signer } = deps;
  const reads = prepareReads(store.committed);
  const checkpoints = createCheckpoints({ store, clock, signer });
  const verifying = new Map<string, Promise<Verification>>();
  const readers = new Map<string, number>();
  const retention = createRetention({ ...deps, reads, checkpoints, isBeingRead: (teamId) => readers.has(teamId) });

  /** Keeps the team's entries from being pruned meanwhile. */
  const startReading = (teamId: string): (() => void) => {
    readers.set(teamId, (readers.get(teamId) ?? 0) + 1);
    return () => {
      const others = (readers.get(teamId) ?? 1) - 1;
      if (others === 0) readers.delete(teamId);
      else readers.set(teamId, others);
    };
  };

  return {
    publicKey: (): PublicKey => signer.publicKey,

    /** A page of a team's entries, the newest first. Throws `audit.bad_cursor`. */
    async list(
      teamId: string,
      filter: Filter,
      page: { readonly cursor: string | null; readonly limit: number },
    ): Promise<{ entries: RecordedEntry[]; nextCursor: string | null }> {
      const after = page.cursor === null ? null : parseCursor(page.cursor);
      if (after === undefined) throw auditErrors.bad_cursor();
      const found = await listEntries(store.db, teamId, filter, after, page.limit + 1);
      const entries = found.slice(0, page.limit);
      const last = entries.at(-1);
      const nextCursor = found.length <= page.limit || last === undefined ? null : formatCursor(last);
      return { entries: entries.map(toRecorded), nextCursor };
    },

    /** All of a team's log, or all from the first to the last entry of a span, as JSON Lines that can be verified elsewhere, or as CSV. Piece by piece. */
    async *export(teamId: string, format: "jsonl" | "csv", span: Span | null): AsyncGenerator<string, void> {
      await store.transaction((tx) => checkpoints.signEnd(tx, teamId));
      const stopReading = startReading(teamId);
      try {
        const stretch = findStretch(reads, teamId, span);
        if (format === "csv") yield* writeCsv(reads, teamId, stretch);
        else yield* writeJsonLines({ reads, signer }, { teamId, at: clock.now(), span }, stretch);
      } finally {
        stopReading();
      }
    },

    /** Checks all that is stored of a team's log. Who asks while it is being checked gets the same answer. */
    verify(teamId: string): Promise<Verification> {
      const underWay = verifying.get(teamId);
      if (underWay !== undefined) return underWay;
      const stopReading = startReading(teamId);
      const started = verifyLog({ reads, publicKey: signer.publicKey }, teamId).finally(() => {
        verifying.delete(teamId);
        stopReading();
      });
      verifying.set(teamId, started);
      return started;
    },

    /** Signs what has been recorded since the last time. */
    sign: checkpoints.signAll,

    /** Deletes what is older than it has to be kept. */
    prune: retention.prune,

    /** A team's entries of these verbs up to and including this instant, oldest first. */
    async *replay(
      teamId: string,
      wanted: { readonly verbs: readonly string[]; readonly until: EpochMs },
    ): AsyncGenerator<RecordedEntry, void> {
      let afterSeq = 0;
      for (;;) {
        const page = reads.pageOfVerbs(teamId, afterSeq, wanted, PAGE);
        yield* page.map(toRecorded);
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
