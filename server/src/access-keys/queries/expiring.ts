import { sql } from "kysely";
import type { TeamId } from "../../identity/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { AccessKey, AccessKeyId } from "../model.ts";
import { listedKeys } from "./keys.ts";
import { toAccessKey } from "./rows.ts";

/** A key that ends soon, with all that telling of it needs. */
export type ExpiringKey = {
  readonly key: AccessKey;
  readonly expiresAt: EpochMs;
  readonly teamId: TeamId;
  /** The namespace's label. */
  readonly namespace: string;
};

/** Keys that end between two instants, of which nobody has been told this number of days before that end, or fewer. */
export async function listUntold(
  db: Db | Tx,
  { after, until, days, limit }: { after: EpochMs; until: EpochMs; days: number; limit: number },
): Promise<ExpiringKey[]> {
  const dayMs = 86_400_000;
  const rows = await listedKeys(db)
    .innerJoin("memberships as m", (join) =>
      join.onRef("m.team_id", "=", "n.team_id").onRef("m.user_id", "=", "k.owner_id"),
    )
    .select(["n.team_id", "n.label"])
    .where("k.expires_at", ">", after)
    .where("k.expires_at", "<=", until)
    // Whoever makes a key for a week need not be told at once that it ends within 30 days.
    .where(sql<boolean>`k.expires_at - k.created_at > ${days * dayMs}`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("expiry_notices as e")
            .select("e.days")
            .whereRef("e.access_key_id", "=", "k.id")
            .whereRef("e.expires_at", "=", "k.expires_at")
            .where("e.days", "<=", days),
        ),
      ),
    )
    .orderBy("k.expires_at")
    .orderBy("k.id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    key: toAccessKey(row),
    expiresAt: row.expires_at ?? until,
    teamId: row.team_id as TeamId,
    namespace: row.label,
  }));
}

/** Writes down that somebody is being told. Says whether nobody had been. */
export async function insertNotice(
  tx: Tx,
  notice: { id: AccessKeyId; expiresAt: EpochMs; days: number; at: EpochMs },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("expiry_notices")
    .values({ access_key_id: notice.id, expires_at: notice.expiresAt, days: notice.days, at: notice.at })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Forgets what has been told of ends that are past. */
export async function deleteNoticesBefore(db: Db, instant: EpochMs): Promise<void> {
  await db.deleteFrom("expiry_notices").where("expires_at", "<", instant).execute();
}
