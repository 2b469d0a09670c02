import { DatabaseSync } from "node:sqlite";
import { SQLITE_CORRUPT } from "./sqlite-errors.ts";

/** How every connection to a database file of ours is opened. Throws `node:sqlite` errors. */
export function openSqlite(path: string, options: { readOnly?: boolean } = {}): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: options.readOnly ?? false, enableForeignKeyConstraints: true });
  database.exec("PRAGMA busy_timeout = 5000");
  if (options.readOnly !== true) {
    // FULL: a commit that was acknowledged survives a power cut, not only a crash of the process.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  }
  return database;
}

/** Reads every page and throws SQLite's own `SQLITE_CORRUPT` if one is damaged. */
export function checkWhole(database: DatabaseSync): void {
  const [finding] = database.prepare("PRAGMA quick_check(1)").all();
  if (finding?.["quick_check"] === "ok") return;
  throw Object.assign(new Error(String(finding?.["quick_check"])), { errcode: SQLITE_CORRUPT });
}
