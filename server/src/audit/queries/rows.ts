import type { ChainedEntry } from "../model/entries.ts";
import type { Statement } from "../model/statements.ts";

/** A row of the log as `ENTRY_COLUMNS` selects it. */
export type EntryRow = {
  team_id: string;
  seq: number | null;
  at: number | null;
  actor_id: string | null;
  actor_kind: string;
  actor_name: string;
  credential_kind: string | null;
  credential_id: string | null;
  verb: string;
  target_kind: string;
  target_id: string;
  outcome: string;
  address: string | null;
  user_agent: string | null;
  request_id: string | null;
  details: string;
  previous_hash: string;
  hash: string;
};

const TEXTS = [
  ...["team_id", "actor_id", "actor_kind", "actor_name", "credential_kind", "credential_id", "verb", "target_kind"],
  ...["target_id", "outcome", "address", "user_agent", "request_id", "details"],
];

/** The number in this column; null for what is no number that JavaScript can hold exactly. */
export const exactInteger = (column: string): string =>
  `CASE WHEN typeof(${column}) = 'integer' AND abs(${column} / 2) < ${2 ** 52} THEN ${column} END AS ${column}`;

/** Whatever somebody put into a row, reading it yields these types and does not fail. */
export const ENTRY_COLUMNS = [
  ...["seq", "at"].map(exactInteger),
  ...TEXTS.map((column) => `CAST(${column} AS TEXT) AS ${column}`),
  ...["previous_hash", "hash"].map((column) => `lower(hex(${column})) AS ${column}`),
].join(", ");

/** The row as the room knows it; `NaN` stands for a number that is none. */
export const toEntry = (row: EntryRow): ChainedEntry => ({
  teamId: row.team_id,
  seq: row.seq ?? Number.NaN,
  at: row.at ?? Number.NaN,
  actorId: row.actor_id,
  actorKind: row.actor_kind,
  actorName: row.actor_name,
  credentialKind: row.credential_kind,
  credentialId: row.credential_id,
  verb: row.verb,
  targetKind: row.target_kind,
  targetId: row.target_id,
  outcome: row.outcome,
  address: row.address,
  userAgent: row.user_agent,
  requestId: row.request_id,
  details: row.details,
  previousHash: row.previous_hash,
  hash: row.hash,
});

/** A row of what was signed as `STATEMENT_COLUMNS` selects it. */
export type StatementRow = {
  team_id: string;
  seq: number | null;
  kind: string;
  hash: string;
  at: number | null;
  key_id: string;
  signature: string;
};

/** As `ENTRY_COLUMNS`. */
export const STATEMENT_COLUMNS = [
  ...["seq", "at"].map(exactInteger),
  ...["team_id", "kind", "key_id"].map((column) => `CAST(${column} AS TEXT) AS ${column}`),
  ...["hash", "signature"].map((column) => `lower(hex(${column})) AS ${column}`),
].join(", ");

/** The row as the room knows it. */
export const toStatement = (row: StatementRow): Statement => ({
  kind: row.kind,
  teamId: row.team_id,
  seq: row.seq ?? Number.NaN,
  hash: row.hash,
  at: row.at ?? Number.NaN,
  keyId: row.key_id,
  signature: row.signature,
});
