import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../../test/open-test-store.ts";
import { prepareDataFolder } from "../data-folder.ts";
import { NodeSqliteDialect } from "../kysely-sqlite.ts";
import { openSqlite } from "../open-sqlite.ts";
import { migrate } from "../schema.ts";
import { migrations } from "./index.ts";

/** Takes people with these addresses through the migration; gives the addresses that they have then. */
async function migrateEmails(emails: readonly (string | null)[]): Promise<unknown[]> {
  const { database: path } = prepareDataFolder(temporaryFolder());
  const run = async (upTo: number) => {
    const db = new Kysely<unknown>({ dialect: new NodeSqliteDialect(openSqlite(path)) });
    await migrate(db, Object.fromEntries(Object.entries(migrations).slice(0, upTo)));
    await db.destroy();
  };
  const before = Object.keys(migrations).indexOf("0004-identity");
  await run(before);
  const database = new DatabaseSync(path);
  const insert = database.prepare("INSERT INTO users VALUES (?, 'person', 'name', ?, NULL, 1)");
  for (const [index, email] of emails.entries()) insert.run(String(index), email);
  await run(before + 1);
  const rows = database.prepare("SELECT email FROM users ORDER BY id").all();
  database.close();
  return rows.map(({ email }) => email);
}

test("addresses become what people are found by when they sign in", async () => {
  expect(await migrateEmails([" Ada@Example.COM ", "owner@localhost", null])).toEqual([
    "ada@example.com",
    "owner@localhost",
    null,
  ]);
});

test("addresses that would become the same stay as they are, rather than one person becoming another", async () => {
  expect(await migrateEmails(["ADA@example.com", "ada@example.com", "Bob@example.com"])).toEqual([
    "ADA@example.com",
    "ada@example.com",
    "bob@example.com",
  ]);
});
