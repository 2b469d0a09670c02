import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Who made a link for a new password. Those from before count as asked for by mail: they end within the hour. */
export const passwordResetMakers: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .alterTable("password_resets")
      .addColumn("made_by", "text", (c) => c.notNull().defaultTo("request"))
      .execute();
  },
};
