import type { EpochMs } from "../../kernel/clock.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { Responsible, Role, ServiceIdentity, ServiceRole, TeamId, UserId } from "../model.ts";

const withResponsible = (db: Db | Tx) =>
  db
    .selectFrom("users as u")
    .innerJoin("users as r", "r.id", "u.responsible_id")
    .leftJoin("memberships as rm", (join) =>
      join.onRef("rm.user_id", "=", "u.responsible_id").onRef("rm.team_id", "=", "u.team_id"),
    )
    .select(["u.id", "r.id as responsible_id", "r.name as responsible_name", "rm.role as responsible_role"])
    .where("u.kind", "=", "service");

const identities = (db: Db | Tx, teamId: TeamId) =>
  withResponsible(db)
    .innerJoin("memberships as m", "m.user_id", "u.id")
    .select(["u.name", "u.created_at", "m.role"])
    .where("u.team_id", "=", teamId)
    .where("m.team_id", "=", teamId);

type ResponsibleRow = { responsible_id: string; responsible_name: string; responsible_role: Role | null };
const toResponsible = (row: ResponsibleRow): Responsible => ({
  id: row.responsible_id as UserId,
  name: row.responsible_name,
  isMember: row.responsible_role !== null,
});

type IdentityRow = ResponsibleRow & { id: string; name: string; created_at: number; role: Role };

/** A role that no service identity has would be a damaged row; it gets the least. */
const toServiceRole = (role: Role): ServiceRole => (role === "member" ? "member" : "viewer");

const toIdentity = (row: IdentityRow): ServiceIdentity => ({
  user: { id: row.id as UserId, kind: "service", name: row.name },
  role: toServiceRole(row.role),
  responsible: toResponsible(row),
  createdAt: row.created_at,
});

/** The team's service identities, oldest first. */
export async function listIdentities(db: Db | Tx, teamId: TeamId): Promise<ServiceIdentity[]> {
  return (await identities(db, teamId).orderBy("u.created_at").orderBy("u.id").execute()).map(toIdentity);
}

export async function findIdentity(db: Db | Tx, teamId: TeamId, id: string): Promise<ServiceIdentity | undefined> {
  const row = await identities(db, teamId).where("u.id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : toIdentity(row);
}

/** Those that this person answers for. */
export async function listAnsweredFor(db: Db | Tx, teamId: TeamId, responsibleId: UserId): Promise<ServiceIdentity[]> {
  return (await identities(db, teamId).where("u.responsible_id", "=", responsibleId).execute()).map(toIdentity);
}

/** Who answers for each of these, in whichever team it is. */
export async function listResponsible(
  db: Db | Tx,
  ids: readonly UserId[],
): Promise<(readonly [id: UserId, Responsible])[]> {
  const rows = await withResponsible(db).where("u.id", "in", ids).execute();
  return rows.map((row) => [row.id as UserId, toResponsible(row)]);
}

export async function insertIdentity(
  tx: Tx,
  identity: { id: UserId; teamId: TeamId; name: string; responsibleId: UserId; at: EpochMs },
): Promise<void> {
  await tx
    .insertInto("users")
    .values({
      id: identity.id,
      kind: "service",
      name: identity.name,
      email: null,
      team_id: identity.teamId,
      created_at: identity.at,
      responsible_id: identity.responsibleId,
      password: null,
      password_changed_at: null,
    })
    .execute();
}

export async function updateIdentity(
  tx: Tx,
  id: UserId,
  change: { name: string; responsibleId: UserId },
): Promise<void> {
  await tx
    .updateTable("users")
    .set({ name: change.name, responsible_id: change.responsibleId })
    .where("id", "=", id)
    .execute();
}
