import { appendChange } from "../../store/changes.ts";
import type { Tx } from "../../store/transaction.ts";
import type { Removal } from "../model.ts";
import { deleteInvitationsBy } from "../queries/invitations.ts";
import { deleteMembership } from "../queries/members.ts";
import { deleteSessionsIn } from "../queries/sessions.ts";
import { deleteTokensIn } from "../queries/tokens.ts";
import type { Uses } from "./uses.ts";

/** Ids of what ended, by what it is: `{ access_keys: [...] }`. Told in the audit entry of the removal. */
export type Ended = Readonly<Record<string, readonly string[]>>;

/** Takes what a room keeps for somebody in a team, in the transaction that ends their place in it. */
export type RemovalCascade = (tx: Tx, removal: Removal) => Promise<Ended>;

/** Ends somebody's place in one team with all their access to it, and touches nothing of theirs elsewhere. */
export function createRemoval(uses: Uses) {
  const cascades: RemovalCascade[] = [];

  return {
    onRemove: (cascade: RemovalCascade): void => void cascades.push(cascade),

    /** Ends it within this transaction; gives what ended with it. */
    async end(tx: Tx, removal: Removal): Promise<Ended> {
      const { teamId, userId, at } = removal;
      const ended: Record<string, readonly string[]> = {
        api_tokens: await deleteTokensIn(tx, teamId, userId),
        sessions: await deleteSessionsIn(tx, teamId, userId),
        // Who made an invitation has its link, and could use it to come back.
        invitations: await deleteInvitationsBy(tx, teamId, userId),
      };
      uses.forget([...(ended["api_tokens"] ?? []), ...(ended["sessions"] ?? [])]);
      for (const cascade of cascades) Object.assign(ended, await cascade(tx, removal));
      await deleteMembership(tx, teamId, userId);
      await appendChange(tx, { kind: "membership", targetId: userId, at });
      return ended;
    },
  };
}

export type RemovalRules = ReturnType<typeof createRemoval>;
