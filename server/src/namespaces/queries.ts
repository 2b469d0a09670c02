import type { Role, TeamId, User, UserId } from "../identity/index.ts";
import type { EpochMs } from "../kernel/clock.ts";
import type { CommittedReader } from "../store/committed-reader.ts";
import type { Row } from "../store/tables.ts";
import type { Db, Tx } from "../store/transaction.ts";
import type { Namespace, NamespaceId } from "./model.ts";

const toNamespace = (row: Row<"namespaces">): Namespace => ({
  id: row.id as NamespaceId,
  teamId: row.team_id as TeamId,
  label: row.label,
  region: row.region,
  legacyUuid: row.legacy_uuid,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const living = (db: Db | Tx, teamId: TeamId) =>
  db.selectFrom("namespaces").selectAll().where("team_id", "=", teamId).where("deleted_at", "is", null);

/** A team's namespaces, oldest first. */
export async function listNamespaces(db: Db | Tx, teamId: TeamId): Promise<Namespace[]> {
  const rows = await living(db, teamId).orderBy("created_at").orderBy("id").execute();
  return rows.map(toNamespace);
}

export async function findNamespace(db: Db | Tx, teamId: TeamId, id: NamespaceId): Promise<Namespace | undefined> {
  const row = await living(db, teamId).where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : toNamespace(row);
}

export async function insertNamespace(tx: Tx, namespace: Namespace): Promise<void> {
  await tx
    .insertInto("namespaces")
    .values({
      id: namespace.id,
      team_id: namespace.teamId,
      label: namespace.label,
      region: namespace.region,
      legacy_uuid: namespace.legacyUuid,
      created_at: namespace.createdAt,
      updated_at: namespace.updatedAt,
      deleted_at: null,
    })
    .execute();
}

/** Marks it deleted: the row stays, so that the audit log can say what an id was. */
export async function markDeleted(tx: Tx, id: NamespaceId, at: EpochMs): Promise<void> {
  await tx.updateTable("namespaces").set({ deleted_at: at, updated_at: at }).where("id", "=", id).execute();
}

/** Somebody who belongs to the team that a namespace is of. */
export type NamespaceMember = { readonly user: User; readonly teamId: TeamId; readonly role: Role };
type MemberRow = { user_id: UserId; kind: User["kind"]; name: string; team_id: TeamId; role: Role };

/** Finds what somebody is to a living namespace, as it is committed. */
export function prepareMemberLookup(
  committed: CommittedReader,
): (namespaceId: NamespaceId, userId: UserId) => NamespaceMember | undefined {
  const read = committed.prepare<MemberRow>(`
    SELECT u.id AS user_id, u.kind, u.name, n.team_id, m.role
    FROM namespaces n
    JOIN memberships m ON m.team_id = n.team_id
    JOIN users u ON u.id = m.user_id
    WHERE n.id = ? AND n.deleted_at IS NULL AND u.id = ?`);
  return (namespaceId, userId) => {
    const row = read.get(namespaceId, userId);
    if (row === undefined) return undefined;
    return { user: { id: row.user_id, kind: row.kind, name: row.name }, teamId: row.team_id, role: row.role };
  };
}
