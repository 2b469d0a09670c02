import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** The root of this repository. */
export const HOUSE = join(import.meta.dirname, "..");

/** Writes `text` to `file` in `folder`, making the folders in between. */
export function write(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** An empty folder outside the repository, removed when the test that asked for it is over. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-house-rules-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
