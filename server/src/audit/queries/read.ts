import type { EpochMs } from "../../kernel/clock.ts";
import type { CommittedReader } from "../../store/committed-reader.ts";
import type { ChainedEntry, Position } from "../model/entries.ts";
import type { Statement } from "../model/statements.ts";
import {
  ENTRY_COLUMNS,
  type EntryRow,
  exactInteger,
  STATEMENT_COLUMNS,
  type StatementRow,
  toEntry,
  toStatement,
} from "./rows.ts";

/** Where a team's chain ends, where what was pruned of it ended, and the last entry that was signed. */
export type Head = { readonly end: Position; readonly anchor: Position; readonly checkpointSeq: number };

type HeadRow = {
  seq: number | null;
  hash: string;
  anchor_seq: number | null;
  anchor_hash: string;
  checkpoint_seq: number | null;
};

/** Reads of a team's chain in its order. Synchronous: what is read in one turn of the event loop belongs together. */
export function prepareReads(committed: CommittedReader) {
  // By the primary key, whatever else is asked: an index on the verb would need the rows of every page sorted anew.
  const page = committed.prepare<EntryRow>(
    `SELECT ${ENTRY_COLUMNS} FROM audit_entries WHERE team_id = ? AND audit_entries.seq > ? ORDER BY audit_entries.seq LIMIT ?`,
  );
  const ofVerbs = committed.prepare<EntryRow>(
    `SELECT ${ENTRY_COLUMNS} FROM audit_entries WHERE team_id = ? AND audit_entries.seq > ? AND audit_entries.at <= ?
      AND +verb IN (SELECT value FROM json_each(?)) ORDER BY audit_entries.seq LIMIT ?`,
  );
  const head = committed.prepare<HeadRow>(
    `SELECT ${["seq", "anchor_seq", "checkpoint_seq"].map(exactInteger).join(", ")}, lower(hex(hash)) AS hash,
      lower(hex(anchor_hash)) AS anchor_hash FROM audit_heads WHERE team_id = ?`,
  );
  const statements = `SELECT ${STATEMENT_COLUMNS} FROM audit_checkpoints WHERE team_id = ? AND audit_checkpoints.seq > ?`;
  const inOrder = "ORDER BY audit_checkpoints.seq, audit_checkpoints.kind";
  const between = committed.prepare<StatementRow>(`${statements} AND audit_checkpoints.seq <= ? ${inOrder}`);
  const after = committed.prepare<StatementRow>(`${statements} ${inOrder}`);
  const lastSeq = committed.prepare<{ seq: number | null }>(
    `SELECT ${exactInteger("seq")} FROM audit_entries WHERE team_id = ? ORDER BY audit_entries.seq DESC LIMIT 1`,
  );
  const firstSince = committed.prepare<{ seq: number | null }>(
    "SELECT min(seq) AS seq FROM audit_entries WHERE team_id = ? AND at >= ?",
  );
  const lastBefore = committed.prepare<{ seq: number | null }>(
    "SELECT max(seq) AS seq FROM audit_entries WHERE team_id = ? AND at < ?",
  );

  return {
    /** The entries after this one, oldest first. */
    page: (teamId: string, afterSeq: number, limit: number): ChainedEntry[] =>
      page.all(teamId, afterSeq, limit).map(toEntry),

    /** The same, only of these verbs and not later than `until`. */
    pageOfVerbs: (
      teamId: string,
      afterSeq: number,
      { verbs, until }: { verbs: readonly string[]; until: EpochMs },
      limit: number,
    ): ChainedEntry[] => ofVerbs.all(teamId, afterSeq, until, JSON.stringify(verbs), limit).map(toEntry),

    /** What was signed of the entries after the one and up to the other, in the order of the chain. */
    statementsBetween: (teamId: string, afterSeq: number, upToSeq: number): Statement[] =>
      between.all(teamId, afterSeq, upToSeq).map(toStatement),

    /** What was signed of all entries after this one, what stands where a number belongs included. */
    statementsAfter: (teamId: string, afterSeq: number): Statement[] => after.all(teamId, afterSeq).map(toStatement),

    /** The number of the last entry that is there, whatever the head says; null if there is none. */
    lastSeq: (teamId: string): number | null => lastSeq.get(teamId)?.seq ?? null,

    /** The first entry of this instant or later, and the last one before it, in the order of the chain. */
    firstSince: (teamId: string, instant: EpochMs): number | null => firstSince.get(teamId, instant)?.seq ?? null,
    lastBefore: (teamId: string, instant: EpochMs): number | null => lastBefore.get(teamId, instant)?.seq ?? null,

    head(teamId: string): Head | undefined {
      const row = head.get(teamId);
      if (row === undefined) return undefined;
      return {
        end: { seq: row.seq ?? Number.NaN, hash: row.hash },
        anchor: { seq: row.anchor_seq ?? Number.NaN, hash: row.anchor_hash },
        checkpointSeq: row.checkpoint_seq ?? Number.NaN,
      };
    },
  };
}

export type Reads = ReturnType<typeof prepareReads>;
