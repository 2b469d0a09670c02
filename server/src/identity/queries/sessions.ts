import type { EpochMs } from "../../kernel/clock.ts";
import type { SecretHash } from "../../kernel/secret-hash.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { SessionId, TeamId, UserId } from "../model.ts";

/** A sign-in that has not ended: where it came from and how long it lasts. */
export type Session = {
  readonly id: SessionId;
  readonly teamId: TeamId;
  readonly userId: UserId;
  readonly address: string;
  readonly userAgent: string;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
};

export async function insertSession(tx: Tx, session: Session & { secret: SecretHash }): Promise<void> {
  await tx
    .insertInto("sessions")
    .values({
      id: session.id,
      team_id: session.teamId,
      user_id: session.userId,
      hash: session.secret.hash,
      pepper_id: session.secret.pepperId,
      address: session.address,
      user_agent: session.userAgent,
      expires_at: session.expiresAt,
      created_at: session.createdAt,
    })
    .execute();
}

/** A person's sessions in a team that have not run out, newest first. */
export async function listSessions(db: Db | Tx, teamId: TeamId, userId: UserId, now: EpochMs): Promise<Session[]> {
  const rows = await db
    .selectFrom("sessions")
    .selectAll()
    .where("team_id", "=", teamId)
    .where("user_id", "=", userId)
    .where("expires_at", ">", now)
    .orderBy("created_at", "desc")
    .orderBy("id")
    .execute();
  return rows.map((row) => ({
    id: row.id as SessionId,
    teamId,
    userId,
    address: row.address,
    userAgent: row.user_agent,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }));
}

/** Says whether there still was such a session. */
export async function deleteSession(tx: Tx, id: SessionId): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom("sessions").where("id", "=", id).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Ends a person's sessions in a team; gives their ids. */
export async function deleteSessionsIn(tx: Tx, teamId: TeamId, userId: UserId): Promise<SessionId[]> {
  const rows = await tx
    .deleteFrom("sessions")
    .where("team_id", "=", teamId)
    .where("user_id", "=", userId)
    .returning("id")
    .execute();
  return rows.map(({ id }) => id as SessionId);
}

/** Ends a person's sessions in all teams but one; gives their ids and teams. */
export async function deleteOtherSessions(
  tx: Tx,
  userId: UserId,
  except: string | null,
): Promise<{ id: SessionId; teamId: TeamId }[]> {
  const rows = await tx
    .deleteFrom("sessions")
    .where("user_id", "=", userId)
    .where("id", "<>", except ?? "")
    .returning(["id", "team_id"])
    .execute();
  return rows.map(({ id, team_id }) => ({ id: id as SessionId, teamId: team_id as TeamId }));
}

/** Forgets sessions that have run out: nobody can use them any more. Gives their ids. */
export async function deleteExpiredSessions(tx: Tx, now: EpochMs): Promise<SessionId[]> {
  const rows = await tx.deleteFrom("sessions").where("expires_at", "<=", now).returning("id").execute();
  return rows.map(({ id }) => id as SessionId);
}
