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

/** Schema of the activity database; forward only, as the main one. */
export const activityMigrations: Readonly<Record<string, Migration>> = { "0001-access-key-uses": uses };
