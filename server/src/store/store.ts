import { accessSync, constants, existsSync, statSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { Kysely } from "kysely";
import type { Log } from "../kernel/log.ts";
import { type Activity, createActivity } from "./activity/activity.ts";
import { activityMigrations } from "./activity/migrations.ts";
import { type CommittedReader, createCommittedReader } from "./committed-reader.ts";
import type { DataFolder } from "./data-folder.ts";
import { storeErrors } from "./errors.ts";
import { NodeSqliteDialect } from "./kysely-sqlite.ts";
import { migrations } from "./migrations/index.ts";
import { checkWhole, openSqlite } from "./open-sqlite.ts";
import { inspectSchema, migrate, type SchemaState } from "./schema.ts";
import { explainSqliteError, SQLITE_BUSY, sqliteCodeOf } from "./sqlite-errors.ts";
import type { Tables } from "./tables.ts";
import type { Db, Tx } from "./transaction.ts";

export type Store = {
  /** For reads outside a transaction; read-then-write goes through `transaction`. */
  readonly db: Db;
  /** Runs `work` in one transaction: all of it is committed when the promise resolves, none of it when it rejects. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  readonly committed: CommittedReader;
  readonly activity: Activity;
  close(): Promise<void>;
};

/** `create` makes the schema in an empty folder, `migrate` brings an older one up as well, `refuse` does neither. */
export type SchemaPolicy = "refuse" | "create" | "migrate";

/**
 * Checking takes about 5 ms per megabyte; a larger file would keep callers waiting longer than the check is worth, since SQLite
 * refuses each damaged page when it reads it.
 */
const LARGEST_CHECKED_BYTES = 64 * 1_048_576;

/** How long a change waits for another process that is writing, and how often it looks. */
const PATIENCE_MS = 5_000;
const RETRY_MS = 10;

/** Opens the databases of a data folder. Throws the catalogued `store.*` errors, having changed nothing. */
export async function openStore(deps: { folder: DataFolder; log: Log; schema: SchemaPolicy }): Promise<Store> {
  const { folder, log, schema } = deps;
  try {
    // Both are looked at before either is touched.
    const prepare = await prepareSchema(folder.database, migrations, schema);
    // Activity alone missing is no reason to refuse: a restored backup may leave it out.
    const prepareActivity = await prepareSchema(
      folder.activity,
      activityMigrations,
      schema === "refuse" ? "create" : schema,
    );
    await prepare();
    await prepareActivity();
    const writer = openSqlite(folder.database);
    // Waiting is `transact`'s affair: SQLite would hold up the whole thread.
    writer.exec("PRAGMA busy_timeout = 0");
    const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(writer) });
    const reader = openSqlite(folder.database, { readOnly: true });
    const committed = createCommittedReader(reader, writer);
    const activity = createActivity({ path: folder.activity, log });
    return {
      db,
      transaction: (work) => transact(db, work).finally(committed.expire),
      committed,
      activity,
      async close() {
        await activity.close();
        reader.close();
        await db.destroy();
      },
    };
  } catch (error) {
    throw explainSqliteError(error, folder.path);
  }
}

/** Runs a transaction as soon as no other process is writing; requests that only read go on meanwhile. */
async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      // It comes from BEGIN IMMEDIATE, so nothing has been done yet.
      if (sqliteCodeOf(error) !== SQLITE_BUSY || waitedMs >= PATIENCE_MS) throw error;
      await setTimeout(RETRY_MS);
    }
  }
}

/** Refuses what cannot be used; resolves with what is left to do. */
async function prepareSchema(
  path: string,
  wanted: typeof migrations,
  policy: SchemaPolicy,
): Promise<() => Promise<void>> {
  const state = await inspectFile(path, wanted);
  if (state.kind === "newer") throw storeErrors.schema_newer({ says: newer(path, state.unknown) });
  if (state.kind === "empty" && policy === "refuse") throw storeErrors.schema_missing();
  if (state.kind === "older" && policy !== "migrate") throw storeErrors.schema_older({ says: older(path) });
  return async () => {
    if (state.kind === "current") return;
    const db = new Kysely<unknown>({ dialect: new NodeSqliteDialect(openSqlite(path)) });
    try {
      await migrate(db, wanted);
    } finally {
      await db.destroy();
    }
  };
}

/** Looks through a connection that cannot write, so that a file which is then refused is the same as before. */
async function inspectFile(path: string, wanted: typeof migrations): Promise<SchemaState> {
  if (!existsSync(path) || statSync(path).size === 0) return { kind: "empty" };
  requireWritable(path);
  const database = openSqlite(path, { readOnly: true });
  const db = new Kysely<unknown>({ dialect: new NodeSqliteDialect(database) });
  try {
    if (statSync(path).size <= LARGEST_CHECKED_BYTES) checkWhole(database);
    return await inspectSchema(db, wanted);
  } finally {
    await db.destroy();
  }
}

/** SQLite would quietly open a file that it may not write, and fail at the first change. */
function requireWritable(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw storeErrors.folder_unusable({
      cause,
      says: `${path} cannot be written to. Change its owner or mode, or choose another folder with --data.`,
    });
  }
}

const older = (path: string): string =>
  `${path} was written by an older version of Latchkey. Back up its folder, then run: latchkey migrate`;
const newer = (path: string, unknown: readonly string[]): string =>
  `${path} was written by a newer version of Latchkey (it has ${unknown.join(", ")}). Start that version; nothing was changed.`;
