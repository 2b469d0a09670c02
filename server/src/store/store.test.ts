import { setTimeout as aMoment, setImmediate as nextTurn } from "node:timers/promises";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { openTestStore } from "../../test/open-test-store.ts";

const team = (id: string) => ({ id, name: id, created_at: 1 });

async function start() {
  const opened = await openTestStore();
  const count = opened.store.committed.prepare<{ teams: number }>("SELECT count(*) AS teams FROM teams");
  return { ...opened, committedTeams: () => count.get()?.teams };
}

describe("a transaction", () => {
  test("leaves nothing behind when it fails", async () => {
    const { store, committedTeams } = await start();
    const failed = store.transaction(async (tx) => {
      await tx.insertInto("teams").values(team("a")).execute();
      await tx.insertInto("teams").values(team("a")).execute();
    });
    await expect(failed).rejects.toThrow("UNIQUE");
    expect(committedTeams()).toBe(0);
    await store.transaction((tx) => tx.insertInto("teams").values(team("b")).execute());
    expect(committedTeams()).toBe(1);
  });

  test("is seen by nobody before it is committed, and by everybody when its promise resolves", async () => {
    const { store, stranger, committedTeams } = await start();
    await store.transaction(async (tx) => {
      await tx.insertInto("teams").values(team("a")).execute();
      await nextTurn();
      expect(committedTeams()).toBe(0);
      expect(stranger.prepare("SELECT * FROM teams").all()).toEqual([]);
    });
    expect(committedTeams()).toBe(1);
  });

  test("may rely on what it read: others of this process wait", async () => {
    const { store } = await start();
    await store.transaction((tx) =>
      tx
        .insertInto("teams")
        .values({ ...team("a"), created_at: 0 })
        .execute(),
    );
    const increment = () =>
      store.transaction(async (tx) => {
        const { created_at } = await tx.selectFrom("teams").select("created_at").executeTakeFirstOrThrow();
        await nextTurn();
        await tx
          .updateTable("teams")
          .set({ created_at: created_at + 1 })
          .execute();
      });
    await Promise.all(Array.from({ length: 20 }, increment));
    expect((await store.db.selectFrom("teams").select("created_at").executeTakeFirst())?.created_at).toBe(20);
  });

  test("may rely on what it read: another process cannot write meanwhile", async () => {
    const { store, stranger } = await start();
    await store.transaction(async (tx) => {
      await tx.selectFrom("teams").selectAll().execute();
      expect(() => stranger.exec("INSERT INTO teams (id, name, created_at) VALUES ('s', 'S', 1)")).toThrow("locked");
    });
  });

  test("waits for another process that is writing, and holds up nobody who only reads", async () => {
    const { store, stranger, committedTeams } = await start();
    stranger.exec("BEGIN IMMEDIATE; INSERT INTO teams (id, name, created_at) VALUES ('s', 'S', 1)");
    const changes = ["a", "b"].map((id) =>
      store.transaction((tx) => tx.insertInto("teams").values(team(id)).execute()),
    );
    for (let times = 0; times < 5; times += 1) {
      await aMoment(10);
      expect(committedTeams()).toBe(0);
      expect(await store.db.selectFrom("users").selectAll().execute()).toEqual([]);
    }
    stranger.exec("COMMIT");
    await Promise.all(changes);
    expect(committedTeams()).toBe(3);
  });

  test("keeps other reads waiting rather than showing them half of it", async () => {
    const { store } = await start();
    const open = store.transaction(async (tx) => {
      await tx.insertInto("teams").values(team("a")).execute();
      await nextTurn();
      await tx.insertInto("teams").values(team("b")).execute();
    });
    await nextTurn();
    expect(await store.db.selectFrom("teams").selectAll().execute()).toHaveLength(2);
    await open;
  });
});

test("a row that points nowhere is refused", async () => {
  const { store } = await start();
  const membership = { team_id: "none", user_id: "none", role: "owner", created_at: 1 } as const;
  await expect(store.transaction((tx) => tx.insertInto("memberships").values(membership).execute())).rejects.toThrow(
    "FOREIGN KEY",
  );
});

test("a committed change is on the disk, not only on its way there", async () => {
  const { store } = await start();
  const { rows: durability } = await sql`PRAGMA synchronous`.execute(store.db);
  const { rows: journal } = await sql`PRAGMA journal_mode`.execute(store.db);
  expect({ durability, journal }).toEqual({ durability: [{ synchronous: 2 }], journal: [{ journal_mode: "wal" }] });
});
