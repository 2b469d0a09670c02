import type { Tx } from "../../store/transaction.ts";
import type { InvitationId, TeamId, UserId } from "../model.ts";

/** Ends the invitations that somebody made for a team: their links are known to whoever made them. */
export async function deleteInvitationsBy(tx: Tx, teamId: TeamId, invitedBy: UserId): Promise<InvitationId[]> {
  const rows = await tx
    .deleteFrom("invitations")
    .where("team_id", "=", teamId)
    .where("invited_by", "=", invitedBy)
    .returning("id")
    .execute();
  return rows.map(({ id }) => id as InvitationId);
}
