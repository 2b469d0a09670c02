import { type RawBuilder, sql } from "kysely";
import type { User, UserId } from "../../identity/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import { formatGrant, type Grant, type NamespaceId, parseGrant } from "../../namespaces/index.ts";
import type { Row } from "../../store/tables.ts";
import type { AccessKey, AccessKeyId, StoredState } from "../model.ts";

/** A key with whose it is. */
export type KeyRow = Row<"access_keys"> & { owner_kind: User["kind"]; owner_name: string };

function toState(row: KeyRow): StoredState {
  const reason = row.state_reason ?? "";
  if (row.state === "revoked") return { kind: "revoked", reason, at: row.state_changed_at ?? row.updated_at };
  if (row.state === "suspended") return { kind: "suspended", reason, by: row.state_by as UserId | null };
  return { kind: "active" };
}

/** A text that no longer parses grants nothing: losing a grant is safe, widening one is not. */
const toGrants = (json: string): Grant[] =>
  (JSON.parse(json) as string[]).map(parseGrant).filter((grant) => grant !== undefined);

export const toAccessKey = (row: KeyRow): AccessKey => ({
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

export const fromGrants = (grants: readonly Grant[]): string => JSON.stringify(grants.map(formatGrant));

/**
 * When the first cut-off that a key `k` of namespace `n` was issued before was made; null for a key that none concerns. Three
 * look-ups in the cut-offs' key, whether there are any or not.
 */
export const CUT_OFF_AT = `(
  SELECT c.at FROM access_key_cutoffs c
  WHERE c.team_id = n.team_id AND c.target_id IN (n.team_id, k.namespace_id, k.owner_id) AND c.seq > k.issued_seq
  ORDER BY c.seq LIMIT 1)`;

/** The same as an expression, and as a condition. */
export const cutOffAt = (): RawBuilder<EpochMs | null> => sql<EpochMs | null>`${sql.raw(CUT_OFF_AT)}`;
export const isCutOff = (): RawBuilder<boolean> => sql<boolean>`${cutOffAt()} IS NOT NULL`;
