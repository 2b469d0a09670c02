import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What teams demand of access keys. */
export const policies: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable("policies")
      .addColumn("team_id", "text", (c) => c.notNull().references("teams.id"))
      // Empty for the team's own policy: a primary key may hold no NULL.
      .addColumn("namespace_id", "text", (c) => c.notNull())
      .addColumn("longest_lifetime_days", "integer")
      .addColumn("never_allowed", "integer", (c) => c.notNull())
      .addColumn("most_keys_per_person", "integer")
      .addColumn("suspend_unused_days", "integer")
      .addColumn("allowed_networks", "text")
      .addColumn("service_keys", "text", (c) => c.notNull())
      .addColumn("updated_at", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("policies_pk", ["team_id", "namespace_id"])
      .execute();
  },
};
