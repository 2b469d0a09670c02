import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Random } from "../kernel/random.ts";
import type { Pepper } from "../kernel/secret-hash.ts";
import { storeErrors } from "./errors.ts";

/** Where things are in a data folder. */
export type DataFolder = {
  readonly path: string;
  readonly database: string;
  readonly activity: string;
  readonly pepper: string;
  /** Working folders of function processes; emptied at start. */
  readonly cells: string;
};

/** Creates the folder (mode 0700) if needed. Throws `store.folder_unusable`. */
export function prepareDataFolder(path: string): DataFolder {
  try {
    mkdirSync(join(path, "cells"), { recursive: true, mode: 0o700 });
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
    cells: join(path, "cells"),
  };
}

/**
 * Keeps other servers out for as long as this process lives, however it ends: the lock is the operating system's, on a file
 * that SQLite holds open. Throws `store.in_use`.
 */
export function lockDataFolder(folder: DataFolder): { release(): void } {
  const lock = new DatabaseSync(join(folder.path, "server.lock"));
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    throw storeErrors.in_use({
      cause,
      says: `Another Latchkey server is using the data folder ${folder.path}. Stop it first, or choose another folder with --data.`,
    });
  }
  return { release: () => lock.close() };
}

/** Reads the folder's pepper, making it on first use. Written under another name first, so that a crash leaves none or all. */
export function loadPepper(folder: DataFolder, random: Random): Pepper {
  if (!existsSync(folder.pepper)) {
    const fresh = `${folder.pepper}.new`;
    writeFileSync(fresh, `${JSON.stringify({ id: "1", key: Buffer.from(random.bytes(32)).toString("base64") })}\n`, {
      mode: 0o600,
      flush: true,
    });
    renameSync(fresh, folder.pepper);
  }
  chmodSync(folder.pepper, 0o600);
  const { id, key } = JSON.parse(readFileSync(folder.pepper, "utf8")) as { id: string; key: string };
  return { id, bytes: Buffer.from(key, "base64") };
}
