import { canonicalJson, type Json, type JsonObject } from "../../kernel/canonical-json.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import { type Position, toInstant } from "./entries.ts";

/**
 * Signed: that a team's chain had this hash at this entry. A checkpoint covers all entries before it as well, since each holds the
 * hash of the one before. An anchor says that the entries up to it were pruned.
 */
export type Statement = Position & {
  /** `checkpoint` or `anchor`; whatever else somebody wrote there, no signature fits. */
  readonly kind: string;
  readonly teamId: string;
  readonly at: EpochMs;
  readonly keyId: string;
  /** 128 hex digits. */
  readonly signature: string;
};

const KIND = "latchkey.audit.";

const membersOf = ({ kind, teamId, seq, hash, at, keyId }: Omit<Statement, "signature">): JsonObject => ({
  kind: `${KIND}${kind}`,
  team_id: teamId,
  seq,
  hash,
  at: toInstant(at),
  key_id: keyId,
});

/** What is signed. */
export const statementBody = (statement: Omit<Statement, "signature">): string => canonicalJson(membersOf(statement));

/** The statement as a line of an export. */
export const statementLine = (statement: Statement): string =>
  canonicalJson({ ...membersOf(statement), signature: statement.signature });

/** What an export says of itself in its first line, signed like a statement. */
export type ExportHeader = {
  readonly teamId: string;
  readonly at: EpochMs;
  /** The entry before the first one of the export. */
  readonly start: Position;
  /** The last entry of the export. */
  readonly end: Position;
  /** Null for an export of everything there is. */
  readonly range: { readonly since: EpochMs | null; readonly until: EpochMs | null } | null;
  readonly keyId: string;
  readonly publicKey: string;
};

/** The header as JSON, without its signature. */
export function headerMembers({ teamId, at, start, end, range, keyId, publicKey }: ExportHeader): JsonObject {
  const instantOrNull = (instant: EpochMs | null): Json => (instant === null ? null : toInstant(instant));
  return {
    kind: `${KIND}export`,
    version: 1,
    team_id: teamId,
    at: toInstant(at),
    start: { ...start },
    end: { ...end },
    range: range === null ? null : { since: instantOrNull(range.since), until: instantOrNull(range.until) },
    key_id: keyId,
    public_key: publicKey,
  };
}
