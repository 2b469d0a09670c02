import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

const uses: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable("access_key_uses")
      .addColumn("access_key_id", "text", (c) => c.primaryKey())
      .addColumn("last_used_at", "bigint", (c) => c.notNull())
      .addColumn("last_address", "text", (c) => c.notNull())
      .addColumn("use_count", "bigint", (c) => c.notNull())
      .execute();
  },
};

const activations: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable("activations")
      // Made of the time, so that new records go to the end of the index.
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("namespace_id", "text", (c) => c.notNull())
      .addColumn("package", "text", (c) => c.notNull())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("binding", "text")
      .addColumn("version", "text", (c) => c.notNull())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("timeout_ms", "integer", (c) => c.notNull())
      .addColumn("memory_mb", "integer", (c) => c.notNull())
      .addColumn("logs_mb", "integer", (c) => c.notNull())
      .addColumn("started_at", "bigint", (c) => c.notNull())
      .addColumn("ended_at", "bigint", (c) => c.notNull())
      .addColumn("wait_ms", "integer", (c) => c.notNull())
      .addColumn("init_ms", "integer")
      .addColumn("timed_out", "integer", (c) => c.notNull())
      .addColumn("status", "text", (c) => c.notNull())
      .addColumn("access_key_id", "text", (c) => c.notNull())
      .addColumn("owner_id", "text", (c) => c.notNull())
      .addColumn("result_bytes", "integer", (c) => c.notNull())
      .addColumn("result", "text", (c) => c.notNull())
      .addColumn("logs", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createIndex("activations_listed")
      .on("activations")
      .columns(["namespace_id", "started_at"])
      .execute();
  },
};

const keyAddresses: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable("access_key_addresses")
      .addColumn("access_key_id", "text", (c) => c.notNull())
      .addColumn("address", "text", (c) => c.notNull())
      .addColumn("first_at", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("access_key_addresses_pk", ["access_key_id", "address"])
      .execute();
    await db.schema
      .createTable("access_key_secret_uses")
      .addColumn("access_key_id", "text", (c) => c.notNull())
      .addColumn("number", "integer", (c) => c.notNull())
      .addColumn("last_used_at", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("access_key_secret_uses_pk", ["access_key_id", "number"])
      .execute();
  },
};

const tokenUses: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable("token_uses")
      .addColumn("credential_id", "text", (c) => c.primaryKey())
      .addColumn("last_used_at", "bigint", (c) => c.notNull())
      .execute();
  },
};

const keyTouches: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable("access_key_touches")
      .addColumn("access_key_id", "text", (c) => c.notNull())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("path", "text", (c) => c.notNull())
      .addColumn("last_at", "bigint", (c) => c.notNull())
      .addColumn("count", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("access_key_touches_pk", ["access_key_id", "kind", "path"])
      .execute();
    await db.schema
      .createIndex("access_key_touches_latest")
      .on("access_key_touches")
      .columns(["access_key_id", "last_at"])
      .execute();
  },
};

const forms: Migration = {
  async up(db: Kysely<never>) {
    const table = () => db.schema.alterTable("activations");
    await table()
      .addColumn("form", "text", (c) => c.notNull().defaultTo("action"))
      .execute();
    await table().addColumn("cause", "text").execute();
    await table().addColumn("duration_ms", "integer").execute();
    await table().addColumn("schedule", "text").execute();
    await table().addColumn("provider_id", "text").execute();
  },
};

/** Schema of the activity database; forward only, as the main one. */
export const activityMigrations: Readonly<Record<string, Migration>> = {
  "0001-access-key-uses": uses,
  "0002-activations": activations,
  "0003-key-addresses": keyAddresses,
  "0004-token-uses": tokenUses,
  "0005-key-touches": keyTouches,
  "0010-activation-forms": forms,
};
