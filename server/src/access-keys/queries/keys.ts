import type { TeamId, UserId } from "../../identity/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import type { NamespaceId } from "../../namespaces/index.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { AccessKey, AccessKeyId, RevocationReason } from "../model.ts";
import { cutOffAt, fromGrants, isCutOff, toAccessKey } from "./rows.ts";

const keysNotCutOff = (db: Db | Tx) =>
  db
    .selectFrom("access_keys as k")
    .innerJoin("users as u", "u.id", "k.owner_id")
    .innerJoin("namespaces as n", "n.id", "k.namespace_id")
    .selectAll("k")
    .select(["u.kind as owner_kind", "u.name as owner_name"])
    .where((eb) => eb.not(isCutOff()));

/** Keys that are in lists: neither deleted nor cut off. Aliases: k, its owner u, its namespace n. */
export const listedKeys = (db: Db | Tx) => keysNotCutOff(db).where("k.deleted_at", "is", null);

/** Those, and keys that a removal took and that may be given back. */
export const listedOrTakenKeys = (db: Db | Tx) =>
  keysNotCutOff(db).where((eb) => eb.or([eb("k.deleted_at", "is", null), eb("k.restorable_state", "is not", null)]));

/** A namespace's keys, oldest first; expired ones too, deleted ones not. */
export async function listKeys(db: Db | Tx, namespaceId: NamespaceId): Promise<AccessKey[]> {
  const rows = await listedKeys(db)
    .where("k.namespace_id", "=", namespaceId)
    .orderBy("k.created_at")
    .orderBy("k.id")
    .execute();
  return rows.map(toAccessKey);
}

/** The keys of a team's service identities, oldest first; expired ones too, deleted ones not. */
export async function listServiceKeys(db: Db | Tx, teamId: TeamId): Promise<AccessKey[]> {
  const rows = await listedKeys(db)
    .where("n.team_id", "=", teamId)
    .where("u.kind", "=", "service")
    .orderBy("k.created_at")
    .orderBy("k.id")
    .execute();
  return rows.map(toAccessKey);
}

export async function findKey(db: Db | Tx, namespaceId: NamespaceId, id: AccessKeyId): Promise<AccessKey | undefined> {
  const row = await listedKeys(db).where("k.namespace_id", "=", namespaceId).where("k.id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : toAccessKey(row);
}

/**
 * Whether another key has the name. One that was cut off gives it up here: revoking them all at once wrote to none of them, and
 * the database keeps the names of keys without a tombstone apart.
 */
export async function isNameTaken(
  tx: Tx,
  namespaceId: NamespaceId,
  name: string,
  except: AccessKeyId | null,
): Promise<boolean> {
  const holder = await tx
    .selectFrom("access_keys as k")
    .innerJoin("namespaces as n", "n.id", "k.namespace_id")
    .select(["k.id", cutOffAt().as("cut_off_at")])
    .where("k.namespace_id", "=", namespaceId)
    .where("k.name", "=", name)
    .where("k.deleted_at", "is", null)
    .executeTakeFirst();
  if (holder === undefined || holder.id === except) return false;
  if (holder.cut_off_at === null) return true;
  await revokeKey(tx, holder.id as AccessKeyId, "all revoked", holder.cut_off_at);
  return false;
}

export async function insertKey(tx: Tx, key: AccessKey, issuedSeq: number): Promise<void> {
  await tx
    .insertInto("access_keys")
    .values({
      id: key.id,
      namespace_id: key.namespaceId,
      owner_id: key.owner.id,
      name: key.name,
      grants: fromGrants(key.grants),
      allowed_networks: JSON.stringify(key.allowedNetworks),
      expires_at: key.expiresAt,
      created_at: key.createdAt,
      updated_at: key.updatedAt,
      state: "active",
      state_reason: null,
      state_changed_at: null,
      deleted_at: null,
      issued_seq: issuedSeq,
      state_by: null,
      restorable_state: null,
      restorable_reason: null,
      restorable_by: null,
    })
    .execute();
}

export async function updateKeyName(tx: Tx, id: AccessKeyId, name: string, at: EpochMs): Promise<void> {
  await tx.updateTable("access_keys").set({ name, updated_at: at }).where("id", "=", id).execute();
}

export async function updateKeyExpiry(tx: Tx, id: AccessKeyId, expiresAt: EpochMs, at: EpochMs): Promise<void> {
  await tx.updateTable("access_keys").set({ expires_at: expiresAt, updated_at: at }).where("id", "=", id).execute();
}

export async function suspendKey(
  tx: Tx,
  id: AccessKeyId,
  { reason, by, at }: { reason: string; by: UserId | null; at: EpochMs },
): Promise<void> {
  await tx
    .updateTable("access_keys")
    .set({ state: "suspended", state_reason: reason, state_by: by, state_changed_at: at, updated_at: at })
    .where("id", "=", id)
    .execute();
}

export async function resumeKey(tx: Tx, id: AccessKeyId, at: EpochMs): Promise<void> {
  await tx
    .updateTable("access_keys")
    .set({ state: "active", state_reason: null, state_by: null, state_changed_at: at, updated_at: at })
    .where("id", "=", id)
    .execute();
}

/** Nothing that a removal took and that could be given back. */
export const NOT_RESTORABLE = { restorable_state: null, restorable_reason: null, restorable_by: null };

const revoked = (reason: RevocationReason, at: EpochMs) =>
  ({ state: "revoked", state_reason: reason, state_changed_at: at, deleted_at: at, updated_at: at }) as const;

/** Revokes for good, with no way back; the row stays as a tombstone for the audit log and leaves every list. */
export async function revokeKey(tx: Tx, id: AccessKeyId, reason: RevocationReason, at: EpochMs): Promise<void> {
  await tx
    .updateTable("access_keys")
    .set({ ...revoked(reason, at), ...NOT_RESTORABLE })
    .where("id", "=", id)
    .execute();
}

/** Revokes every key of a namespace. Returns their ids. */
export async function revokeKeysOf(
  tx: Tx,
  namespaceId: NamespaceId,
  reason: RevocationReason,
  at: EpochMs,
): Promise<AccessKeyId[]> {
  const rows = await tx
    .updateTable("access_keys")
    .set(revoked(reason, at))
    .where("namespace_id", "=", namespaceId)
    .where("deleted_at", "is", null)
    .returning("id")
    .execute();
  return rows.map((row) => row.id as AccessKeyId);
}

export async function teamOfKey(tx: Tx, id: string): Promise<TeamId | undefined> {
  const row = await tx
    .selectFrom("access_keys as k")
    .innerJoin("namespaces as n", "n.id", "k.namespace_id")
    .select("n.team_id")
    .where("k.id", "=", id)
    .executeTakeFirst();
  return row?.team_id as TeamId | undefined;
}

const LONGEST_NAME = 255;

/** The name with a suffix, and a number where that is taken as well; no longer than names may be. */
export async function freeName(tx: Tx, namespaceId: NamespaceId, name: string, suffix: string): Promise<string> {
  for (let count = 1; ; count += 1) {
    const end = count === 1 ? ` (${suffix})` : ` (${suffix} ${count})`;
    const tried = `${name.slice(0, LONGEST_NAME - end.length).toWellFormed()}${end}`;
    if (!(await isNameTaken(tx, namespaceId, tried, null))) return tried;
  }
}
