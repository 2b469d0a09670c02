import { existsSync } from "node:fs";
import { Kysely } from "kysely";
import type { Log } from "../kernel/log.ts";
import { type Activity, createActivity } from "./activity/activity.ts";
import { activityMigrations } from "./activity/migrations.ts";
import { type CommittedReader, createCommittedReader } from "./committed-reader.ts";
import type { DataFolder } from "./data-folder.ts";
import { storeErrors } from "./errors.ts";
import { NodeSqliteDialect } from "./kysely-sqlite.ts";
import { migrations } from "./migrations/index.ts";
import { openSqlite } from "./open-sqlite.ts";
import { inspectSchema, migrate } from "./schema.ts";
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

/** Opens the databases of a data folder. Throws the catalogued `store.*` errors, having changed nothing. */
export async function openStore(deps: { folder: DataFolder; log: Log; schema: SchemaPolicy }): Promise<Store> {
  const { folder, log, schema } = deps;
  try {
    await prepareSchema(folder.database, migrations, schema);
    // Activity alone missing is no reason to refuse: a restored backup may leave it out.
    await prepareSchema(folder.activity, activityMigrations, schema === "refuse" ? "create" : schema);
    const writer = openSqlite(folder.database);
    const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(writer) });
    const reader = openSqlite(folder.database, { readOnly: true });
    const committed = createCommittedReader(reader, writer);
    const activity = createActivity({ path: folder.activity, log });
    return {
      db,
      transaction: (work) => db.transaction().execute(work).finally(committed.expire),
      committed,
      activity,
      async close() {
        await activity.close();
        reader.close();
        await db.destroy();
      },
    };
  } catch (error) {
    throw explain(error, folder);
  }
}

async function prepareSchema(path: string, wanted: typeof migrations, policy: SchemaPolicy): Promise<void> {
  if (!existsSync(path) && policy === "refuse") throw storeErrors.schema_missing();
  const db = new Kysely<unknown>({ dialect: new NodeSqliteDialect(openSqlite(path)) });
  try {
    const state = await inspectSchema(db, wanted);
    if (state.kind === "newer") throw storeErrors.schema_newer({ says: newer(path, state.unknown) });
    if (state.kind === "empty" && policy === "refuse") throw storeErrors.schema_missing();
    if (state.kind === "older" && policy !== "migrate") throw storeErrors.schema_older({ says: older(path) });
    if (state.kind !== "current") await migrate(db, wanted);
  } finally {
    await db.destroy();
  }
}

const older = (path: string): string =>
  `${path} was written by an older version of Latchkey. Back up its folder, then run: latchkey migrate`;
const newer = (path: string, unknown: readonly string[]): string =>
  `${path} was written by a newer version of Latchkey (it has ${unknown.join(", ")}). Start that version; nothing was changed.`;

/** SQLite's result codes for a file that is not, or no longer, a database. */
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;
const SQLITE_READONLY = 8;
const SQLITE_CANTOPEN = 14;

function explain(error: unknown, folder: DataFolder): unknown {
  const code = typeof error === "object" && error !== null && "errcode" in error ? Number(error.errcode) & 0xff : null;
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) {
    const says = `The database in ${folder.path} is damaged. Nothing was changed. Restore the folder from a backup.`;
    return storeErrors.corrupt({ cause: error, says });
  }
  if (code === SQLITE_READONLY || code === SQLITE_CANTOPEN) {
    const says = `The database in ${folder.path} cannot be opened for writing. Change its owner or mode, or choose another folder with --data.`;
    return storeErrors.folder_unusable({ cause: error, says });
  }
  return error;
}
