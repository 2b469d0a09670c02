import type { TeamId } from "../../identity/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import type { SecretHash } from "../../kernel/secret-hash.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { AccessKey, AccessKeyId } from "../model.ts";
import { listedOrTakenKeys } from "./keys.ts";
import { toAccessKey } from "./rows.ts";

/** A secret that still opens something, or would again if what a removal took were given back; with its key. */
export type LivingSecret = SecretHash & {
  readonly key: AccessKey;
  readonly teamId: TeamId;
  readonly number: number;
  /** Null for the key's current one. */
  readonly expiresAt: EpochMs | null;
};

const living = (db: Db | Tx, now: EpochMs) =>
  listedOrTakenKeys(db)
    .innerJoin("access_key_secrets as s", "s.access_key_id", "k.id")
    .select(["n.team_id", "s.hash", "s.pepper_id", "s.number", "s.expires_at as secret_expires_at"])
    .where((eb) => eb.or([eb("s.expires_at", "is", null), eb("s.expires_at", ">", now)]));

type LivingRow = Awaited<ReturnType<ReturnType<typeof living>["execute"]>>[number];

const toLivingSecret = (row: LivingRow): LivingSecret => ({
  key: toAccessKey(row),
  teamId: row.team_id as TeamId,
  hash: row.hash,
  pepperId: row.pepper_id,
  number: row.number,
  expiresAt: row.secret_expires_at,
});

/** The secret that has this finder; an index on a keyed hash gives nobody a timing to learn from. */
export async function findByFinder(db: Db | Tx, { hash, pepperId }: SecretHash, now: EpochMs): Promise<LivingSecret[]> {
  const rows = await living(db, now).where("s.finder", "=", hash).where("s.pepper_id", "=", pepperId).execute();
  return rows.map(toLivingSecret);
}

/** The secrets of a key, for whoever knows its id: those from before there were finders are found no other way. */
export async function findByKey(db: Db | Tx, id: AccessKeyId, now: EpochMs): Promise<LivingSecret[]> {
  return (await living(db, now).where("k.id", "=", id).execute()).map(toLivingSecret);
}
