import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { openTestStore, temporaryFolder } from "../../test/open-test-store.ts";
import { silentLog } from "../../test/silent-log.ts";
import { LatchkeyError } from "../kernel/errors.ts";
import { type DataFolder, prepareDataFolder } from "./data-folder.ts";
import { openStore } from "./store.ts";

let made: Promise<{ bytes: Buffer; pageSize: number }> | undefined;
/** A database with some rows, as a server leaves it that was told to stop. */
const someDatabase = () => {
  made ??= makeDatabase();
  return made;
};

async function makeDatabase(): Promise<{ bytes: Buffer; pageSize: number }> {
  const { stranger } = await openTestStore();
  for (let id = 0; id < 200; id += 1)
    stranger.exec(`INSERT INTO teams (id, name, created_at) VALUES ('team ${id}', '${"x".repeat(100)}', 1)`);
  const path = join(temporaryFolder(), "copy.db");
  stranger.exec(`VACUUM INTO '${path}'`);
  const copy = new DatabaseSync(path);
  const pageSize = Number(copy.prepare("PRAGMA page_size").get()?.["page_size"]);
  copy.exec("PRAGMA journal_mode = WAL");
  copy.close();
  return { bytes: readFileSync(path), pageSize };
}

function folderWith(database: Buffer): DataFolder {
  const folder = prepareDataFolder(temporaryFolder());
  writeFileSync(folder.database, database);
  return folder;
}

/** What opening the folder is refused with; the store is closed if it is not. */
async function refusalOf(folder: DataFolder, schema: "create" | "refuse" | "migrate" = "create") {
  try {
    await (await openStore({ folder, log: silentLog, schema })).close();
    return null;
  } catch (error) {
    if (!(error instanceof LatchkeyError)) throw error;
    return { code: error.code, says: error.says };
  }
}

const corrupt = (folder: DataFolder) => ({ code: "store.corrupt", says: expect.stringContaining(folder.path) });

test("a database of which any one page was zeroed is refused and left as it is", async () => {
  const { bytes, pageSize } = await someDatabase();
  const pages = bytes.length / pageSize;
  expect(pages).toBeGreaterThan(20);
  for (let page = 0; page < pages; page += 1) {
    const damaged = Buffer.from(bytes).fill(0, page * pageSize, (page + 1) * pageSize);
    const folder = folderWith(damaged);
    expect(await refusalOf(folder), `page ${page + 1} of ${pages}`).toEqual(corrupt(folder));
    expect(readFileSync(folder.database).equals(damaged)).toBe(true);
  }
});

test.each([
  { what: "its first half", damage: (bytes: Buffer) => bytes.subarray(0, bytes.length / 2) },
  { what: "its first page", damage: (bytes: Buffer, pageSize: number) => bytes.subarray(0, pageSize) },
  { what: "its first 100 bytes", damage: (bytes: Buffer) => bytes.subarray(0, 100) },
  { what: "a letter instead", damage: () => Buffer.from("Dear Sir or Madam, ".repeat(500)) },
])("a database of which there is $what is refused and left as it is", async ({ damage }) => {
  const { bytes, pageSize } = await someDatabase();
  const damaged = damage(bytes, pageSize);
  const folder = folderWith(damaged);
  expect(await refusalOf(folder)).toEqual(corrupt(folder));
  expect(readFileSync(folder.database).equals(damaged)).toBe(true);
});

test("a damaged activity database is refused too, and the other one is left as it is", async () => {
  const { bytes } = await someDatabase();
  const folder = folderWith(bytes);
  writeFileSync(folder.activity, "Dear Sir or Madam, ".repeat(500));
  expect(await refusalOf(folder)).toEqual(corrupt(folder));
  expect(readFileSync(folder.database).equals(bytes)).toBe(true);
});

test("beside a damaged activity database no new database is made", async () => {
  const folder = prepareDataFolder(temporaryFolder());
  writeFileSync(folder.activity, "Dear Sir or Madam, ".repeat(500));
  expect(await refusalOf(folder)).toEqual(corrupt(folder));
  expect(existsSync(folder.database)).toBe(false);
});

test.each(["create", "refuse", "migrate"] as const)(
  "a database of a newer version is refused under %s, although a server of that version was killed",
  async (schema) => {
    const { folder, stranger } = await openTestStore();
    stranger.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-from-the-future', '')");
    // Copied while it is open: what has been committed is still in the write-ahead log.
    const copy = prepareDataFolder(temporaryFolder());
    for (const suffix of ["", "-wal"]) copyFileSync(folder.database + suffix, copy.database + suffix);
    const before = ["", "-wal"].map((suffix) => readFileSync(copy.database + suffix));
    expect(before[1]?.length).toBeGreaterThan(0);
    const refusal = await refusalOf(copy, schema);
    expect(refusal).toEqual({ code: "store.schema_newer", says: expect.stringContaining("9999-from-the-future") });
    expect(["", "-wal"].map((suffix) => readFileSync(copy.database + suffix))).toEqual(before);
  },
);

test("an empty folder is refused by whoever was not to create anything", async () => {
  const folder = prepareDataFolder(temporaryFolder());
  expect((await refusalOf(folder, "refuse"))?.code).toBe("store.schema_missing");
  expect(existsSync(folder.database)).toBe(false);
});
