import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { startTestSchedules } from "../../test/start-test-schedules.ts";
import { defineErrors } from "../kernel/errors.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const at = (time: string): number => Date.parse(`2026-03-23T${time}Z`);

const QUEUE_FULL = defineErrors("test", { queue_full: { status: 503, says: "no room" } }).queue_full;

/** One server with the schedules that are named, each with its cron expression. */
async function startWith(schedules: Readonly<Record<string, string>>, servers = 1) {
  const started = await startTestSchedules({ servers });
  for (const [name, cron] of Object.entries(schedules)) await started.create(name, cron);
  const runDue = () => Promise.all(started.servers.map((server) => server.runDue()));
  return { ...started, runDue };
}

describe("a schedule", () => {
  test("runs when its time has come and not before, and is then due at its next time", async () => {
    const { clock, runDue, takeCalls, get } = await startWith({ poll: "16 9 * * *" });
    clock.set(at("09:15:59.999"));
    await runDue();
    expect(takeCalls()).toEqual([]);
    clock.set(at("09:16:00"));
    await runDue();
    expect(takeCalls()).toEqual(["poll"]);
    await runDue();
    expect(takeCalls()).toEqual([]);
    expect(await get("poll")).toMatchObject({ lastRunAt: at("09:16:00"), nextRunAt: at("09:16:00") + 24 * HOUR_MS });
  });

  test("calls its function with its arguments, in its owner's name and as its owner's role allows", async () => {
    const { clock, runDue, calls, create } = await startWith({});
    await create("poll", "* * * * *", { body: { to: "ops" }, by: "bob" });
    clock.advance(MINUTE_MS);
    await runDue();
    expect(calls).toMatchObject([
      {
        path: "poll",
        body: { to: "ops" },
        caller: { user: { id: "bob" }, role: "member", credentialKind: "schedule", credentialId: "poll" },
      },
    ]);
  });

  test("whose runs were missed runs once, not once for each", async () => {
    const { clock, runDue, takeCalls, get } = await startWith({ poll: "* * * * *" });
    clock.advance(5 * HOUR_MS + 1234);
    await runDue();
    expect(takeCalls()).toEqual(["poll"]);
    expect((await get("poll")).nextRunAt).toBe(at("14:16:00"));
  });

  test("that is disabled does not run, and enabling it does not make up for anything", async () => {
    const { clock, runDue, takeCalls, update } = await startWith({ poll: "* * * * *" });
    await update("poll", { isEnabled: false });
    clock.advance(HOUR_MS);
    await runDue();
    await update("poll", { isEnabled: true });
    await runDue();
    expect(takeCalls()).toEqual([]);
    clock.advance(MINUTE_MS);
    await runDue();
    expect(takeCalls()).toEqual(["poll"]);
  });

  test("that is due keeps its run when its arguments are changed at that moment", async () => {
    const { clock, runDue, calls, update } = await startWith({ poll: "0 10 * * *" });
    clock.set(at("10:00:00.500"));
    await update("poll", { body: { new: true } });
    await runDue();
    expect(calls).toMatchObject([{ path: "poll", body: { new: true } }]);
  });

  test("that is deleted does not run, although its time had come", async () => {
    const { clock, runDue, takeCalls, remove } = await startWith({ poll: "* * * * *" });
    clock.advance(MINUTE_MS);
    await remove("poll");
    await runDue();
    expect(takeCalls()).toEqual([]);
  });

  test("runs on when the host's clock is put back, without repeating what has run", async () => {
    const { clock, runDue, takeCalls } = await startWith({ poll: "*/10 * * * *" });
    clock.set(at("09:20:00"));
    await runDue();
    expect(takeCalls()).toEqual(["poll"]);
    clock.correct(-7 * MINUTE_MS);
    await runDue();
    clock.set(at("09:20:00"));
    await runDue();
    expect(takeCalls()).toEqual([]);
    clock.set(at("09:30:00"));
    await runDue();
    expect(takeCalls()).toEqual(["poll"]);
  });
});

describe("whose schedule it is, is judged when it runs:", () => {
  test.each([
    { what: "has left the team", sql: "DELETE FROM memberships WHERE user_id = 'bob'", suspension: "owner_left" },
    {
      what: "has become a viewer",
      sql: "UPDATE memberships SET role = 'viewer' WHERE user_id = 'bob'",
      suspension: "owner_may_not_invoke",
    },
  ])(
    "one whose owner $what is suspended, on record, and stays so should they come back",
    async ({ sql, suspension }) => {
      const { clock, runDue, takeCalls, create, get, database } = await startWith({});
      await create("poll", "* * * * *", { by: "bob" });
      database.exec(sql);
      expect(await get("poll")).toMatchObject({ suspension, nextRunAt: null });
      clock.advance(MINUTE_MS);
      await runDue();
      const entries = database.prepare("SELECT * FROM audit_entries WHERE verb = 'schedule.suspend'").all();
      expect(entries).toEqual([
        expect.objectContaining({
          team_id: "team",
          actor_kind: "system",
          target_id: "fn-00000000-0000-4000-8000-000000000001/poll",
          details: JSON.stringify({ owner: "bob", reason: suspension }),
        }),
      ]);
      database.exec("INSERT OR REPLACE INTO memberships VALUES ('team', 'bob', 'member', 1)");
      clock.advance(MINUTE_MS);
      await runDue();
      expect(await get("poll")).toMatchObject({ suspension, nextRunAt: null });
      expect(takeCalls()).toEqual([]);
    },
  );

  test("a suspended one runs in the name of whoever takes it over", async () => {
    const { clock, runDue, calls, create, update, database } = await startWith({});
    await create("poll", "* * * * *", { by: "bob" });
    database.exec("DELETE FROM memberships WHERE user_id = 'bob'");
    clock.advance(MINUTE_MS);
    await runDue();
    await update("poll", { isEnabled: true });
    clock.advance(MINUTE_MS);
    await runDue();
    expect(calls).toMatchObject([{ caller: { user: { id: "ada" } } }]);
  });
});

describe("one that cannot be run", () => {
  test("keeps no other from running, and stays due", async () => {
    const { clock, runDue, takeCalls, accident } = await startWith({ a: "* * * * *", b: "* * * * *", c: "* * * * *" });
    accident.happens = ({ path }) => {
      if (path === "b") throw new Error("the queue stumbles over this one");
    };
    clock.advance(MINUTE_MS);
    await runDue();
    expect(takeCalls()).toEqual(["a", "c"]);
    accident.happens = null;
    await runDue();
    expect(takeCalls()).toEqual(["b"]);
  });

  test("because there is no room, is late: it stays due, with all that come after it", async () => {
    const names = Array.from({ length: 120 }, (_, index) => `s${String(index).padStart(3, "0")}`);
    const all = Object.fromEntries(names.map((name) => [name, "*/10 * * * *"]));
    const { clock, runDue, calls, takeCalls, accident, get } = await startWith(all);
    let room = 70;
    accident.happens = () => {
      room -= 1;
      if (room < 0) throw QUEUE_FULL();
    };
    clock.set(at("09:20:00"));
    await runDue();
    expect(calls).toHaveLength(70);
    const late = names.find((name) => calls.every(({ path }) => path !== name)) ?? "";
    expect(await get(late)).toMatchObject({ lastRunAt: null, nextRunAt: at("09:20:00") });
    accident.happens = null;
    clock.advance(SECOND_MS);
    await runDue();
    expect(takeCalls()).toEqual(names);
    expect(await get(late)).toMatchObject({ lastRunAt: at("09:20:01"), nextRunAt: at("09:30:00") });
  });
});

test("any number are run, each once, however many servers look at the same time", async () => {
  const names = Array.from({ length: 130 }, (_, index) => `s${String(index).padStart(3, "0")}`);
  const { clock, runDue, takeCalls } = await startWith(Object.fromEntries(names.map((name) => [name, "* * * * *"])), 3);
  clock.advance(MINUTE_MS);
  await runDue();
  expect(takeCalls()).toEqual(names);
});

/** Cron expressions with the same rule in naive words: whether a minute of the day is one of theirs. */
const CRONS: Readonly<Record<string, (minuteOfDay: number) => boolean>> = {
  "* * * * *": () => true,
  "*/7 * * * *": (minute) => (minute % 60) % 7 === 0,
  "0 * * * *": (minute) => minute % 60 === 0,
  "30 10-12 * * *": (minute) => [630, 690, 750].includes(minute),
};

function nextNaively(cron: string, after: number): number {
  for (let minute = Math.floor(after / MINUTE_MS) + 1; ; minute += 1)
    if (CRONS[cron]?.(minute % (24 * 60))) return minute * MINUTE_MS;
}

type Step =
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "look"; readonly servers: readonly number[] }
  | { readonly kind: "change"; readonly name: string; readonly cron: string }
  | { readonly kind: "switch"; readonly name: string; readonly isEnabled: boolean };

const SERVERS = 3;
const NAMES = ["a", "b", "c"] as const;
const name = fc.constantFrom(...NAMES);
const cron = fc.constantFrom(...Object.keys(CRONS));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("wait"), ms: fc.integer({ min: 1, max: 20 * MINUTE_MS }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("look"),
      // A server may look twice at once; one that is left out is down.
      servers: fc.array(fc.nat(SERVERS - 1), { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("change"), name, cron }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("switch"), name, isEnabled: fc.boolean() }) },
);

test("whatever servers look whenever, every tick is taken once: as by one server that never sleeps", async () => {
  const { servers, clock, takeCalls, create, update, remove } = await startTestSchedules({ servers: SERVERS });
  await fc.assert(
    fc.asyncProperty(fc.tuple(cron, cron, cron), fc.array(step, { maxLength: 25 }), async (crons, steps) => {
      const model = new Map<string, { cron: string; next: number | null }>();
      for (const [index, name] of NAMES.entries()) {
        const cron = crons[index] ?? "* * * * *";
        await create(name, cron);
        model.set(name, { cron, next: nextNaively(cron, clock.now()) });
      }
      const known = (name: string) => model.get(name) ?? { cron: "", next: null };

      for (const step of steps) {
        const now = clock.now();
        if (step.kind === "wait") clock.advance(step.ms);
        else if (step.kind === "change") {
          const { cron, next } = known(step.name);
          await update(step.name, { cron: step.cron });
          const moved = step.cron === cron ? next : nextNaively(step.cron, now);
          model.set(step.name, { cron: step.cron, next: next === null ? null : moved });
        } else if (step.kind === "switch") {
          const { cron, next } = known(step.name);
          await update(step.name, { isEnabled: step.isEnabled });
          model.set(step.name, { cron, next: step.isEnabled ? (next ?? nextNaively(cron, now)) : null });
        } else {
          await Promise.all(step.servers.map((index) => servers[index]?.runDue()));
          const expected = NAMES.filter((name) => (known(name).next ?? Number.POSITIVE_INFINITY) <= now);
          expect(takeCalls()).toEqual(expected);
          for (const name of expected)
            model.set(name, { cron: known(name).cron, next: nextNaively(known(name).cron, now) });
        }
      }
      for (const name of NAMES) await remove(name);
    }),
    { numRuns: 60 },
  );
}, 60_000);
