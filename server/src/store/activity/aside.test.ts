import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../../test/open-test-store.ts";
import { createAside } from "./aside.ts";

const COUNT_TO =
  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT max(i) AS i FROM n";

function start() {
  const path = join(temporaryFolder(), "activity.db");
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; CREATE TABLE happened (id INTEGER PRIMARY KEY)");
  onTestFinished(() => database.close());
  const aside = createAside(path);
  onTestFinished(() => aside.close());
  return { aside, database };
}

test("a read that takes long keeps nobody waiting here", async () => {
  const { aside } = start();
  const order: string[] = [];
  const long = aside.all<{ i: number }>(COUNT_TO, [1_000_000]).then((rows) => {
    order.push("long read");
    return rows;
  });
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  order.push("turns here");
  expect(await long).toEqual([{ i: 1_000_000 }]);
  expect(order).toEqual(["turns here", "long read"]);
});

test("what is committed by then is seen, and each question gets its own answer", async () => {
  const { aside, database } = start();
  database.exec("INSERT INTO happened VALUES (1), (2)");
  const read = (id: number) => aside.all<{ id: number }>("SELECT id FROM happened WHERE id >= ?", [id]);
  expect(await Promise.all([read(1), read(2), read(3)])).toEqual([[{ id: 1 }, { id: 2 }], [{ id: 2 }], []]);
  database.exec("INSERT INTO happened VALUES (3)");
  expect(await read(3)).toEqual([{ id: 3 }]);
});

test("a read that fails says why, and the next one works", async () => {
  const { aside } = start();
  await expect(aside.all("SELECT * FROM nowhere", [])).rejects.toThrow("no such table: nowhere");
  expect(await aside.all("SELECT 1 AS one", [])).toEqual([{ one: 1 }]);
});

test("nothing can be written this way", async () => {
  const { aside } = start();
  await expect(aside.all("DELETE FROM happened", [])).rejects.toThrow("readonly");
});
