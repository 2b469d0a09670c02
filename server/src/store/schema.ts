import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";

/** How the schema found compares with the one this version of Latchkey was written for. */
export type SchemaState =
  | { kind: "empty" }
  | { kind: "current" }
  | { kind: "older"; missing: readonly string[] }
  | { kind: "newer"; unknown: readonly string[] };

/** Compares without changing anything. */
export async function inspectSchema<T>(
  db: Kysely<T>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<SchemaState> {
  const { rows: tables } = await sql`SELECT name FROM sqlite_master WHERE name = 'kysely_migration'`.execute(db);
  if (tables.length === 0) return { kind: "empty" };
  const { rows } = await sql<{ name: string }>`SELECT name FROM kysely_migration ORDER BY name`.execute(db);
  const applied = rows.map((row) => row.name);
  const unknown = applied.filter((name) => !(name in migrations));
  if (unknown.length > 0) return { kind: "newer", unknown };
  const missing = Object.keys(migrations).filter((name) => !applied.includes(name));
  if (applied.length === 0) return { kind: "empty" };
  return missing.length > 0 ? { kind: "older", missing } : { kind: "current" };
}

/** Brings a database to the present schema; all missing migrations in one transaction. */
export async function migrate<T>(db: Kysely<T>, migrations: Readonly<Record<string, Migration>>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
