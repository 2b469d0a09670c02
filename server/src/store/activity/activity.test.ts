import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { createCapturedLog } from "../../../test/captured-log.ts";
import { temporaryFolder } from "../../../test/open-test-store.ts";
import { createActivity } from "./activity.ts";

const INSERT = "INSERT INTO happened (id) VALUES (?)";
/** As many writes as go to the thread at once. */
const BATCH = 512;

function createDatabase(path: string): string {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; CREATE TABLE happened (id INTEGER PRIMARY KEY)");
  database.close();
  return path;
}

function start(path = createDatabase(join(temporaryFolder(), "activity.db"))) {
  const log = createCapturedLog();
  const activity = createActivity({ path, log });
  let isClosed = false;
  const close = async () => {
    isClosed = true;
    await activity.close();
  };
  onTestFinished(() => (isClosed ? undefined : close()));
  const outcomes: boolean[] = [];
  const write = (id: number | string) => activity.write(INSERT, [id], (committed) => outcomes.push(committed));
  const writeMany = (from: number, count: number) => {
    for (let id = from; id < from + count; id += 1) write(id);
  };
  return { path, activity, log, close, outcomes, write, writeMany };
}

function idsIn(path: string): number[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const ids = database.prepare("SELECT id FROM happened ORDER BY id").all();
  database.close();
  return ids.map(({ id }) => Number(id));
}
const upTo = (count: number) => Array.from({ length: count }, (_, id) => id);

describe("what is written", () => {
  test("is there, and said to be there, when flushing is done", async () => {
    const { path, activity, outcomes, writeMany } = start();
    writeMany(0, 3);
    await activity.flush();
    expect(idsIn(path)).toEqual([0, 1, 2]);
    expect(outcomes).toEqual([true, true, true]);
  });

  test("is there without flushing, a moment later", async () => {
    const { path, activity } = start();
    await new Promise((resolve) => activity.write(INSERT, [7], resolve));
    expect(idsIn(path)).toEqual([7]);
  });

  test("is all there, however much of it there is", async () => {
    const { path, activity, writeMany } = start();
    writeMany(0, 5000);
    await activity.flush();
    expect(idsIn(path)).toEqual(upTo(5000));
  });

  test("is there once the store is closed", async () => {
    const { path, close, writeMany, outcomes } = start();
    writeMany(0, 700);
    await close();
    expect(idsIn(path)).toEqual(upTo(700));
    expect(outcomes).toHaveLength(700);
  });

  test("can be read here as soon as it is there", async () => {
    const { activity, write } = start();
    const last = activity.prepare<{ id: number }>("SELECT max(id) AS id FROM happened");
    for (const id of [1, 2]) {
      write(id);
      await activity.flush();
      expect(last.get()?.id).toBe(id);
    }
  });
});

describe("what cannot be written", () => {
  test("is said not to be there, and does not take its neighbours along", async () => {
    const { path, activity, log, outcomes, write } = start();
    for (const id of [1, "not a number", 2, 1, 3]) write(id);
    await activity.flush();
    expect(outcomes).toEqual([true, false, true, false, true]);
    expect(idsIn(path)).toEqual([1, 2, 3]);
    expect(log.lines.join()).toContain("activity could not be written");
  });

  test("is said not to be there when the file is no database; nobody waits for ever", async () => {
    const path = join(temporaryFolder(), "activity.db");
    writeFileSync(path, "by no means a database".repeat(100));
    const { activity, close, outcomes, writeMany } = start(path);
    writeMany(0, 3);
    await activity.flush();
    await activity.room();
    writeMany(3, 3);
    await close();
    expect(outcomes).toEqual([false, false, false, false, false, false]);
  });

  test("is no reason not to try again", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "activity.db");
    writeFileSync(path, "by no means a database".repeat(100));
    const { activity, outcomes, write } = start(path);
    write(1);
    await activity.flush();
    rmSync(path);
    copyFileSync(createDatabase(join(folder, "good.db")), path);
    write(2);
    await activity.flush();
    expect(outcomes).toEqual([false, true]);
    expect(idsIn(path)).toEqual([2]);
  });
});

describe("when much happens at once", () => {
  test("whoever flushes waits for what was written before, not for what others go on writing", async () => {
    const { activity, outcomes, writeMany } = start();
    writeMany(0, BATCH);
    const flushed = activity.flush();
    writeMany(BATCH, 50 * BATCH);
    await flushed;
    expect(outcomes).toHaveLength(BATCH);
    await activity.flush();
    expect(outcomes).toHaveLength(51 * BATCH);
  });

  test("writers are asked to wait while the disk does not keep up", async () => {
    const { path, activity, outcomes, writeMany } = start();
    const slow = new DatabaseSync(path);
    onTestFinished(() => slow.close());
    slow.exec("BEGIN IMMEDIATE");
    await activity.room();
    writeMany(0, 20 * BATCH);
    let hasRoom = false;
    const room = activity.room().then(() => {
      hasRoom = true;
    });
    for (let turn = 0; turn < 10; turn += 1) await nextTurn();
    expect(hasRoom).toBe(false);
    slow.exec("COMMIT");
    await room;
    expect(outcomes.length).toBeGreaterThanOrEqual(12 * BATCH);
    await activity.flush();
    expect(outcomes).toEqual(Array.from({ length: 20 * BATCH }, () => true));
  });
});
