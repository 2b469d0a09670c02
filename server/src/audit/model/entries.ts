import { canonicalJson, isList, type Json } from "../../kernel/canonical-json.ts";
import type { EpochMs } from "../../kernel/clock.ts";

/** Who did it. `system` acts by itself: expiry sweeps, first-run set-up. */
export type Actor = {
  readonly id: string | null;
  readonly kind: "person" | "service" | "system";
  readonly name: string;
  /** Through what: a token, a session, an access key, a schedule; null for the system and for the operator's own terminal. */
  readonly credential: { readonly kind: "token" | "session" | "access_key" | "schedule"; readonly id: string } | null;
};

/** Where it came from; null for what no request caused. */
export type Origin = { readonly requestId: string; readonly address: string; readonly userAgent: string };

/** One line of the append-only record. `details` holds no secret, ever. */
export type AuditEntry = {
  readonly teamId: string;
  readonly at: EpochMs;
  readonly actor: Actor;
  /** What was done, in the form `<thing>.<verb>`: `access_key.create`. */
  readonly verb: string;
  readonly target: { readonly kind: string; readonly id: string };
  readonly outcome: "done" | "refused";
  readonly origin: Origin | null;
  readonly details: Readonly<Record<string, unknown>>;
};

/** A place in a team's chain: an entry's number and its hash, 64 lower-case hex digits. */
export type Position = { readonly seq: number; readonly hash: string };

/** Before the first entry. */
export const GENESIS: Position = { seq: 0, hash: "0".repeat(64) };

/**
 * An entry in its place in the chain, as it is stored. Its words are plain texts, because what somebody wrote over an entry need not
 * be one of ours, and must be shown, hashed and reported all the same.
 */
export type ChainedEntry = {
  readonly teamId: string;
  readonly seq: number;
  readonly at: EpochMs;
  readonly actorId: string | null;
  readonly actorKind: string;
  readonly actorName: string;
  readonly credentialKind: string | null;
  readonly credentialId: string | null;
  readonly verb: string;
  readonly targetKind: string;
  readonly targetId: string;
  readonly outcome: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  /** Canonical JSON. */
  readonly details: string;
  readonly previousHash: string;
  readonly hash: string;
};

/**
 * The text as it is recorded. Without U+FFFD, which is what bytes that are no text are read as, and without half characters, which
 * have no bytes: so no damaged bytes are ever read as what was written.
 */
const recordable = (text: string): string => text.toWellFormed().replaceAll("\ufffd", "?");
const recordableOrNull = (text: string | null | undefined): string | null => (text == null ? null : recordable(text));

/** The same of every text in a value, names included. */
function recordableJson(value: Json): Json {
  if (typeof value === "string") return recordable(value);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(recordableJson);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [recordable(name), recordableJson(member)]));
}

/** Puts an entry into its place; what it is hashed by is `entryBody`. */
export function placeEntry(entry: AuditEntry, previous: Position): Omit<ChainedEntry, "hash"> {
  const { actor, target, origin } = entry;
  return {
    teamId: entry.teamId,
    seq: previous.seq + 1,
    at: entry.at,
    actorId: recordableOrNull(actor.id),
    actorKind: actor.kind,
    actorName: recordable(actor.name),
    credentialKind: actor.credential?.kind ?? null,
    credentialId: recordableOrNull(actor.credential?.id),
    verb: recordable(entry.verb),
    targetKind: recordable(target.kind),
    targetId: recordable(target.id),
    outcome: entry.outcome,
    address: recordableOrNull(origin?.address),
    userAgent: recordableOrNull(origin?.userAgent),
    requestId: recordableOrNull(origin?.requestId),
    details: canonicalJson(recordableJson(JSON.parse(JSON.stringify(entry.details)))),
    previousHash: previous.hash,
  };
}

const LATEST_MS = 8.64e15;
/** RFC 3339 in UTC with milliseconds. Of what is no instant, a text that is none either. */
export const toInstant = (at: number): string =>
  Number.isSafeInteger(at) && Math.abs(at) <= LATEST_MS ? new Date(at).toISOString() : String(at);

/** The entry as canonical JSON (RFC 8785) without its hash: what is hashed. */
export const entryBody = (entry: Omit<ChainedEntry, "hash">): string => write(entry, entry.details, "");

/** The entry as canonical JSON with its hash: its line of an export. Details that are not canonical are given as a text. */
export const entryLine = (entry: ChainedEntry): string =>
  write(
    entry,
    isCanonical(entry.details) ? entry.details : JSON.stringify(entry.details),
    `"hash":${JSON.stringify(entry.hash)},`,
  );

/** The details as a value, for showing; what is no JSON object is shown as the text it is. */
export function readDetails({ details }: Pick<ChainedEntry, "details">): Record<string, unknown> {
  const value = parse(details);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : { unreadable: details };
}

const isCanonical = (text: string): boolean => {
  const value = parse(text);
  return value !== undefined && canonicalJson(value) === text;
};

const parse = (text: string) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * With the members in their canonical order, which a test holds against `canonicalJson`: so nothing has to be sorted. The stored text of
 * the details goes in as it is, so that no byte of it is overlooked.
 */
function write(entry: Omit<ChainedEntry, "hash">, details: string, hash: string): string {
  const { credentialKind, credentialId, address, requestId, userAgent } = entry;
  const before = JSON.stringify({
    actor: {
      credential: credentialKind === null && credentialId === null ? null : { id: credentialId, kind: credentialKind },
      id: entry.actorId,
      kind: entry.actorKind,
      name: entry.actorName,
    },
    at: toInstant(entry.at),
  });
  const after = JSON.stringify({
    origin:
      address === null && userAgent === null && requestId === null
        ? null
        : { address, request_id: requestId, user_agent: userAgent },
    outcome: entry.outcome,
    previous_hash: entry.previousHash,
    // What is no number becomes null.
    seq: entry.seq,
    target: { id: entry.targetId, kind: entry.targetKind },
    team_id: entry.teamId,
    verb: entry.verb,
  });
  return `${before.slice(0, -1)},"details":${details},${hash}${after.slice(1)}`;
}
