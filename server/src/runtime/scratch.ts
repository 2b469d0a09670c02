import { mkdirSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Random, randomHex } from "../kernel/random.ts";

/** The private folders of one process. */
export type CellDirectory = {
  /** The function's code, and its working directory. */
  readonly code: string;
  /** Its HOME and TMPDIR. */
  readonly temporary: string;
  /** Where an archive waits to be unpacked. */
  readonly archive: string;
  /** Removes everything. */
  remove(): Promise<void>;
};

/** Hands out folders to processes. */
export type Scratch = {
  make(): CellDirectory;
  /** Removes the folders of all of them. */
  removeAll(): Promise<void>;
};

const OWNER_ONLY = 0o700;
const ROOT_NAME = /^cells-(\d+)-[0-9a-f]+$/;

/** Makes a folder of this server's own in `parent`. */
export function createScratch(parent: string, serverPid: number, random: Random): Scratch {
  const root = join(parent, `cells-${serverPid}-${randomHex(random, 4)}`);
  mkdirSync(root, { mode: OWNER_ONLY, recursive: true });

  function make(): CellDirectory {
    const home = join(root, randomHex(random, 8));
    const [code, temporary] = [join(home, "code"), join(home, "tmp")];
    for (const path of [home, code, temporary]) mkdirSync(path, { mode: OWNER_ONLY });
    return { code, temporary, archive: join(home, "code.zip"), remove: () => removeTree(home) };
  }

  return { make, removeAll: () => removeTree(root) };
}

/** A function may still be writing when its process dies, hence the retries. */
function removeTree(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 5 });
}

/** Removes what servers that were killed have left in `parent`. */
export async function removeLeftOvers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const owner = ROOT_NAME.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) await removeTree(join(parent, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
