import { z } from "zod";
import { canonicalJson, type JsonObject } from "../kernel/canonical-json.ts";
import { sha256 } from "./chain.ts";
import { auditErrors } from "./errors.ts";
import { type ChainCheck, createChainCheck, type Problem } from "./model/chain-check.ts";
import type { Verification } from "./model/verification.ts";
import { type PublicKey, parsePublicKey } from "./signing.ts";

/** What checking an export has shown. */
export type ExportVerification = Verification & {
  /** When the export was made, as it says itself: RFC 3339. */
  readonly at: string;
  /** Whether it is a part of the log that was asked for, and not all there was. */
  readonly isPart: boolean;
  /** The key that it names itself as the one that signed it. */
  readonly publicKey: string;
  /** The line of the first thing that is wrong. */
  readonly line: number | null;
};

/** `null` is how a number was written that is none. */
const Seq = z
  .int()
  .nullable()
  .transform((seq) => seq ?? Number.NaN);
const KIND = "latchkey.audit.";
const PositionShape = z.object({ seq: Seq, hash: z.string() });
const Header = z.object({
  kind: z.literal("latchkey.audit.export"),
  version: z.literal(1),
  team_id: z.string(),
  at: z.string(),
  start: PositionShape,
  end: PositionShape,
  range: z.object({}).nullable(),
  key_id: z.string(),
  public_key: z.string(),
  signature: z.string(),
});
const StatementShape = z.object({
  kind: z.string().startsWith(KIND),
  team_id: z.string(),
  seq: Seq,
  hash: z.string(),
  key_id: z.string(),
  signature: z.string(),
});
const EntryShape = z.object({ team_id: z.string(), seq: Seq, previous_hash: z.string(), hash: z.string() });

/**
 * Checks an export, line by line, with nothing but its text. `expectedKey`: the public key that it has to be signed with; without one, its
 * own is believed. Throws `audit.not_an_export`, `audit.bad_public_key`.
 */
export async function verifyExport(
  text: AsyncIterable<string>,
  expectedKey: string | null,
): Promise<ExportVerification> {
  const lines = linesOf(text);
  const first = await lines.next();
  const header = Header.safeParse(first.done === true ? undefined : parse(first.value));
  if (!header.success) throw auditErrors.not_an_export();
  const { team_id: teamId, start, end, range, at, public_key } = header.data;
  const ownKey = parsePublicKey(public_key);
  const key = expectedKey === null ? ownKey : parsePublicKey(expectedKey);
  if (key === undefined) throw expectedKey === null ? auditErrors.not_an_export() : auditErrors.bad_public_key();

  const check = createChainCheck({ teamId, start, isPruned: range === null && start.seq !== 0 });
  const result = (problem: Problem | null, line: number): ExportVerification => {
    const { entries, statements: checkpoints } = check.checked;
    const found = { entries, checkpoints, problem, line: problem === null ? null : line };
    return {
      teamId,
      at,
      isPart: range !== null,
      start,
      end: check.last(),
      keyId: key.id,
      publicKey: public_key,
      ...found,
    };
  };

  const unsigned = checkHeader(parse(first.value ?? ""), key, ownKey);
  if (unsigned !== null) return result(unsigned, 1);
  let line = 1;
  for await (const words of lines) {
    line += 1;
    const problem = checkLine(words, check, key);
    if (problem !== null) return result(problem, line);
  }
  return result(check.end(end), line);
}

function checkHeader(line: JsonObject | undefined, key: PublicKey, ownKey: PublicKey | undefined): Problem | null {
  if (line !== undefined && isSigned(line, key)) return null;
  const says =
    key.text === ownKey?.text
      ? "The first line, which says what the export contains, is not what was signed."
      : `The export is signed with another key than this one: with ${ownKey?.id ?? "none"}, and not with ${key.id}.`;
  return { kind: "bad_signature", seq: null, says };
}

function checkLine(text: string, check: ChainCheck, key: PublicKey): Problem | null {
  const nextSeq = check.last().seq + 1;
  const line = parse(text);
  if (line === undefined) return unreadable(nextSeq, "this line is not canonical JSON");
  if ("kind" in line) {
    const { data: statement } = StatementShape.safeParse(line);
    if (statement === undefined) return unreadable(nextSeq, "this line is no statement");
    const { kind, team_id: teamId, seq, hash } = statement;
    return check.statement({ kind: kind.replace(KIND, ""), teamId, seq, hash, isSigned: isSigned(line, key) });
  }
  const { data: entry } = EntryShape.safeParse(line);
  if (entry === undefined) return unreadable(nextSeq, "this line is no entry");
  const { team_id: teamId, seq, previous_hash: previousHash, hash } = entry;
  return check.entry({ teamId, seq, previousHash, hash, bodyHash: sha256(canonicalJson(without("hash", line))) });
}

const unreadable = (seq: number, why: string): Problem => ({
  kind: "unreadable",
  seq,
  says: `Where entry ${seq} or what was signed of the one before it belongs, ${why}.`,
});

/** A line of an export; undefined for any text that an export does not have, were it only for a space. */
function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && canonicalJson(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

// `JSON.parse` makes nothing but JSON.
const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const without = (name: string, members: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(members).filter(([other]) => other !== name));

function isSigned(line: JsonObject, key: PublicKey): boolean {
  const { key_id, signature } = line;
  return (
    key_id === key.id &&
    typeof signature === "string" &&
    key.hasSigned(canonicalJson(without("signature", line)), signature)
  );
}

async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = "";
  for await (const chunk of text) {
    const [first = "", ...more] = chunk.split("\n");
    rest += first;
    for (const next of more) {
      yield rest;
      rest = next;
    }
  }
  if (rest !== "") yield rest;
}
