import type { EpochMs } from "../../kernel/clock.ts";
import type { SecretHash } from "../../kernel/secret-hash.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import type { Person, UserId } from "../model.ts";

/** A person with the hash of their password; null as long as none is set. */
export type Account = Person & { readonly password: string | null };

const accounts = (db: Db | Tx) =>
  db.selectFrom("users").select(["id", "name", "email", "password"]).where("kind", "=", "person");

type AccountRow = { id: string; name: string; email: string | null; password: string | null };
const toAccount = (row: AccountRow): Account => ({
  id: row.id as UserId,
  name: row.name,
  email: row.email ?? "",
  password: row.password,
});

export async function findAccount(db: Db | Tx, id: UserId): Promise<Account | undefined> {
  const row = await accounts(db).where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : toAccount(row);
}

export async function findAccountByEmail(db: Db | Tx, email: string): Promise<Account | undefined> {
  const row = await accounts(db).where("email", "=", email).executeTakeFirst();
  return row === undefined ? undefined : toAccount(row);
}

export async function updatePassword(tx: Tx, id: UserId, password: string, at: EpochMs): Promise<void> {
  await tx.updateTable("users").set({ password, password_changed_at: at }).where("id", "=", id).execute();
}

export type PasswordReset = {
  readonly userId: UserId;
  /** `request`: anybody who knows the person's address may have asked for it. */
  readonly madeBy: "request" | "operator";
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
};

/** Keeps a reset, in place of an earlier one for the same person. */
export async function putReset(tx: Tx, reset: PasswordReset, secret: SecretHash): Promise<void> {
  await deleteReset(tx, reset.userId);
  await tx
    .insertInto("password_resets")
    .values({
      user_id: reset.userId,
      hash: secret.hash,
      pepper_id: secret.pepperId,
      expires_at: reset.expiresAt,
      created_at: reset.createdAt,
      made_by: reset.madeBy,
    })
    .execute();
}

type ResetRow = { user_id: string; created_at: number; expires_at: number; made_by: PasswordReset["madeBy"] };
const toReset = (row: ResetRow): PasswordReset => ({
  userId: row.user_id as UserId,
  madeBy: row.made_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

export async function findReset(db: Db | Tx, userId: UserId): Promise<PasswordReset | undefined> {
  const row = await db.selectFrom("password_resets").selectAll().where("user_id", "=", userId).executeTakeFirst();
  return row === undefined ? undefined : toReset(row);
}

export async function findResetByHash(db: Db | Tx, hash: Uint8Array): Promise<PasswordReset | undefined> {
  const row = await db.selectFrom("password_resets").selectAll().where("hash", "=", hash).executeTakeFirst();
  return row === undefined ? undefined : toReset(row);
}

export async function deleteReset(tx: Tx, userId: UserId): Promise<void> {
  await tx.deleteFrom("password_resets").where("user_id", "=", userId).execute();
}
