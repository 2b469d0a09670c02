import { expect, test } from "vitest";
import { openTestStore } from "../../test/open-test-store.ts";
import type { ScheduleId } from "./model.ts";
import { claimTick, findIfDue } from "./queries.ts";

const ROWS = `
  INSERT INTO teams VALUES ('team', 'Acme', 1);
  INSERT INTO users (id, kind, name, email, team_id, created_at) VALUES ('ada', 'person', 'Ada', 'ada@example.com', NULL, 1);
  INSERT INTO namespaces VALUES ('fn-1', 'team', 'demo', 'fra1', 'uuid-1', 1, 1, NULL);
  INSERT INTO schedules VALUES ('s1', 'fn-1', 'poll', 'hello', '* * * * *', NULL, 1, 'ada', NULL, 1, 1, NULL, 60, 1);`;

const TICK = { kind: "run", at: 60, nextRunAt: 120 } as const;

async function startWithDue() {
  const { store, stranger } = await openTestStore();
  stranger.exec(ROWS);
  const seen = await store.transaction((tx) => findIfDue(tx, "s1" as ScheduleId, 60));
  if (seen === undefined) throw new Error("it is due");
  return { stranger, claim: () => store.transaction((tx) => claimTick(tx, seen, TICK)) };
}

test("of all who have seen the same tick, one takes it", async () => {
  const { claim } = await startWithDue();
  expect([await claim(), await claim(), await claim()]).toEqual([true, false, false]);
});

test.each([
  { what: "changed", sql: "UPDATE schedules SET body = '{}', revision = 2" },
  { what: "put off", sql: "UPDATE schedules SET next_run_at = 120" },
  { what: "disabled", sql: "UPDATE schedules SET next_run_at = NULL" },
  { what: "deleted", sql: "DELETE FROM schedules" },
])("what was $what after it was seen is not taken", async ({ sql }) => {
  const { claim, stranger } = await startWithDue();
  stranger.exec(sql);
  expect(await claim()).toBe(false);
});
