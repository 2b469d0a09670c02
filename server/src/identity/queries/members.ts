import type { EpochMs } from "../../kernel/clock.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { Member, Person, Role, TeamId, UserId } from "../model.ts";

export async function insertMembership(
  tx: Tx,
  member: { teamId: TeamId; userId: UserId; role: Role; at: EpochMs },
): Promise<void> {
  const { teamId, userId, role, at } = member;
  await tx.insertInto("memberships").values({ team_id: teamId, user_id: userId, role, created_at: at }).execute();
}

/** What somebody is to a team, person or service identity; null: nothing. */
export async function findRole(db: Db | Tx, teamId: TeamId, userId: UserId): Promise<Role | null> {
  const row = await db
    .selectFrom("memberships")
    .select("role")
    .where("team_id", "=", teamId)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  return row?.role ?? null;
}

export async function updateRole(tx: Tx, teamId: TeamId, userId: UserId, role: Role): Promise<void> {
  await tx
    .updateTable("memberships")
    .set({ role })
    .where("team_id", "=", teamId)
    .where("user_id", "=", userId)
    .execute();
}

export async function deleteMembership(tx: Tx, teamId: TeamId, userId: UserId): Promise<void> {
  await tx.deleteFrom("memberships").where("team_id", "=", teamId).where("user_id", "=", userId).execute();
}

const members = (db: Db | Tx, teamId: TeamId) =>
  db
    .selectFrom("memberships as m")
    .innerJoin("users as u", "u.id", "m.user_id")
    .select(["u.id", "u.name", "u.email", "m.role", "m.created_at"])
    .where("m.team_id", "=", teamId)
    .where("u.kind", "=", "person");

type MemberRow = { id: string; name: string; email: string | null; role: Role; created_at: number };

const toMember = (row: MemberRow): Member => ({
  user: { id: row.id as UserId, kind: "person", name: row.name },
  email: row.email ?? "",
  role: row.role,
  joinedAt: row.created_at,
});

/** The people of a team, those first who were there first. */
export async function listMembers(db: Db | Tx, teamId: TeamId): Promise<Member[]> {
  return (await members(db, teamId).orderBy("m.created_at").orderBy("u.id").execute()).map(toMember);
}

export async function findMember(db: Db | Tx, teamId: TeamId, id: string): Promise<Member | undefined> {
  const row = await members(db, teamId).where("u.id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : toMember(row);
}

export async function countOwners(db: Db | Tx, teamId: TeamId): Promise<number> {
  const row = await members(db, teamId)
    .where("m.role", "=", "owner")
    .clearSelect()
    .select((eb) => eb.fn.countAll().as("owners"))
    .executeTakeFirstOrThrow();
  return Number(row.owners);
}

export async function listOwners(db: Db | Tx, teamId: TeamId): Promise<Person[]> {
  const rows = await members(db, teamId).where("m.role", "=", "owner").orderBy("u.id").execute();
  return rows.map(({ id, name, email }) => ({ id: id as UserId, name, email: email ?? "" }));
}
