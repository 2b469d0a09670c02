import type { Member, ServiceIdentity, TeamPrincipal } from "../model.ts";
import { countOwners } from "../queries/members.ts";
import { listAnsweredFor } from "../queries/service-identities.ts";
import { listSessions } from "../queries/sessions.ts";
import { type ApiToken, listTokens } from "../queries/tokens.ts";
import type { Ground } from "./ground.ts";

/** What of a member's ends when their place in the team does, and what is left without them. */
export type Holdings = {
  readonly member: Member;
  readonly tokens: readonly ApiToken[];
  readonly sessions: number;
  readonly answersFor: readonly ServiceIdentity[];
  /** Then the place cannot end. */
  readonly isLastOwner: boolean;
};

/** Says what a removal would end, for who is about to decide. */
export function createHoldings(
  { store, clock }: Ground,
  requireMember: (db: Ground["store"]["db"], caller: TeamPrincipal, id: string) => Promise<Member>,
) {
  return async (caller: TeamPrincipal, memberId: string): Promise<Holdings> => {
    const { db } = store;
    const { teamId } = caller;
    const member = await requireMember(db, caller, memberId);
    const { id } = member.user;
    return {
      member,
      tokens: await listTokens(db, teamId, id),
      sessions: (await listSessions(db, teamId, id, clock.now())).length,
      answersFor: await listAnsweredFor(db, teamId, id),
      isLastOwner: member.role === "owner" && (await countOwners(db, teamId)) < 2,
    };
  };
}
