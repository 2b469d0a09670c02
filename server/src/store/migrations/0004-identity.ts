import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Passwords, sessions, invitations, password resets, and who answers for a service identity. */
export const identity: Migration = {
  async up(db: Kysely<never>) {
    const { schema } = db;
    // Who signs in may write the address in any case. Where two rows would become one, both stay as they are.
    await sql`
      UPDATE users SET email = lower(trim(email))
      WHERE email IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM users other WHERE other.id <> users.id AND lower(trim(other.email)) = lower(trim(users.email)))`.execute(
      db,
    );
    await schema
      .alterTable("users")
      .addColumn("responsible_id", "text", (c) => c.references("users.id"))
      .execute();
    await schema.alterTable("users").addColumn("password", "text").execute();
    await schema.alterTable("users").addColumn("password_changed_at", "bigint").execute();
    await sql`CREATE INDEX users_responsible ON users (responsible_id) WHERE responsible_id IS NOT NULL`.execute(db);
    await sql`CREATE INDEX users_team ON users (team_id) WHERE team_id IS NOT NULL`.execute(db);
    await schema.createIndex("memberships_user").on("memberships").column("user_id").execute();
    await schema.createIndex("api_tokens_user").on("api_tokens").columns(["team_id", "user_id"]).execute();

    await schema
      .createTable("sessions")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("team_id", "text", (c) => c.notNull().references("teams.id"))
      .addColumn("user_id", "text", (c) => c.notNull().references("users.id"))
      .addColumn("hash", "blob", (c) => c.notNull().unique())
      .addColumn("pepper_id", "text", (c) => c.notNull())
      .addColumn("address", "text", (c) => c.notNull())
      .addColumn("user_agent", "text", (c) => c.notNull())
      .addColumn("expires_at", "bigint", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();
    await schema.createIndex("sessions_user").on("sessions").columns(["user_id", "team_id"]).execute();
    await schema.createIndex("sessions_expiry").on("sessions").column("expires_at").execute();

    await schema
      .createTable("invitations")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("team_id", "text", (c) => c.notNull().references("teams.id"))
      .addColumn("email", "text", (c) => c.notNull())
      .addColumn("role", "text", (c) => c.notNull())
      .addColumn("hash", "blob", (c) => c.notNull().unique())
      .addColumn("pepper_id", "text", (c) => c.notNull())
      .addColumn("invited_by", "text", (c) => c.notNull().references("users.id"))
      .addColumn("lifetime_ms", "bigint", (c) => c.notNull())
      .addColumn("expires_at", "bigint", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addUniqueConstraint("invitations_email", ["team_id", "email"])
      .execute();

    await schema
      .createTable("password_resets")
      .addColumn("user_id", "text", (c) => c.primaryKey().references("users.id"))
      .addColumn("hash", "blob", (c) => c.notNull().unique())
      .addColumn("pepper_id", "text", (c) => c.notNull())
      .addColumn("expires_at", "bigint", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .execute();
  },
};
