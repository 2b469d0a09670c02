import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { silentLog } from "../../../test/silent-log.ts";
import { NAMESPACE, OTHER_NAMESPACE, openStoreWithNamespaces } from "../../../test/start-test-functions.ts";
import type { Activity } from "../../store/activity/activity.ts";
import { isInSight } from "../model/access.ts";
import { type Activation, type ActivationId, passes } from "../model/activations.ts";
import { createJournal, type Listing } from "./journal.ts";

const activation = (number: number, some: Partial<Activation> = {}): Activation => ({
  id: number.toString(16).padStart(32, "0") as ActivationId,
  namespaceId: NAMESPACE,
  packageName: "",
  name: "a",
  bindingName: null,
  version: "0.0.1",
  kind: "nodejs:24",
  limits: { timeoutMs: 3000, memoryMb: 256, logsMb: 10 },
  startedAt: number,
  endedAt: number,
  waitMs: 0,
  initMs: null,
  timedOut: false,
  status: "success",
  result: { number },
  resultBytes: 10,
  accessKeyId: "key",
  ownerId: "user",
  form: "action",
  cause: null,
  durationMs: null,
  schedule: null,
  providerId: null,
  ...some,
});
const ALL = { name: null, since: null, upto: null };
const everything: Listing = { namespaceId: NAMESPACE, filter: ALL, sight: { patterns: ["*"], accessKeyId: null } };
const noLogs = Promise.resolve([]);

/** An activity whose writes a test can make fail, keep from reaching the disk, or keep quiet about having reached it. */
function troubled(activity: Activity) {
  const state = { mode: "well" as "well" | "failing" | "slow" | "quiet", held: [] as (() => void)[] };
  const write: Activity["write"] = (sql, parameters, settled) => {
    if (state.mode === "failing") settled?.(false);
    else if (state.mode === "slow") state.held.push(() => activity.write(sql, parameters, settled));
    else if (state.mode === "quiet") activity.write(sql, parameters, (done) => state.held.push(() => settled?.(done)));
    else activity.write(sql, parameters, settled);
  };
  const release = (): void => {
    state.mode = "well";
    for (const queued of state.held.splice(0)) queued();
  };
  return { state, release, activity: { ...activity, write } };
}

test("a page is the same whichever of its records are written and whichever are not yet", async () => {
  const name = fc.constantFrom("a", "b");
  const packageName = fc.constantFrom("", "p", "q");
  const record = fc.record({
    startedAt: fc.integer({ min: 1, max: 6 }),
    namespaceId: fc.constantFrom(NAMESPACE, NAMESPACE, NAMESPACE, OTHER_NAMESPACE),
    name,
    packageName,
    bindingName: fc.constantFrom(null, "q"),
    accessKeyId: fc.constantFrom("key", "other"),
    mode: fc.constantFrom("well", "quiet", "slow"),
  });
  const listing = fc.record({
    name: fc.option(fc.record({ package: packageName, name })),
    since: fc.option(fc.integer({ min: 0, max: 7 })),
    upto: fc.option(fc.integer({ min: 0, max: 7 })),
    patterns: fc.array(fc.constantFrom("*", "p/*", "a", "*b", "q/a", "[ab]", "?"), { maxLength: 2 }),
    accessKeyId: fc.constantFrom(null, "key"),
  });
  const { store } = await openStoreWithNamespaces();
  const { state, release, activity } = troubled(store.activity);

  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { maxLength: 20 }),
      listing,
      fc.nat({ max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      async (records, { patterns, accessKeyId, ...filter }, skip, limit) => {
        store.activity.write("DELETE FROM activations", []);
        await store.activity.flush();
        const journal = createJournal({ activity, log: silentLog });
        const all = records.map(({ mode, ...some }, index) => ({ mode, ...activation(index + 1, some) }));
        for (const mode of ["well", "quiet", "slow"] as const) {
          state.mode = mode;
          for (const one of all) if (one.mode === mode) journal.add(one, noLogs);
          await new Promise((resolve) => setImmediate(resolve));
          await store.activity.flush();
        }

        const wanted: Listing = { namespaceId: NAMESPACE, filter, sight: { patterns, accessKeyId } };
        const expected = all
          .filter((one) => one.namespaceId === NAMESPACE && passes(filter, one) && isInSight(wanted.sight, one))
          .sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1))
          .map(({ id }) => id);
        const page = { skip, limit };
        expect((await journal.summaries(wanted, page)).map(({ id }) => id)).toEqual(expected.slice(skip, skip + limit));
        expect((await journal.whole(wanted, page)).map(({ id }) => id)).toEqual(expected.slice(skip, skip + limit));
        expect(await journal.count(wanted)).toBe(expected.length);
        release();
        await journal.close();
        expect((await journal.summaries(wanted, page)).map(({ id }) => id)).toEqual(expected.slice(skip, skip + limit));
      },
    ),
    { numRuns: 60 },
  );
});

describe("a record that cannot be written", () => {
  test("stays to be found, and is written when it can be", async () => {
    const { store } = await openStoreWithNamespaces();
    const { state, activity } = troubled(store.activity);
    const journal = createJournal({ activity, log: silentLog });
    state.mode = "failing";
    const one = activation(1);
    journal.add(one, Promise.resolve(["line"]));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await journal.find(NAMESPACE, one.id)).toEqual({ ...one, logs: ["line"] });
    expect(await journal.count(everything)).toBe(1);
    state.mode = "well";
    await journal.close();
    expect(await createJournal({ activity, log: silentLog }).find(NAMESPACE, one.id)).toEqual({
      ...one,
      logs: ["line"],
    });
  });

  test("does not keep the server from stopping", async () => {
    const { store } = await openStoreWithNamespaces();
    const { state, activity } = troubled(store.activity);
    const lost: unknown[] = [];
    const log = { ...silentLog, error: (fields: Record<string, unknown>) => void lost.push(fields["activationId"]) };
    const journal = createJournal({ activity, log });
    state.mode = "failing";
    journal.add(activation(1), noLogs);
    await journal.close();
    expect(lost).toEqual([activation(1).id]);
  });

  test("is not kept without bound: from some point on nothing new is accepted", async () => {
    const { store } = await openStoreWithNamespaces();
    const { state, activity } = troubled(store.activity);
    const journal = createJournal({ activity, log: silentLog });
    state.mode = "failing";
    const megabyte = { resultBytes: 1_048_576 };
    for (let number = 1; number <= 31; number += 1) journal.add(activation(number, megabyte), noLogs);
    expect(journal.hasRoom()).toBe(true);
    for (let number = 32; number <= 64; number += 1) journal.add(activation(number, megabyte), noLogs);
    expect(journal.hasRoom()).toBe(false);
    await expect(journal.makeRoom()).rejects.toMatchObject({ code: "function.records_behind", status: 503 });
    state.mode = "well";
    await journal.close();
    expect(journal.hasRoom()).toBe(true);
    expect(await journal.count(everything)).toBe(64);
  });
});

test("what is forgotten is what is older, in however many batches", async () => {
  const { store } = await openStoreWithNamespaces();
  const journal = createJournal({ activity: store.activity, log: silentLog });
  const at = (instant: number, number: number) =>
    activation(number, {
      id: (instant.toString(16).padStart(12, "0") + number.toString().padStart(20, "0")) as ActivationId,
    });
  for (let number = 0; number < 1200; number += 1) journal.add(at(999, number), noLogs);
  journal.add(at(1000, 1), noLogs);
  await journal.close();
  await journal.forgetBefore(1000);
  expect(await journal.count(everything)).toBe(1);
});
