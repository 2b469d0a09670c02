import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Functions that are called at set times. */
export const schedules: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable("schedules")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("namespace_id", "text", (c) => c.notNull().references("namespaces.id"))
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("function_path", "text", (c) => c.notNull())
      .addColumn("cron", "text", (c) => c.notNull())
      .addColumn("body", "text")
      .addColumn("is_enabled", "integer", (c) => c.notNull())
      .addColumn("owner_id", "text", (c) => c.notNull().references("users.id"))
      .addColumn("suspension", "text")
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("updated_at", "bigint", (c) => c.notNull())
      .addColumn("last_run_at", "bigint")
      .addColumn("next_run_at", "bigint")
      .addColumn("revision", "integer", (c) => c.notNull())
      .addUniqueConstraint("schedules_name", ["namespace_id", "name"])
      .execute();
    await db.schema.createIndex("schedules_due").on("schedules").columns(["next_run_at", "id"]).execute();
  },
};
