import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** People and teams, namespaces, access keys, the change feed and the audit log. */
export const teamsNamespacesKeys: Migration = {
  async up(db: Kysely<never>) {
    const schema = db.schema;
    await schema
      .createTable("teams")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();

    await schema
      .createTable("users")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("email", "text", (c) => c.unique())
      .addColumn("team_id", "text", (c) => c.references("teams.id"))
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();

    await schema
      .createTable("memberships")
      .addColumn("team_id", "text", (c) => c.notNull().references("teams.id"))
      .addColumn("user_id", "text", (c) => c.notNull().references("users.id"))
      .addColumn("role", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("memberships_pk", ["team_id", "user_id"])
      .execute();

    await schema
      .createTable("api_tokens")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("team_id", "text", (c) => c.notNull().references("teams.id"))
      .addColumn("user_id", "text", (c) => c.notNull().references("users.id"))
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("hash", "blob", (c) => c.notNull().unique())
      .addColumn("pepper_id", "text", (c) => c.notNull())
      .addColumn("scopes", "text", (c) => c.notNull())
      .addColumn("expires_at", "bigint")
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();

    await schema
      .createTable("namespaces")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("team_id", "text", (c) => c.notNull().references("teams.id"))
      .addColumn("label", "text", (c) => c.notNull())
      .addColumn("region", "text", (c) => c.notNull())
      .addColumn("legacy_uuid", "text", (c) => c.notNull().unique())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("updated_at", "bigint", (c) => c.notNull())
      .addColumn("deleted_at", "bigint")
      .execute();
    await sql`CREATE UNIQUE INDEX namespaces_label ON namespaces (team_id, label) WHERE deleted_at IS NULL`.execute(db);

    await schema
      .createTable("access_keys")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("namespace_id", "text", (c) => c.notNull().references("namespaces.id"))
      .addColumn("owner_id", "text", (c) => c.notNull().references("users.id"))
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("grants", "text", (c) => c.notNull())
      .addColumn("allowed_networks", "text", (c) => c.notNull())
      .addColumn("expires_at", "bigint")
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("updated_at", "bigint", (c) => c.notNull())
      .addColumn("state", "text", (c) => c.notNull())
      .addColumn("state_reason", "text")
      .addColumn("state_changed_at", "bigint")
      .addColumn("deleted_at", "bigint")
      .execute();
    await sql`CREATE UNIQUE INDEX access_keys_name ON access_keys (namespace_id, name) WHERE deleted_at IS NULL`.execute(
      db,
    );

    await schema
      .createTable("access_key_secrets")
      .addColumn("access_key_id", "text", (c) => c.notNull().references("access_keys.id"))
      .addColumn("hash", "blob", (c) => c.notNull())
      .addColumn("pepper_id", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("expires_at", "bigint")
      .addPrimaryKeyConstraint("access_key_secrets_pk", ["access_key_id", "hash"])
      .execute();

    await schema
      .createTable("changes")
      .addColumn("seq", "bigint", (c) => c.primaryKey())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("target_id", "text", (c) => c.notNull())
      .addColumn("at", "bigint", (c) => c.notNull())
      .execute();
    await schema
      .createTable("change_counter")
      .addColumn("id", "integer", (c) => c.primaryKey())
      .addColumn("last_seq", "bigint", (c) => c.notNull())
      .execute();
    await db
      .insertInto("change_counter" as never)
      .values({ id: 1, last_seq: 0 } as never)
      .execute();

    await schema
      .createTable("audit_entries")
      .addColumn("team_id", "text", (c) => c.notNull().references("teams.id"))
      .addColumn("seq", "bigint", (c) => c.notNull())
      .addColumn("at", "bigint", (c) => c.notNull())
      .addColumn("actor_id", "text")
      .addColumn("actor_kind", "text", (c) => c.notNull())
      .addColumn("actor_name", "text", (c) => c.notNull())
      .addColumn("credential_kind", "text")
      .addColumn("credential_id", "text")
      .addColumn("verb", "text", (c) => c.notNull())
      .addColumn("target_kind", "text", (c) => c.notNull())
      .addColumn("target_id", "text", (c) => c.notNull())
      .addColumn("outcome", "text", (c) => c.notNull())
      .addColumn("address", "text")
      .addColumn("user_agent", "text")
      .addColumn("request_id", "text")
      .addColumn("details", "text", (c) => c.notNull())
      .addColumn("previous_hash", "blob")
      .addColumn("hash", "blob")
      .addPrimaryKeyConstraint("audit_entries_pk", ["team_id", "seq"])
      .execute();
  },
};
