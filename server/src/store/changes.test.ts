import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { openTestStore } from "../../test/open-test-store.ts";
import { appendChange, type Change, followChanges } from "./changes.ts";

const change = (targetId: string) => ({ kind: "access_key", targetId, at: 1 }) as const;
const APPEND = `
  UPDATE change_counter SET last_seq = last_seq + 1;
  INSERT INTO changes (seq, kind, target_id, at) SELECT last_seq, 'access_key', 'theirs', 1 FROM change_counter;`;
/** A change without a word in the feed, as by somebody's tool. */
const SILENT = "INSERT INTO teams (id, name, created_at) VALUES ('t' || random(), 'Theirs', 1)";

const targets = (news: readonly Change[] | "unexplained") =>
  news === "unexplained" ? news : news.map(({ targetId }) => targetId);

async function follow() {
  const opened = await openTestStore();
  const follower = followChanges(opened.store.committed);
  await nextTurn();
  const append = (targetId: string) => opened.store.transaction((tx) => appendChange(tx, change(targetId)));
  return { ...opened, follower, append, news: () => targets(follower.news()) };
}

describe("the change feed", () => {
  test("numbers changes in the order in which they are committed, without gaps", async () => {
    const { store, append } = await follow();
    const committed: number[] = [];
    const one = async (index: number) => {
      const fails = index % 5 === 0;
      await store
        .transaction(async (tx) => {
          const seq = await appendChange(tx, change(`k${index}`));
          if (index % 3 === 0) await nextTurn();
          if (fails) throw new Error("changed my mind");
          return seq;
        })
        .then(
          (seq) => committed.push(seq),
          () => null,
        );
    };
    await Promise.all(Array.from({ length: 60 }, (_, index) => one(index)));
    await append("last");
    expect(committed).toEqual(Array.from({ length: 48 }, (_, index) => index + 1));
    const rows = await store.db.selectFrom("changes").select("seq").orderBy("seq").execute();
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 49 }, (_, index) => index + 1));
  });

  test("goes on where another process left it", async () => {
    const { stranger, append, store } = await follow();
    await append("ours");
    stranger.exec(`BEGIN IMMEDIATE; ${APPEND} COMMIT`);
    expect(await append("ours again")).toBe(3);
    const rows = await store.db.selectFrom("changes").select("target_id").orderBy("seq").execute();
    expect(rows.map(({ target_id }) => target_id)).toEqual(["ours", "theirs", "ours again"]);
  });
});

describe("who follows the feed", () => {
  test("hears nothing while nothing is committed", async () => {
    const { news } = await follow();
    expect([news(), news()]).toEqual([[], []]);
  });

  test("hears of each change once, as soon as it is committed", async () => {
    const { append, news } = await follow();
    await append("a");
    expect(news()).toEqual(["a"]);
    expect(news()).toEqual([]);
    await append("b");
    await append("c");
    expect(news()).toEqual(["b", "c"]);
  });

  test("hears nothing of what came before", async () => {
    const { append, store } = await follow();
    await append("a");
    expect(followChanges(store.committed).news()).toEqual([]);
  });

  test("hears nothing of a transaction that is still open, and nothing of one that failed", async () => {
    const { store, news } = await follow();
    const failed = store.transaction(async (tx) => {
      await appendChange(tx, change("a"));
      await nextTurn();
      expect(news()).toEqual([]);
      throw new Error("changed my mind");
    });
    await expect(failed).rejects.toThrow("changed my mind");
    expect(news()).toEqual([]);
  });

  test("trusts nothing once another process has written, whatever that one says it did", async () => {
    const { stranger, news } = await follow();
    stranger.exec(`BEGIN IMMEDIATE; ${APPEND} ${SILENT}; COMMIT`);
    expect(news()).toBe("unexplained");
    expect(news()).toEqual([]);
  });

  test("hears in the next turn what another process did in this one", async () => {
    const { stranger, news } = await follow();
    expect(news()).toEqual([]);
    stranger.exec(SILENT);
    await nextTurn();
    expect(news()).toBe("unexplained");
  });

  test.each(["before", "after"])("trusts nothing when somebody's tool wrote %s a change of our own", async (when) => {
    const { stranger, append, news } = await follow();
    if (when === "before") stranger.exec(SILENT);
    await append("ours");
    if (when === "after") stranger.exec(SILENT);
    expect(news()).toBe("unexplained");
    await append("ours again");
    expect(news()).toEqual(["ours again"]);
  });

  test("need not forget anything when our own process wrote what ends nobody's access", async () => {
    const { store, news } = await follow();
    await store.transaction((tx) => tx.insertInto("teams").values({ id: "t", name: "T", created_at: 1 }).execute());
    expect(news()).toEqual([]);
  });

  test("does not take for heard what could not be read", async () => {
    const { stranger, follower } = await follow();
    stranger.exec(`BEGIN IMMEDIATE; ${APPEND} ALTER TABLE changes RENAME TO hidden; COMMIT`);
    expect(() => follower.news()).toThrow();
    expect(() => follower.news()).toThrow();
    stranger.exec("ALTER TABLE hidden RENAME TO changes");
    await nextTurn();
    expect(follower.news()).toBe("unexplained");
  });
});
