/** SQLite's primary result codes that somebody can do something about (sqlite.org/rescode.html). */
export const SQLITE_BUSY = 5;
export const SQLITE_READONLY = 8;
export const SQLITE_CORRUPT = 11;
export const SQLITE_FULL = 13;
export const SQLITE_CANTOPEN = 14;
export const SQLITE_NOTADB = 26;

/** The primary result code of what `node:sqlite` threw; null for any other error. */
export const sqliteCodeOf = (error: unknown): number | null =>
  typeof error === "object" && error !== null && "errcode" in error ? Number(error.errcode) & 0xff : null;
