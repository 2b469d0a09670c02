import type { EpochMs } from "../../kernel/clock.ts";
import type { CommittedReader } from "../../store/committed-reader.ts";

/** When each of these tokens and sessions was last used, as far as it has been written. */
export function prepareLastUses(activity: CommittedReader): (ids: readonly string[]) => Map<string, EpochMs> {
  const uses = activity.prepare<{ id: string; lastUsedAt: EpochMs }>(`
    SELECT credential_id AS id, last_used_at AS lastUsedAt
    FROM token_uses WHERE credential_id IN (SELECT value FROM json_each(?))`);
  return (ids) => new Map(uses.all(JSON.stringify(ids)).map(({ id, lastUsedAt }) => [id, lastUsedAt]));
}

/** Says when a token or session was last used. Parameters: its id, the instant. */
export const RECORD_USE = `
  INSERT INTO token_uses (credential_id, last_used_at) VALUES (?, ?)
  ON CONFLICT (credential_id) DO UPDATE SET last_used_at = max(last_used_at, excluded.last_used_at)`;

/** Forgets the uses of a token or session that is gone. Parameter: its id. */
export const FORGET_USE = "DELETE FROM token_uses WHERE credential_id = ?";
