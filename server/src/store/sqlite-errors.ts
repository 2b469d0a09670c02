import { storeErrors } from "./errors.ts";

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
export const SQLITE_BUSY = 5;
export const SQLITE_CORRUPT = 11;
const SQLITE_READONLY = 8;
export const SQLITE_IOERR = 10;
export const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

/** The primary result code of what `node:sqlite` threw; null for any other error. */
export const sqliteCodeOf = (error: unknown): number | null =>
  typeof error === "object" && error !== null && "errcode" in error ? Number(error.errcode) & 0xff : null;

/** A `store.*` error in place of a SQLite error that the operator of a data folder can do something about; any other as it is. */
export function explainSqliteError(error: unknown, path: string): unknown {
  switch (sqliteCodeOf(error)) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return storeErrors.corrupt({
        cause: error,
        says: `The database in ${path} is damaged. Nothing was changed. Restore the folder from a backup.`,
      });
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return storeErrors.folder_unusable({
        cause: error,
        says: `The database in ${path} cannot be opened for writing. Change its owner or mode, or choose another folder with --data.`,
      });
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return storeErrors.folder_unusable({
        cause: error,
        says: `The database in ${path} cannot be written. Make room on its disk, or choose another folder with --data.`,
      });
    case SQLITE_BUSY:
      return storeErrors.in_use({
        cause: error,
        says: `Another program is writing to the database in ${path}. Wait for it or stop it, or choose another folder with --data.`,
      });
    default:
      return error;
  }
}
