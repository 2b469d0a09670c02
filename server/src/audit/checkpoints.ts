import type { Clock } from "../kernel/clock.ts";
import type { Store } from "../store/store.ts";
import type { Tx } from "../store/transaction.ts";
import type { Position } from "./model/entries.ts";
import { type Statement, statementBody } from "./model/statements.ts";
import { findEnd } from "./queries/record.ts";
import { insertStatement, isSignedUpTo, listTeamsAhead } from "./queries/statements.ts";
import type { Signer } from "./signing.ts";

/** Teams in one transaction. */
const AT_ONCE = 100;

/** Signing of what the chains of teams have come to. */
export function createCheckpoints(deps: { store: Store; clock: Clock; signer: Signer }) {
  const { store, clock, signer } = deps;

  const state = (tx: Tx, kind: "checkpoint" | "anchor", teamId: string, { seq, hash }: Position): Promise<void> => {
    const statement: Omit<Statement, "signature"> = {
      kind,
      teamId,
      seq,
      hash,
      at: clock.now(),
      keyId: signer.publicKey.id,
    };
    return insertStatement(tx, { ...statement, signature: signer.sign(statementBody(statement)) });
  };

  /** Signs the end of the team's chain, unless it is signed already. */
  const signEnd = async (tx: Tx, teamId: string): Promise<void> => {
    const end = await findEnd(tx, teamId);
    if (!(await isSignedUpTo(tx, teamId, end.seq))) await state(tx, "checkpoint", teamId, end);
  };

  return {
    signEnd,

    /** Signs that the entries up to this one were pruned. */
    signAnchor: (tx: Tx, teamId: string, anchor: Position): Promise<void> => state(tx, "anchor", teamId, anchor),

    /** Signs the ends of all chains that have gone on. */
    async signAll(): Promise<void> {
      for (;;) {
        const teams = await listTeamsAhead(store.db, AT_ONCE);
        if (teams.length > 0)
          await store.transaction(async (tx) => {
            for (const teamId of teams) await signEnd(tx, teamId);
          });
        if (teams.length < AT_ONCE) return;
      }
    },
  };
}

export type Checkpoints = ReturnType<typeof createCheckpoints>;
