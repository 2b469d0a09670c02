import type { EpochMs } from "../../kernel/clock.ts";
import type { CommittedReader } from "../../store/committed-reader.ts";
import type { AccessKeyId, KeyUse } from "../model.ts";

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

/** When each of a key's secrets was last used, by number. */
export type SecretUses = ReadonlyMap<number, EpochMs>;

/** The same of these keys, as far as it has been written. */
export function prepareSecretUses(activity: CommittedReader) {
  const uses = activity.prepare<{ id: AccessKeyId; number: number; lastUsedAt: EpochMs }>(`
    SELECT access_key_id AS id, number, last_used_at AS lastUsedAt
    FROM access_key_secret_uses WHERE access_key_id IN (SELECT value FROM json_each(?))`);
  return (ids: readonly AccessKeyId[]): Map<AccessKeyId, SecretUses> => {
    const byKey = new Map<AccessKeyId, Map<number, EpochMs>>();
    for (const { id, number, lastUsedAt } of uses.all(JSON.stringify(ids))) {
      const ofKey = byKey.get(id) ?? new Map<number, EpochMs>();
      byKey.set(id, ofKey.set(number, lastUsedAt));
    }
    return byKey;
  };
}

/** Says that a secret has been used. Parameters: key id, number, last used at. */
export const RECORD_SECRET_USE = `
  INSERT INTO access_key_secret_uses (access_key_id, number, last_used_at) VALUES (?, ?, ?)
  ON CONFLICT (access_key_id, number) DO UPDATE SET last_used_at = max(last_used_at, excluded.last_used_at)`;

/** The addresses that each of these keys has been used from. */
export function prepareKnownAddresses(activity: CommittedReader) {
  const known = activity.prepare<{ id: AccessKeyId; address: string }>(`
    SELECT access_key_id AS id, address FROM access_key_addresses
    WHERE access_key_id IN (SELECT value FROM json_each(?))`);
  return (ids: readonly AccessKeyId[]): readonly { id: AccessKeyId; address: string }[] =>
    known.all(JSON.stringify(ids));
}

/** Says that a key has been used from an address. Parameters: key id, address, since when. */
export const RECORD_ADDRESS = `
  INSERT INTO access_key_addresses (access_key_id, address, first_at) VALUES (?, ?, ?)
  ON CONFLICT (access_key_id, address) DO NOTHING`;
