import { setImmediate as nextTurn } from "node:timers/promises";
import { canonicalJson } from "../kernel/canonical-json.ts";
import type { EpochMs } from "../kernel/clock.ts";
import { CSV_HEADINGS, csvLine } from "./model/csv.ts";
import { type ChainedEntry, entryLine, GENESIS, type Position } from "./model/entries.ts";
import { inOrder } from "./model/in-order.ts";
import { type ExportHeader, headerMembers, type Statement, statementLine } from "./model/statements.ts";
import type { Reads } from "./queries/read.ts";
import type { Signer } from "./signing.ts";

/** Of which instants: from `since` on, and before `until`. */
export type Span = { readonly since: EpochMs | null; readonly until: EpochMs | null };

/** A stretch of a chain: the entries after `start`, up to the number `lastSeq`; `end` is what the log says of the last one. */
export type Stretch = {
  readonly start: Position;
  readonly end: Position;
  readonly lastSeq: number;
  /** What was signed of entries that are not there. */
  readonly beyond: readonly Statement[];
};

const PAGE = 500;

/** The whole of a team's chain as it is now, or all from the first to the last entry of the span. */
export function findStretch(reads: Reads, teamId: string, span: Span | null): Stretch {
  const { anchor, end } = reads.head(teamId) ?? { anchor: GENESIS, end: GENESIS };
  // What stands after the end does not belong there, and an export shows it.
  if (span === null) {
    const lastSeq = Math.max(...[end.seq, reads.lastSeq(teamId) ?? 0].filter(Number.isSafeInteger));
    return { start: anchor, end, lastSeq, beyond: reads.statementsAfter(teamId, lastSeq) };
  }
  const firstSeq = span.since === null ? anchor.seq + 1 : reads.firstSince(teamId, span.since);
  const lastSeq = span.until === null ? end.seq : reads.lastBefore(teamId, span.until);
  const [first] = firstSeq === null ? [] : reads.page(teamId, firstSeq - 1, 1);
  const [last] = lastSeq === null ? [] : reads.page(teamId, lastSeq - 1, 1);
  if (first === undefined || last === undefined || first.seq > last.seq)
    return { start: end, end, lastSeq: end.seq, beyond: [] };
  return {
    start: { seq: first.seq - 1, hash: first.previousHash },
    end: { seq: last.seq, hash: last.hash },
    lastSeq: last.seq,
    beyond: [],
  };
}

async function* pagesOf(
  reads: Reads,
  teamId: string,
  { start, lastSeq }: Stretch,
): AsyncGenerator<ChainedEntry[], void> {
  for (let afterSeq = start.seq; ; ) {
    const page = reads.page(teamId, afterSeq, PAGE).filter(({ seq }) => seq <= lastSeq);
    if (page.length > 0) yield page;
    afterSeq = page.at(-1)?.seq ?? lastSeq;
    if (page.length < PAGE || afterSeq >= lastSeq) return;
    await nextTurn();
  }
}

/**
 * An export that can be verified without this server, as JSON Lines: its header, then the entries, each followed by what was signed of it.
 * Every line is canonical JSON.
 */
export async function* writeJsonLines(
  deps: { reads: Reads; signer: Signer },
  about: { teamId: string; at: EpochMs; span: Span | null },
  stretch: Stretch,
): AsyncGenerator<string, void> {
  const { reads, signer } = deps;
  const { teamId, at, span } = about;
  const { id: keyId, text: publicKey } = signer.publicKey;
  yield `${signedHeader(signer, { teamId, at, ...stretch, range: span, keyId, publicKey })}\n`;

  // All that was signed belongs to the whole log, its anchor first; to a part of it, what was signed of its own entries.
  let afterSeq = span === null ? Number.MIN_SAFE_INTEGER : stretch.start.seq;
  for await (const page of pagesOf(reads, teamId, stretch)) {
    const upTo = page.at(-1)?.seq ?? afterSeq;
    yield linesOf(page, reads.statementsBetween(teamId, afterSeq, upTo));
    afterSeq = upTo;
  }
  yield linesOf([], [...reads.statementsBetween(teamId, afterSeq, stretch.lastSeq), ...stretch.beyond]);
}

function linesOf(entries: readonly ChainedEntry[], statements: readonly Statement[]): string {
  let lines = "";
  for (const item of inOrder(entries, statements))
    lines += `${"entry" in item ? entryLine(item.entry) : statementLine(item.statement)}\n`;
  return lines;
}

function signedHeader(signer: Signer, header: ExportHeader): string {
  const members = headerMembers(header);
  return canonicalJson({ ...members, signature: signer.sign(canonicalJson(members)) });
}

/** An export for spreadsheets. */
export async function* writeCsv(reads: Reads, teamId: string, stretch: Stretch): AsyncGenerator<string, void> {
  yield CSV_HEADINGS;
  for await (const page of pagesOf(reads, teamId, stretch)) yield page.map(csvLine).join("");
}
