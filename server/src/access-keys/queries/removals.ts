import { type ExpressionBuilder, sql } from "kysely";
import type { RemovalReason, TeamId, UserId } from "../../identity/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import type { Tables } from "../../store/tables.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { AccessKey, AccessKeyId } from "../model.ts";
import { NOT_RESTORABLE } from "./keys.ts";
import { isCutOff, toAccessKey } from "./rows.ts";

/**
 * Keys of a team that nothing has cut off yet. Asked for each key of somebody, so that nothing else is read, however many
 * namespaces there are.
 */
const isOfTeam =
  (teamId: TeamId, living: "living" | "any") => (eb: ExpressionBuilder<{ k: Tables["access_keys"] } & Tables, "k">) => {
    const place = eb
      .selectFrom("namespaces as n")
      .select("n.id")
      .whereRef("n.id", "=", "k.namespace_id")
      .where("n.team_id", "=", teamId);
    return eb.exists(living === "any" ? place : place.where(({ not }) => not(isCutOff())));
  };

/** From here on nothing that was taken of somebody in a team can be restored. */
export async function forgetRestorable(tx: Tx, teamId: TeamId, userId: UserId): Promise<void> {
  await tx
    .updateTable("access_keys as k")
    .set(NOT_RESTORABLE)
    .where("k.owner_id", "=", userId)
    .where("k.restorable_state", "is not", null)
    .where(isOfTeam(teamId, "any"))
    .execute();
}

/** Revokes every key of somebody in a team, remembering what each was. Returns which died. */
export async function takeKeysOf(
  tx: Tx,
  teamId: TeamId,
  userId: UserId,
  reason: RemovalReason,
  at: EpochMs,
): Promise<AccessKeyId[]> {
  const rows = await tx
    .updateTable("access_keys as k")
    .set((eb) => ({
      restorable_state: sql<"active" | "suspended">`state`,
      restorable_reason: eb.ref("state_reason"),
      restorable_by: eb.ref("state_by"),
      state: "revoked",
      state_reason: reason,
      state_by: null,
      state_changed_at: at,
      deleted_at: at,
      updated_at: at,
    }))
    .where("k.owner_id", "=", userId)
    .where("k.deleted_at", "is", null)
    .where(isOfTeam(teamId, "living"))
    .returning("id")
    .execute();
  return rows.map((row) => row.id as AccessKeyId);
}

/** What removals since an instant took of keys in a team, and nothing else has ended meanwhile. */
const restorable = (db: Db | Tx, teamId: TeamId, userIds: readonly UserId[], since: EpochMs) =>
  db
    .selectFrom("access_keys as k")
    .innerJoin("users as u", "u.id", "k.owner_id")
    .innerJoin("namespaces as n", "n.id", "k.namespace_id")
    .where("k.owner_id", "in", userIds)
    .where("k.deleted_at", ">", since)
    .where("k.restorable_state", "is not", null)
    .where("n.team_id", "=", teamId)
    .where("n.deleted_at", "is", null)
    .where((eb) => eb.not(isCutOff()));

/** Somebody's keys that can be restored, oldest first. */
export async function listRestorable(
  db: Db | Tx,
  teamId: TeamId,
  userId: UserId,
  since: EpochMs,
): Promise<AccessKey[]> {
  const rows = await restorable(db, teamId, [userId], since)
    .selectAll("k")
    .select(["u.kind as owner_kind", "u.name as owner_name"])
    .orderBy("k.created_at")
    .orderBy("k.id")
    .execute();
  return rows.map(toAccessKey);
}

/** How many keys of each of these people can be restored; who has none is not in it. */
export async function countRestorable(
  db: Db | Tx,
  teamId: TeamId,
  userIds: readonly UserId[],
  since: EpochMs,
): Promise<Map<UserId, number>> {
  const rows = await restorable(db, teamId, userIds, since)
    .select(({ fn }) => ["k.owner_id", fn.countAll().as("count")])
    .groupBy("k.owner_id")
    .execute();
  return new Map(rows.map((row) => [row.owner_id as UserId, Number(row.count)]));
}

/** Makes a key what it was before its owner's removal, under this name. */
export async function restoreKey(tx: Tx, id: AccessKeyId, name: string, at: EpochMs): Promise<void> {
  await tx
    .updateTable("access_keys")
    .set((eb) => ({
      name,
      state: sql<"active" | "suspended">`restorable_state`,
      state_reason: eb.ref("restorable_reason"),
      state_by: eb.ref("restorable_by"),
      state_changed_at: at,
      updated_at: at,
      deleted_at: null,
      ...NOT_RESTORABLE,
    }))
    .where("id", "=", id)
    .where("restorable_state", "is not", null)
    .execute();
}
