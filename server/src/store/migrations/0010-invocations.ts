import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What has been accepted and has not ended, and which rules a trigger has. */
export const invocations: Migration = {
  async up(db: Kysely<never>) {
    const schema = db.schema;
    await schema
      .createTable("invocations")
      // That of the activation to be, so in the order of acceptance.
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("namespace_id", "text", (c) => c.notNull())
      .addColumn("accepted_at", "bigint", (c) => c.notNull())
      .addColumn("started_by", "text")
      .addColumn("transaction_id", "text", (c) => c.notNull())
      .addColumn("caller", "text", (c) => c.notNull())
      .addColumn("target", "text", (c) => c.notNull())
      // Last: it may be a megabyte, and who looks for what waits does not read it.
      .addColumn("payload", "text", (c) => c.notNull())
      .execute();

    await schema.alterTable("entities").addColumn("trigger_name", "text").execute();
    await schema.createIndex("entities_rules").on("entities").columns(["namespace_id", "trigger_name"]).execute();
  },
};
