import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";
import { prepareDataFolder } from "../src/store/data-folder.ts";
import { openStore } from "../src/store/store.ts";
import { silentLog } from "./silent-log.ts";

/** A folder that is gone when the test ends. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "latchkey-test-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A store in a folder of its own, with `stranger`: a connection such as another process, or somebody's tool, would have. */
export async function openTestStore() {
  const folder = prepareDataFolder(temporaryFolder());
  const store = await openStore({ folder, log: silentLog, schema: "create" });
  const stranger = new DatabaseSync(folder.database);
  onTestFinished(async () => {
    stranger.close();
    await store.close();
  });
  return { store, folder, stranger };
}
