import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Random, randomHex } from "../kernel/random.ts";
import type { Pepper } from "../kernel/secret-hash.ts";
import { storeErrors } from "./errors.ts";
import { explainSqliteError, SQLITE_BUSY, SQLITE_FULL, SQLITE_IOERR, sqliteCodeOf } from "./sqlite-errors.ts";

const PEPPER_BYTES = 32;

/** Where things are in a data folder. */
export type DataFolder = {
  readonly path: string;
  readonly database: string;
  readonly activity: string;
  readonly pepper: string;
  readonly auditKey: string;
  /** Working folders of function processes; emptied at start. */
  readonly cells: string;
};

/** As `mkdirSync` with `recursive`, which never returns on file systems that refuse with ENOENT, such as /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!existsSync(path)) throw error; // else another process was quicker
  }
}

/** Creates the folder (mode 0700) if needed. Throws `store.folder_unusable`. */
export function prepareDataFolder(path: string): DataFolder {
  try {
    makeFolder(join(path, "cells"));
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw storeErrors.folder_unusable({
      cause,
      says: `The data folder ${path} cannot be created or written to. Change its owner or mode, or choose another with --data.`,
    });
  }
  return {
    path,
    database: join(path, "latchkey.db"),
    activity: join(path, "activity.db"),
    pepper: join(path, "pepper"),
    auditKey: join(path, "audit-key"),
    cells: join(path, "cells"),
  };
}

/**
 * Keeps other servers out for as long as this process lives, however it ends: the lock is the operating system's, on a file
 * that SQLite holds open. Throws `store.in_use`.
 */
export function lockDataFolder(folder: DataFolder): { release(): void } {
  const path = join(folder.path, "server.lock");
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(path);
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (cause) {
    lock?.close();
    throw explainLocking(cause, folder, path);
  }
  return { release: () => lock.close() };
}

function explainLocking(cause: unknown, folder: DataFolder, lockPath: string): unknown {
  const code = sqliteCodeOf(cause);
  if (code === SQLITE_FULL || code === SQLITE_IOERR) return explainSqliteError(cause, folder.path);
  return code === SQLITE_BUSY
    ? storeErrors.in_use({
        cause,
        says: `Another Latchkey server is using the data folder ${folder.path}. Stop it first, or choose another folder with --data.`,
      })
    : storeErrors.folder_unusable({
        cause,
        says: `The lock file ${lockPath} cannot be used. Change its owner or mode, or remove it while no server is running.`,
      });
}

/**
 * Makes sure of the pepper before the database is made: so a database without one has lost it, and a new one would make every
 * key and token in it worthless. Throws `store.pepper_missing`, `store.pepper_damaged`.
 */
export function preparePepper(folder: DataFolder, random: Random): void {
  const hasDatabase = existsSync(folder.database) && statSync(folder.database).size > 0;
  if (hasDatabase && !existsSync(folder.pepper))
    throw storeErrors.pepper_missing({
      says: `${folder.pepper} is missing. Without it no access key or token works: restore it from a backup. Nothing was changed.`,
    });
  loadPepper(folder, random);
}

/** Reads the folder's pepper, making it on first use. Throws `store.pepper_damaged`. */
export function loadPepper(folder: DataFolder, random: Random): Pepper {
  if (!existsSync(folder.pepper)) createPepper(folder, random);
  chmodSync(folder.pepper, 0o600);
  const pepper = parsePepper(readFileSync(folder.pepper, "utf8"));
  if (pepper === undefined)
    throw storeErrors.pepper_damaged({
      says: `${folder.pepper} is damaged. Without it no access key or token works: restore it from a backup. Nothing was changed.`,
    });
  return pepper;
}

function createPepper(folder: DataFolder, random: Random): void {
  const key = Buffer.from(random.bytes(PEPPER_BYTES)).toString("base64");
  createSecretFile(folder.pepper, `${JSON.stringify({ id: "1", key })}\n`, random);
}

/** Writes a file that only its owner may read, unless another process has just made it; after a crash there is all of it or none. */
export function createSecretFile(path: string, text: string, random: Random): void {
  // Under another name first, so that it is whole when it appears; linked, so that of two processes the first one wins.
  const fresh = `${path}.${randomHex(random, 8)}`;
  writeFileSync(fresh, text, { mode: 0o600, flag: "wx", flush: true });
  try {
    linkSync(fresh, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    unlinkSync(fresh);
  }
}

/** Undefined for anything but a whole pepper. A parser's own complaint would quote the secret, so it goes no further. */
function parsePepper(text: string): Pepper | undefined {
  try {
    const { id, key } = JSON.parse(text) as { id?: unknown; key?: unknown };
    if (typeof id !== "string" || typeof key !== "string") return undefined;
    const bytes = Buffer.from(key, "base64");
    return bytes.length === PEPPER_BYTES ? { id, bytes } : undefined;
  } catch {
    return undefined;
  }
}
