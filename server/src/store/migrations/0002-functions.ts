import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Actions and packages, and the code of actions. */
export const functions: Migration = {
  async up(db: Kysely<never>) {
    const schema = db.schema;
    // Of its own, so that whoever lists or resolves actions does not load 48 MiB with each.
    await schema
      .createTable("function_code")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("code", "text", (c) => c.notNull())
      .execute();

    // One table, so that the database itself keeps a name from meaning two things (OpenWhisk's shared keyspace).
    await schema
      .createTable("entities")
      .addColumn("namespace_id", "text", (c) => c.notNull().references("namespaces.id"))
      .addColumn("package", "text", (c) => c.notNull())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("collection", "text", (c) => c.notNull())
      .addColumn("version", "text", (c) => c.notNull())
      .addColumn("publish", "integer", (c) => c.notNull())
      .addColumn("updated_at", "bigint", (c) => c.notNull())
      .addColumn("annotations", "text", (c) => c.notNull())
      .addColumn("parameters", "text", (c) => c.notNull())
      .addColumn("body", "text", (c) => c.notNull())
      .addColumn("revision", "text", (c) => c.notNull().unique())
      .addColumn("code_id", "text", (c) => c.references("function_code.id"))
      .addPrimaryKeyConstraint("entities_pk", ["namespace_id", "package", "name"])
      .execute();
    await schema
      .createIndex("entities_listed")
      .on("entities")
      .columns(["namespace_id", "collection", "updated_at"])
      .execute();
    // A foreign key without an index makes every deletion of code read the whole table.
    await schema.createIndex("entities_code").on("entities").column("code_id").execute();
  },
};
