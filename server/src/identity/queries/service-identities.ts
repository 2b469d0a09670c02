import type { EpochMs } from "../../kernel/clock.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { Role, ServiceIdentity, ServiceRole, TeamId, UserId } from "../model.ts";

const identities = (db: Db | Tx, teamId: TeamId) =>
  db
    .selectFrom("users as u")
    .innerJoin("memberships as m", "m.user_id", "u.id")
    .innerJoin("users as r", "r.id", "u.responsible_id")
    .leftJoin("memberships as rm", (join) =>
      join.onRef("rm.user_id", "=", "u.responsible_id").onRef("rm.team_id", "=", "u.team_id"),
    )
    .select(["u.id", "u.name", "u.created_at", "m.role", "r.id as responsible_id", "r.name as responsible_name"])
    .select("rm.role as responsible_role")
    .where("u.team_id", "=", teamId)
    .where("m.team_id", "=", teamId)
    .where("u.kind", "=", "service");

type IdentityRow = {
  id: string;
  name: string;
  created_at: number;
  role: Role;
  responsible_id: string;
  responsible_name: string;
  responsible_role: Role | null;
};

/** A role that no service identity has would be a damaged row; it gets the least. */
const toServiceRole = (role: Role): ServiceRole => (role === "member" ? "member" : "viewer");

const toIdentity = (row: IdentityRow): ServiceIdentity => ({
  user: { id: row.id as UserId, kind: "service", name: row.name },
  role: toServiceRole(row.role),
  responsible: {
    id: row.responsible_id as UserId,
    name: row.responsible_name,
    isMember: row.responsible_role !== null,
  },
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
