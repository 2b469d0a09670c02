import type { TeamId } from "../../identity/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { AccessKey } from "../model.ts";
import { listedKeys } from "./keys.ts";
import { toAccessKey } from "./rows.ts";

/** A secret that lives on beside a newer one, until the overlap is over. */
export type OverlappingSecret = {
  readonly key: AccessKey;
  readonly teamId: TeamId;
  readonly number: number;
  readonly expiresAt: EpochMs;
  /** The key's current secret, and since when there is one. */
  readonly current: { readonly number: number; readonly createdAt: EpochMs };
};

/** Every one there is: rotations that are under way, of all teams. */
export async function listOverlapping(db: Db | Tx, now: EpochMs): Promise<OverlappingSecret[]> {
  const rows = await listedKeys(db)
    .innerJoin("access_key_secrets as old", "old.access_key_id", "k.id")
    .innerJoin("access_key_secrets as current", "current.access_key_id", "k.id")
    .select(["n.team_id", "old.number", "old.expires_at as old_expires_at"])
    .select(["current.number as current_number", "current.created_at as current_created_at"])
    .where("old.expires_at", ">", now)
    .where("current.expires_at", "is", null)
    .orderBy("k.id")
    .orderBy("old.number")
    .execute();
  return rows.map((row) => ({
    key: toAccessKey(row),
    teamId: row.team_id as TeamId,
    number: row.number,
    expiresAt: row.old_expires_at ?? now,
    current: { number: row.current_number, createdAt: row.current_created_at },
  }));
}
