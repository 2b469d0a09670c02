import { setImmediate as nextTurn } from "node:timers/promises";
import { sha256 } from "./chain.ts";
import { type Claim, createChainCheck, type Link, type Problem } from "./model/chain-check.ts";
import { type ChainedEntry, entryBody, GENESIS } from "./model/entries.ts";
import { inOrder } from "./model/in-order.ts";
import { type Statement, statementBody } from "./model/statements.ts";
import type { Verification } from "./model/verification.ts";
import type { Head, Reads } from "./queries/read.ts";
import type { PublicKey } from "./signing.ts";

/** Entries between two turns of the event loop: a few milliseconds. */
const PAGE = 500;
const NO_HEAD: Head = { end: GENESIS, anchor: GENESIS, checkpointSeq: 0 };

/** An entry as the chain sees it. */
export const toLink = (entry: ChainedEntry): Link => ({ ...entry, bodyHash: sha256(entryBody(entry)) });

const toClaim = (statement: Statement, key: PublicKey): Claim => ({
  ...statement,
  isSigned: statement.keyId === key.id && key.hasSigned(statementBody(statement), statement.signature),
});

/** Checks all that is stored of a team's log, as it stands when the last of it is read. */
export async function verifyLog(deps: { reads: Reads; publicKey: PublicKey }, teamId: string): Promise<Verification> {
  const { reads, publicKey } = deps;
  const { anchor: start } = reads.head(teamId) ?? NO_HEAD;
  const check = createChainCheck({ teamId, start, isPruned: start.seq !== GENESIS.seq });
  const checkPage = (page: readonly ChainedEntry[], statements: readonly Statement[]): Problem | null => {
    for (const item of inOrder(page, statements)) {
      const problem =
        "entry" in item ? check.entry(toLink(item.entry)) : check.statement(toClaim(item.statement, publicKey));
      if (problem !== null) return problem;
    }
    return null;
  };
  const result = (problem: Problem | null): Verification => {
    const { entries, statements: checkpoints } = check.checked;
    return { teamId, entries, checkpoints, start, end: check.last(), keyId: publicKey.id, problem };
  };

  // From below the first number there is: what stands before the start does not belong there.
  let afterSeq = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const page = reads.page(teamId, afterSeq, PAGE);
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) {
      // In the same turn as the last page: nothing can have been added between them.
      const statements = reads.statementsAfter(teamId, afterSeq);
      const head = reads.head(teamId) ?? NO_HEAD;
      return result(
        checkPage(page, statements) ?? checkLastSigned(reads, teamId, head.checkpointSeq) ?? check.end(head.end),
      );
    }
    const problem = checkPage(page, reads.statementsBetween(teamId, afterSeq, last.seq));
    if (problem !== null) return result(problem);
    afterSeq = last.seq;
    await nextTurn();
  }
}

/** The head remembers what was signed last, so that the newest checkpoint cannot just go. */
function checkLastSigned(reads: Reads, teamId: string, seq: number): Problem | null {
  const isThere = reads.statementsBetween(teamId, seq - 1, seq).some(({ kind }) => kind === "checkpoint");
  if (seq === 0 || isThere) return null;
  return { kind: "unsigned_end", seq, says: `The checkpoint of entry ${seq}, the last one that was made, is gone.` };
}
