import type { EpochMs } from "../../kernel/clock.ts";
import type { SecretHash } from "../../kernel/secret-hash.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { InvitationId, Role, TeamId, UserId } from "../model.ts";

/** Somebody who may join a team, as soon as they want to. */
export type Invitation = {
  readonly id: InvitationId;
  readonly teamId: TeamId;
  readonly email: string;
  readonly role: Role;
  readonly invitedBy: { readonly id: UserId; readonly name: string };
  readonly lifetimeMs: number;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
};

const invitations = (db: Db | Tx) =>
  db
    .selectFrom("invitations as i")
    .innerJoin("users as u", "u.id", "i.invited_by")
    .select(["i.id", "i.team_id", "i.email", "i.role", "i.lifetime_ms", "i.created_at", "i.expires_at"])
    .select(["u.id as inviter_id", "u.name as inviter_name"]);

type InvitationRow = {
  id: string;
  team_id: string;
  email: string;
  role: Role;
  lifetime_ms: number;
  created_at: number;
  expires_at: number;
  inviter_id: string;
  inviter_name: string;
};

const toInvitation = (row: InvitationRow): Invitation => ({
  id: row.id as InvitationId,
  teamId: row.team_id as TeamId,
  email: row.email,
  role: row.role,
  invitedBy: { id: row.inviter_id as UserId, name: row.inviter_name },
  lifetimeMs: row.lifetime_ms,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

/** A team's open invitations, oldest first; expired ones too, since they can be sent again. */
export async function listInvitations(db: Db | Tx, teamId: TeamId): Promise<Invitation[]> {
  const rows = await invitations(db).where("i.team_id", "=", teamId).orderBy("i.created_at").orderBy("i.id").execute();
  return rows.map(toInvitation);
}

export async function findInvitation(db: Db | Tx, teamId: TeamId, id: string): Promise<Invitation | undefined> {
  const row = await invitations(db).where("i.team_id", "=", teamId).where("i.id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : toInvitation(row);
}

export async function findInvitationTo(tx: Tx, teamId: TeamId, email: string): Promise<Invitation | undefined> {
  const row = await invitations(tx).where("i.team_id", "=", teamId).where("i.email", "=", email).executeTakeFirst();
  return row === undefined ? undefined : toInvitation(row);
}

export async function findInvitationByHash(db: Db | Tx, hash: Uint8Array): Promise<Invitation | undefined> {
  const row = await invitations(db).where("i.hash", "=", hash).executeTakeFirst();
  return row === undefined ? undefined : toInvitation(row);
}

export async function insertInvitation(tx: Tx, invitation: Invitation, secret: SecretHash): Promise<void> {
  await tx
    .insertInto("invitations")
    .values({
      id: invitation.id,
      team_id: invitation.teamId,
      email: invitation.email,
      role: invitation.role,
      hash: secret.hash,
      pepper_id: secret.pepperId,
      invited_by: invitation.invitedBy.id,
      lifetime_ms: invitation.lifetimeMs,
      expires_at: invitation.expiresAt,
      created_at: invitation.createdAt,
    })
    .execute();
}

/** Gives an invitation another secret and another end; whoever sends it again is its inviter. */
export async function renewInvitation(
  tx: Tx,
  renewed: { id: InvitationId; secret: SecretHash; invitedBy: UserId; expiresAt: EpochMs },
): Promise<void> {
  await tx
    .updateTable("invitations")
    .set({
      hash: renewed.secret.hash,
      pepper_id: renewed.secret.pepperId,
      invited_by: renewed.invitedBy,
      expires_at: renewed.expiresAt,
    })
    .where("id", "=", renewed.id)
    .execute();
}

export async function deleteInvitation(tx: Tx, id: InvitationId): Promise<void> {
  await tx.deleteFrom("invitations").where("id", "=", id).execute();
}

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
