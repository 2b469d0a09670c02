import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import type { Store } from "../store/store.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { createChainCheck, type Problem } from "./model/chain-check.ts";
import type { ChainedEntry } from "./model/entries.ts";
import { GENESIS } from "./model/entries.ts";
import type { Reads } from "./queries/read.ts";
import { deleteUpTo, listTeams } from "./queries/statements.ts";
import type { Audit } from "./service.ts";
import { toLink } from "./verify-log.ts";

const DAY_MS = 86_400_000;
/** Entries deleted in one transaction: some ten milliseconds, in which nothing else is served. */
const AT_ONCE = 2_000;

/** Deletes entries that are older than they have to be kept, and leaves a chain that can still be verified. */
export function createRetention(deps: {
  store: Store;
  clock: Clock;
  log: Log;
  audit: Audit;
  reads: Reads;
  checkpoints: Checkpoints;
  /** Null: entries are kept for ever. */
  retentionDays: number | null;
  /** Whether somebody is in the middle of reading this team's chain. */
  isBeingRead: (teamId: string) => boolean;
}) {
  const { store, clock, log, audit, reads, checkpoints, retentionDays, isBeingRead } = deps;

  /** The oldest entries, up to the first that has to be kept. */
  const findOld = (teamId: string, cutoff: number): ChainedEntry[] => {
    const page = reads.page(teamId, reads.head(teamId)?.anchor.seq ?? 0, AT_ONCE);
    const kept = page.findIndex(({ at }) => !(at < cutoff));
    return kept === -1 ? page : page.slice(0, kept);
  };

  const checkOld = (teamId: string, old: readonly ChainedEntry[]): Problem | null => {
    // Whether the anchor was signed is not asked here: it would stop the pruning of a log whose newest entries are sound.
    const check = createChainCheck({ teamId, start: reads.head(teamId)?.anchor ?? GENESIS, isPruned: false });
    for (const entry of old) {
      const problem = check.entry(toLink(entry));
      if (problem !== null) return problem;
    }
    return null;
  };

  const pruneTeam = async (teamId: string, days: number): Promise<void> => {
    const cutoff = clock.now() - days * DAY_MS;
    // Once a day at most: every pruning is an entry itself.
    const [oldest] = findOld(teamId, cutoff);
    if (oldest === undefined || oldest.at >= cutoff - DAY_MS) return;
    for (;;) {
      if (isBeingRead(teamId)) return;
      const old = findOld(teamId, cutoff);
      const last = old.at(-1);
      if (last === undefined) return;
      const problem = checkOld(teamId, old);
      if (problem !== null) {
        log.error({ teamId, problem: problem.says }, "the audit log is not pruned, because it is not in order");
        return;
      }
      await store.transaction(async (tx) => {
        await deleteUpTo(tx, teamId, last);
        await checkpoints.signAnchor(tx, teamId, last);
        await audit.record(tx, {
          teamId,
          actor: { id: null, kind: "system", name: "retention", credential: null },
          verb: "audit.prune",
          target: { kind: "team", id: teamId },
          origin: null,
          details: { entries: old.length, up_to_seq: last.seq, up_to_hash: last.hash, retention_days: days },
        });
        await checkpoints.signEnd(tx, teamId);
      });
    }
  };

  return {
    async prune(): Promise<void> {
      if (retentionDays === null) return;
      for (const teamId of await listTeams(store.db)) await pruneTeam(teamId, retentionDays);
    },
  };
}
