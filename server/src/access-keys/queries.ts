import type { Role, TeamId, User, UserId } from "../identity/index.ts";
import type { EpochMs } from "../kernel/clock.ts";
import type { SecretHash } from "../kernel/secret-hash.ts";
import { formatGrant, type Grant, type NamespaceId, parseGrant } from "../namespaces/index.ts";
import type { CommittedReader } from "../store/committed-reader.ts";
import type { Row } from "../store/tables.ts";
import type { Db, Tx } from "../store/transaction.ts";
import type { AccessKey, AccessKeyId, KeyRecord, KeyUse, StoredState } from "./model.ts";

/** A key with whose it is. */
type KeyRow = Row<"access_keys"> & { owner_kind: User["kind"]; owner_name: string };

function toState(row: KeyRow): StoredState {
  const reason = row.state_reason ?? "";
  if (row.state === "revoked") return { kind: "revoked", reason, at: row.state_changed_at ?? row.updated_at };
  return row.state === "suspended" ? { kind: "suspended", reason } : { kind: "active" };
}

/** A text that no longer parses grants nothing: losing a grant is safe, widening one is not. */
const toGrants = (json: string): Grant[] =>
  (JSON.parse(json) as string[]).map(parseGrant).filter((grant) => grant !== undefined);

const toAccessKey = (row: KeyRow): AccessKey => ({
  id: row.id as AccessKeyId,
  namespaceId: row.namespace_id as NamespaceId,
  owner: { id: row.owner_id as UserId, kind: row.owner_kind, name: row.owner_name },
  name: row.name,
  grants: toGrants(row.grants),
  allowedNetworks: JSON.parse(row.allowed_networks) as string[],
  expiresAt: row.expires_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  state: toState(row),
});

const keys = (db: Db | Tx) =>
  db
    .selectFrom("access_keys as k")
    .innerJoin("users as u", "u.id", "k.owner_id")
    .selectAll("k")
    .select(["u.kind as owner_kind", "u.name as owner_name"])
    .where("k.deleted_at", "is", null);

/** A namespace's keys, oldest first; expired ones too, deleted ones not. */
export async function listKeys(db: Db | Tx, namespaceId: NamespaceId): Promise<AccessKey[]> {
  const rows = await keys(db)
    .where("k.namespace_id", "=", namespaceId)
    .orderBy("k.created_at")
    .orderBy("k.id")
    .execute();
  return rows.map(toAccessKey);
}

export async function findKey(db: Db | Tx, namespaceId: NamespaceId, id: AccessKeyId): Promise<AccessKey | undefined> {
  const row = await keys(db).where("k.namespace_id", "=", namespaceId).where("k.id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : toAccessKey(row);
}

export async function isNameTaken(
  tx: Tx,
  namespaceId: NamespaceId,
  name: string,
  except: AccessKeyId | null,
): Promise<boolean> {
  const found = await keys(tx).where("k.namespace_id", "=", namespaceId).where("k.name", "=", name).executeTakeFirst();
  return found !== undefined && found.id !== except;
}

export async function insertKey(tx: Tx, key: AccessKey): Promise<void> {
  await tx
    .insertInto("access_keys")
    .values({
      id: key.id,
      namespace_id: key.namespaceId,
      owner_id: key.owner.id,
      name: key.name,
      grants: JSON.stringify(key.grants.map(formatGrant)),
      allowed_networks: JSON.stringify(key.allowedNetworks),
      expires_at: key.expiresAt,
      created_at: key.createdAt,
      updated_at: key.updatedAt,
      state: "active",
      state_reason: null,
      state_changed_at: null,
      deleted_at: null,
    })
    .execute();
}

export async function insertSecret(tx: Tx, id: AccessKeyId, secret: SecretHash, at: EpochMs): Promise<void> {
  await tx
    .insertInto("access_key_secrets")
    .values({ access_key_id: id, hash: secret.hash, pepper_id: secret.pepperId, created_at: at, expires_at: null })
    .execute();
}

/** Ends the key's present secret at an instant; one that was to end earlier keeps its own, and one that has ended goes. */
export async function endCurrentSecret(tx: Tx, id: AccessKeyId, at: EpochMs, now: EpochMs): Promise<void> {
  await tx.deleteFrom("access_key_secrets").where("access_key_id", "=", id).where("expires_at", "<=", now).execute();
  await tx
    .updateTable("access_key_secrets")
    .set({ expires_at: at })
    .where("access_key_id", "=", id)
    .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", at)]))
    .execute();
}

export async function updateKeyName(tx: Tx, id: AccessKeyId, name: string, at: EpochMs): Promise<void> {
  await tx.updateTable("access_keys").set({ name, updated_at: at }).where("id", "=", id).execute();
}

/** Revokes for good; the row stays as a tombstone for the audit log and leaves every list. */
export async function revokeKey(tx: Tx, id: AccessKeyId, reason: string, at: EpochMs): Promise<void> {
  await tx
    .updateTable("access_keys")
    .set({ state: "revoked", state_reason: reason, state_changed_at: at, deleted_at: at, updated_at: at })
    .where("id", "=", id)
    .execute();
}

/** Revokes every key of a namespace. Returns their ids. */
export async function revokeKeysOf(
  tx: Tx,
  namespaceId: NamespaceId,
  reason: string,
  at: EpochMs,
): Promise<AccessKeyId[]> {
  const rows = await tx
    .updateTable("access_keys")
    .set({ state: "revoked", state_reason: reason, state_changed_at: at, deleted_at: at, updated_at: at })
    .where("namespace_id", "=", namespaceId)
    .where("deleted_at", "is", null)
    .returning("id")
    .execute();
  return rows.map((row) => row.id as AccessKeyId);
}

type LookupRow = KeyRow & { team_id: string; namespace_deleted_at: number | null; owner_role: Role | null };

function toKeyRecord(row: LookupRow): KeyRecord {
  const key = { ...toAccessKey(row), teamId: row.team_id as TeamId, ownerRole: row.owner_role };
  // Deleting a namespace revokes its keys; one that slipped through opens nothing either.
  if (row.namespace_deleted_at === null || key.state.kind === "revoked") return key;
  return { ...key, state: { kind: "revoked", reason: "namespace deleted", at: row.namespace_deleted_at } };
}

export type StoredSecret = SecretHash & { readonly expiresAt: EpochMs | null };
export type KeyLookup = (id: AccessKeyId) => {
  readonly record: KeyRecord | undefined;
  readonly secrets: readonly StoredSecret[];
};

/**
 * The hot path's read: the key with its owner's membership and role, and its secrets. Both statements run whether or not the
 * key exists, so that an unknown id takes the time of a wrong secret.
 */
export function prepareKeyLookup(committed: CommittedReader): KeyLookup {
  const key = committed.prepare<LookupRow>(`
    SELECT k.*, u.kind AS owner_kind, u.name AS owner_name, n.team_id, n.deleted_at AS namespace_deleted_at,
      m.role AS owner_role
    FROM access_keys k
    JOIN namespaces n ON n.id = k.namespace_id
    JOIN users u ON u.id = k.owner_id
    LEFT JOIN memberships m ON m.team_id = n.team_id AND m.user_id = k.owner_id
    WHERE k.id = ?`);
  const secrets = committed.prepare<StoredSecret>(
    "SELECT hash, pepper_id AS pepperId, expires_at AS expiresAt FROM access_key_secrets WHERE access_key_id = ?",
  );
  return (id) => {
    const row = key.get(id);
    return { record: row === undefined ? undefined : toKeyRecord(row), secrets: secrets.all(id) };
  };
}

/** When and from where each of these keys was last used, as far as it has been written. */
export function prepareLastUses(activity: CommittedReader): (ids: readonly AccessKeyId[]) => Map<AccessKeyId, KeyUse> {
  const uses = activity.prepare<KeyUse & { id: AccessKeyId }>(`
    SELECT access_key_id AS id, last_used_at AS lastUsedAt, last_address AS lastAddress
    FROM access_key_uses WHERE access_key_id IN (SELECT value FROM json_each(?))`);
  return (ids) => new Map(uses.all(JSON.stringify(ids)).map(({ id, ...use }) => [id, use]));
}

/** Adds to what is known of a key's use. Parameters: key id, last used at, address, count. */
export const RECORD_USE = `
  INSERT INTO access_key_uses (access_key_id, last_used_at, last_address, use_count) VALUES (?, ?, ?, ?)
  ON CONFLICT (access_key_id) DO UPDATE SET
    last_used_at = max(last_used_at, excluded.last_used_at), last_address = excluded.last_address,
    use_count = use_count + excluded.use_count`;

export async function teamOfKey(tx: Tx, id: string): Promise<TeamId | undefined> {
  const row = await tx
    .selectFrom("access_keys as k")
    .innerJoin("namespaces as n", "n.id", "k.namespace_id")
    .select("n.team_id")
    .where("k.id", "=", id)
    .executeTakeFirst();
  return row?.team_id as TeamId | undefined;
}
