import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Suspending, revoking many keys at once, restoring, rotation that ends early, found secrets, and notices of expiry. */
export const keyLifeCycle: Migration = {
  async up(db: Kysely<never>) {
    const { schema } = db;
    // Keys from before any cut-off could be made are older than each that will be.
    await schema
      .alterTable("access_keys")
      .addColumn("issued_seq", "bigint", (c) => c.notNull().defaultTo(0))
      .execute();
    await schema.alterTable("access_keys").addColumn("state_by", "text").execute();
    await schema.alterTable("access_keys").addColumn("restorable_state", "text").execute();
    await schema.alterTable("access_keys").addColumn("restorable_reason", "text").execute();
    await schema.alterTable("access_keys").addColumn("restorable_by", "text").execute();
    await schema.createIndex("access_keys_owner").on("access_keys").columns(["owner_id", "deleted_at"]).execute();
    await sql`CREATE INDEX access_keys_expiry ON access_keys (expires_at) WHERE deleted_at IS NULL AND expires_at IS NOT NULL`.execute(
      db,
    );

    await schema
      .alterTable("access_key_secrets")
      .addColumn("number", "integer", (c) => c.notNull().defaultTo(1))
      .execute();
    // Numbered in the order in which they were made.
    await sql`
      UPDATE access_key_secrets SET number = (
        SELECT count(*) FROM access_key_secrets older
        WHERE older.access_key_id = access_key_secrets.access_key_id AND older.rowid <= access_key_secrets.rowid)`.execute(
      db,
    );
    // Secrets from before have none, and are found together with their key's id alone.
    await schema.alterTable("access_key_secrets").addColumn("finder", "blob").execute();
    await sql`CREATE UNIQUE INDEX access_key_secrets_finder ON access_key_secrets (finder) WHERE finder IS NOT NULL`.execute(
      db,
    );
    await sql`CREATE INDEX access_key_secrets_ending ON access_key_secrets (expires_at) WHERE expires_at IS NOT NULL`.execute(
      db,
    );

    await schema
      .createTable("access_key_cutoffs")
      .addColumn("team_id", "text", (c) => c.notNull().references("teams.id"))
      .addColumn("target_id", "text", (c) => c.notNull())
      .addColumn("seq", "bigint", (c) => c.notNull())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("at", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("access_key_cutoffs_pk", ["team_id", "target_id", "seq"])
      .execute();

    await schema
      .createTable("expiry_notices")
      .addColumn("access_key_id", "text", (c) => c.notNull().references("access_keys.id"))
      .addColumn("expires_at", "bigint", (c) => c.notNull())
      .addColumn("days", "integer", (c) => c.notNull())
      .addColumn("at", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("expiry_notices_pk", ["access_key_id", "expires_at", "days"])
      .execute();
    await schema.createIndex("expiry_notices_past").on("expiry_notices").column("expires_at").execute();
  },
};
