import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** File contents by path; a path that ends in `.sh` becomes executable. */
export type Files = { readonly [path: string]: string | Uint8Array };

/** Writes files into a new folder that is removed when the test is over, and returns its path. */
export async function tempFolder(files: Files = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "latchkey-cli-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFiles(folder, files);
  return folder;
}

/** Writes files into a folder, making the folders on the way. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    if (path.endsWith(".sh")) await chmod(target, 0o755);
  }
}
