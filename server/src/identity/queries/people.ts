import type { EpochMs } from "../../kernel/clock.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { Person, Role, TeamId, UserId } from "../model.ts";

export async function hasTeam(db: Db | Tx): Promise<boolean> {
  return (await db.selectFrom("teams").select("id").limit(1).executeTakeFirst()) !== undefined;
}

export async function insertTeam(tx: Tx, team: { id: TeamId; name: string; at: EpochMs }): Promise<void> {
  await tx.insertInto("teams").values({ id: team.id, name: team.name, created_at: team.at }).execute();
}

export type Team = { readonly id: TeamId; readonly name: string; readonly createdAt: EpochMs };

export async function findTeam(db: Db | Tx, id: TeamId): Promise<Team> {
  const row = await db.selectFrom("teams").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  return { id, name: row.name, createdAt: row.created_at };
}

export async function updateTeamName(tx: Tx, id: TeamId, name: string): Promise<void> {
  await tx.updateTable("teams").set({ name }).where("id", "=", id).execute();
}

/** A team with what somebody is to it. */
export type OwnTeam = Team & { readonly role: Role };

/** The teams that somebody belongs to, with what they are there, those first that they joined first. */
export async function listTeamsOf(db: Db | Tx, userId: UserId): Promise<OwnTeam[]> {
  const rows = await db
    .selectFrom("memberships as m")
    .innerJoin("teams as t", "t.id", "m.team_id")
    .select(["t.id", "t.name", "t.created_at", "m.role"])
    .where("m.user_id", "=", userId)
    .orderBy("m.created_at")
    .orderBy("t.id")
    .execute();
  return rows.map(({ id, name, created_at, role }) => ({ id: id as TeamId, name, createdAt: created_at, role }));
}

/** `password`: its hash; null for somebody who has none yet. */
export async function insertPerson(tx: Tx, person: Person & { at: EpochMs; password: string | null }): Promise<void> {
  const { id, name, email, password, at } = person;
  await tx
    .insertInto("users")
    .values({
      id,
      kind: "person",
      name,
      email,
      team_id: null,
      created_at: at,
      responsible_id: null,
      password,
      password_changed_at: password === null ? null : at,
    })
    .execute();
}

export async function updatePerson(tx: Tx, { id, name, email }: Person): Promise<void> {
  await tx.updateTable("users").set({ name, email }).where("id", "=", id).execute();
}

export async function findPerson(db: Db | Tx, id: UserId): Promise<Person | undefined> {
  const row = await db
    .selectFrom("users")
    .select(["id", "name", "email"])
    .where("id", "=", id)
    .where("kind", "=", "person")
    .executeTakeFirst();
  return row === undefined ? undefined : { id, name: row.name, email: row.email ?? "" };
}
