import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** What is to be told to people and to other programs, and where a team's events go. */
export const notifications: Migration = {
  async up(db: Kysely<never>) {
    const schema = db.schema;
    await schema
      .createTable("outbox")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("channel", "text", (c) => c.notNull())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("team_id", "text", (c) => c.references("teams.id"))
      .addColumn("recipient", "text")
      .addColumn("body", "blob")
      .addColumn("state", "text", (c) => c.notNull())
      .addColumn("attempts", "integer", (c) => c.notNull())
      .addColumn("last_error", "text")
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("due_at", "bigint", (c) => c.notNull())
      .addColumn("expires_at", "bigint", (c) => c.notNull())
      .addColumn("finished_at", "bigint")
      .execute();
    // The sender looks every few seconds; what is finished must not make that slower.
    await sql`CREATE INDEX outbox_due ON outbox (channel, due_at) WHERE state = 'waiting'`.execute(db);
    await sql`CREATE INDEX outbox_finished ON outbox (finished_at) WHERE finished_at IS NOT NULL`.execute(db);
    await schema.createIndex("outbox_of_team").on("outbox").columns(["team_id", "channel", "created_at"]).execute();

    await schema
      .createTable("webhooks")
      .addColumn("team_id", "text", (c) => c.primaryKey().references("teams.id"))
      .addColumn("url", "text", (c) => c.notNull())
      .addColumn("events", "text", (c) => c.notNull())
      .addColumn("secret", "blob", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("updated_at", "bigint", (c) => c.notNull())
      .execute();
  },
};
