import type { TeamId, UserId } from "../../identity/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import type { NamespaceId } from "../../namespaces/index.ts";
import type { KeyCounts, PolicedKey, Scope } from "../../policy/index.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import { listedKeys } from "./keys.ts";
import { type KeyRow, toAccessKey } from "./rows.ts";

const livingKeys = (db: Db | Tx, teamId: TeamId, now: EpochMs) =>
  listedKeys(db)
    .where("n.team_id", "=", teamId)
    .where((eb) => eb.or([eb("k.expires_at", "is", null), eb("k.expires_at", ">", now)]));

function toPolicedKey(row: KeyRow): PolicedKey {
  const { id, name, namespaceId, owner, createdAt, expiresAt, allowedNetworks, state } = toAccessKey(row);
  const key = { id, name, namespaceId, owner, createdAt, expiresAt, allowedNetworks };
  // Of a key that is active the state last changed when somebody resumed or restored it.
  const unusedFrom = Math.max(createdAt, row.state_changed_at ?? 0);
  return { ...key, isSuspended: state.kind === "suspended", unusedFrom };
}

/** The living keys of a team, or of one of its namespaces, oldest first: neither deleted, cut off nor expired. */
export async function listPolicedKeys(
  db: Db | Tx,
  { teamId, namespaceId }: Scope,
  now: EpochMs,
): Promise<PolicedKey[]> {
  const all = livingKeys(db, teamId, now).orderBy("k.created_at").orderBy("k.id");
  const rows = await (namespaceId === null ? all : all.where("k.namespace_id", "=", namespaceId)).execute();
  return rows.map(toPolicedKey);
}

/** How many living keys somebody has: to all the team's namespaces, and to this one. */
export async function countLivingKeys(
  db: Db | Tx,
  { teamId, ownerId, namespaceId }: { teamId: TeamId; ownerId: UserId; namespaceId: NamespaceId },
  now: EpochMs,
): Promise<KeyCounts> {
  const rows = await livingKeys(db, teamId, now).where("k.owner_id", "=", ownerId).execute();
  return { inTeam: rows.length, inNamespace: rows.filter((row) => row.namespace_id === namespaceId).length };
}
