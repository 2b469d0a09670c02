import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
const READABLE_BY_OTHERS = 0o077;

/** Whether it is that a file or folder is not there. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

/** What is in a file; null if there is none. */
export async function readIfThere(file: string): Promise<string | null> {
  return readFile(file, "utf8").catch((error: unknown) => (isMissing(error) ? null : Promise.reject(error)));
}

/** Whether others than its owner can read a file. */
export async function seenByOthers(file: string): Promise<boolean> {
  // Windows has no such modes and reports all files as readable by everybody.
  return process.platform !== "win32" && ((await stat(file)).mode & READABLE_BY_OTHERS) !== 0;
}

/** Makes a folder that its owner alone can look into, unless there is one. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
}

/** Readers see the old content or the new one, and nobody else sees either, not even while it is written. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const draft = `${file}.${randomUUID()}.draft`;
  try {
    const handle = await open(draft, "wx", OWNER_ONLY_FILE);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
