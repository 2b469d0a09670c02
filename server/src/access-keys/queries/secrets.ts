import type { EpochMs } from "../../kernel/clock.ts";
import type { SecretHash } from "../../kernel/secret-hash.ts";
import type { Tx } from "../../store/transaction.ts";
import type { AccessKeyId } from "../model.ts";

/** Adds a key's next secret; `finder` is what the secret alone is found by. */
export async function insertSecret(
  tx: Tx,
  id: AccessKeyId,
  secret: SecretHash,
  finder: SecretHash,
  at: EpochMs,
): Promise<void> {
  const last = await tx
    .selectFrom("access_key_secrets")
    .select(({ fn }) => fn.max("number").as("number"))
    .where("access_key_id", "=", id)
    .executeTakeFirst();
  await tx
    .insertInto("access_key_secrets")
    .values({
      access_key_id: id,
      hash: secret.hash,
      pepper_id: secret.pepperId,
      created_at: at,
      expires_at: null,
      number: (last?.number ?? 0) + 1,
      finder: finder.hash,
    })
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

/** Ends all but the newest secrets that are still good. Says how many. */
export async function endOldest(tx: Tx, id: AccessKeyId, keep: number, at: EpochMs): Promise<number> {
  const living = await tx
    .selectFrom("access_key_secrets")
    .select("number")
    .where("access_key_id", "=", id)
    .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", at)]))
    .orderBy("number", "desc")
    .execute();
  const oldest = living.slice(keep);
  for (const { number } of oldest) await endSecret(tx, id, number, at);
  return oldest.length;
}

/** Ends one of a key's previous secrets, if it has not ended by then. Says whether it did. */
export async function endSecret(tx: Tx, id: AccessKeyId, number: number, at: EpochMs): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("access_key_secrets")
    .set({ expires_at: at })
    .where("access_key_id", "=", id)
    .where("number", "=", number)
    .where("expires_at", ">", at)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
