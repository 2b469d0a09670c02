import type { Role, TeamId } from "../../identity/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import type { SecretHash } from "../../kernel/secret-hash.ts";
import { commonNetworks } from "../../policy/index.ts";
import type { CommittedReader } from "../../store/committed-reader.ts";
import type { AccessKeyId, KeyRecord } from "../model.ts";
import { CUT_OFF_AT, type KeyRow, toAccessKey } from "./rows.ts";

type LookupRow = KeyRow & {
  team_id: string;
  namespace_deleted_at: number | null;
  owner_role: Role | null;
  cut_off_at: number | null;
  team_networks: string | null;
  namespace_networks: string | null;
};

const toNetworks = (json: string | null): string[] | null => (json === null ? null : (JSON.parse(json) as string[]));

function toKeyRecord(row: LookupRow): KeyRecord {
  const policyNetworks = commonNetworks(toNetworks(row.team_networks), toNetworks(row.namespace_networks));
  const key = { ...toAccessKey(row), teamId: row.team_id as TeamId, ownerRole: row.owner_role, policyNetworks };
  if (key.state.kind === "revoked") return key;
  if (row.cut_off_at !== null) return { ...key, state: { kind: "revoked", reason: "all revoked", at: row.cut_off_at } };
  // Deleting a namespace revokes its keys; one that slipped through opens nothing either.
  if (row.namespace_deleted_at === null) return key;
  return { ...key, state: { kind: "revoked", reason: "namespace deleted", at: row.namespace_deleted_at } };
}

/** One of a key's secrets; `expiresAt` is null for the current one. */
export type StoredSecret = SecretHash & { readonly number: number; readonly expiresAt: EpochMs | null };
/** What proving a secret takes. */
export type HeldSecrets = { readonly namespaceId: string; readonly secrets: readonly StoredSecret[] };

type SecretRow = {
  namespaceId: string;
  hash: Uint8Array | null;
  pepperId: string;
  number: number;
  expiresAt: number | null;
};

/**
 * The hot path's reads. First the secrets alone: until one of them is proved nothing else is looked at, so that an unknown id takes the
 * time of a wrong secret. Then the key with its owner's membership and role, what cut it off and the policies' networks.
 */
export function prepareKeyLookup(committed: CommittedReader) {
  const secrets = committed.prepare<SecretRow>(`
    SELECT k.namespace_id AS namespaceId, s.hash, s.pepper_id AS pepperId, s.number, s.expires_at AS expiresAt
    FROM access_keys k LEFT JOIN access_key_secrets s ON s.access_key_id = k.id
    WHERE k.id = ?`);
  const key = committed.prepare<LookupRow>(`
    SELECT k.*, u.kind AS owner_kind, u.name AS owner_name, n.team_id, n.deleted_at AS namespace_deleted_at,
      m.role AS owner_role, ${CUT_OFF_AT} AS cut_off_at,
      team_policy.allowed_networks AS team_networks, own_policy.allowed_networks AS namespace_networks
    FROM access_keys k
    JOIN namespaces n ON n.id = k.namespace_id
    JOIN users u ON u.id = k.owner_id
    LEFT JOIN memberships m ON m.team_id = n.team_id AND m.user_id = k.owner_id
    LEFT JOIN policies team_policy ON team_policy.team_id = n.team_id AND team_policy.namespace_id = ''
    LEFT JOIN policies own_policy ON own_policy.team_id = n.team_id AND own_policy.namespace_id = k.namespace_id
    WHERE k.id = ?`);
  return {
    /** Undefined for an id that nobody has. */
    secretsOf(id: AccessKeyId): HeldSecrets | undefined {
      const rows = secrets.all(id);
      const [first] = rows;
      if (first === undefined) return undefined;
      const held = rows.flatMap(({ hash, pepperId, number, expiresAt }) =>
        hash === null ? [] : [{ hash, pepperId, number, expiresAt }],
      );
      return { namespaceId: first.namespaceId, secrets: held };
    },

    recordOf(id: AccessKeyId): KeyRecord | undefined {
      const row = key.get(id);
      return row === undefined ? undefined : toKeyRecord(row);
    },
  };
}
