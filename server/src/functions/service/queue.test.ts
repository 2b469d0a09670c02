import { describe, expect, test } from "vitest";
import { createInstantRuntime, outcome } from "../../../test/instant-runtime.ts";
import {
  NAMESPACE,
  principal,
  source,
  startTestFunctions,
  type TestFunctionsOptions,
} from "../../../test/start-test-functions.ts";
import type { JsonValue, Runtime } from "../../runtime/index.ts";

/** A promise that a test keeps when it likes. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** The data plane with one action; what it was called with, and a gate that its runs wait at. */
async function start(options: TestFunctionsOptions = {}, opened: Promise<void> = Promise.resolve()) {
  const calls: JsonValue[] = [];
  const run: Runtime["run"] = async (action, { value, begin }) => {
    await action.loadCode();
    await begin?.();
    calls.push(value);
    await opened;
    return outcome(value);
  };
  const t = await startTestFunctions({ runtime: createInstantRuntime(run), ...options });
  if (options.on === undefined) await t.put("/_/actions/a", source("1;"));
  const rows = () => t.stranger.prepare("SELECT id, started_by FROM invocations ORDER BY id").all();
  const enqueue = (n: number, path = "a") =>
    t.store.transaction((tx) => t.functions.enqueue(tx, { caller: principal(), path, body: { n } }));
  const record = async (id: string) => (await t.get(`/_/activations/${id}`)).body;
  return { ...t, calls, rows, enqueue, record };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

test("an accepted invocation is a row until its record is written", async () => {
  const { opened, open } = gate();
  const t = await start({}, opened);
  const { body } = await t.post("/_/actions/a", { n: 1 });
  expect(t.rows()).toMatchObject([{ id: body.activationId }]);
  open();
  await t.functions.drain();
  expect(t.rows()).toEqual([]);
  expect(await t.record(body.activationId)).toMatchObject({ response: { result: { n: 1 } } });
});

test("so is a blocking one, from the moment in which its caller is sent away", async () => {
  const { opened, open } = gate();
  const t = await start({}, opened);
  const answer = await t.post("/_/actions/a?blocking=true&timeout=1", { secret: "of the caller" });
  expect(answer.status).toBe(202);
  expect(t.rows()).toEqual([{ id: answer.body.activationId, started_by: expect.any(String) }]);
  expect(JSON.stringify(t.stranger.prepare("SELECT * FROM invocations").all())).not.toContain("of the caller");
  open();
  await t.functions.drain();
  expect(t.rows()).toEqual([]);
});

test("one that cannot be written down is refused, and does not run", async () => {
  const t = await start({ limits: { concurrentInvocations: 1 } });
  t.stranger.exec("CREATE TRIGGER full BEFORE INSERT ON invocations BEGIN SELECT RAISE(ABORT, 'no room'); END");
  for (let tries = 0; tries < 3; tries += 1) expect((await t.post("/_/actions/a")).status).toBe(500);
  t.stranger.exec("DROP TRIGGER full");
  await t.functions.drain();
  expect(t.calls).toEqual([]);
  expect((await t.post("/_/actions/a")).status).toBe(202);
});

test("one whose start cannot be written down waits until it can", async () => {
  const t = await start();
  t.stranger.exec("CREATE TRIGGER full BEFORE UPDATE ON invocations BEGIN SELECT RAISE(ABORT, 'no room'); END");
  const { body } = await t.post("/_/actions/a", { n: 1 });
  await soon();
  expect(t.calls).toEqual([]);
  expect(t.rows()).toEqual([{ id: body.activationId, started_by: null }]);
  t.stranger.exec("DROP TRIGGER full");
  await t.functions.drain();
  expect(t.calls).toEqual([{ n: 1 }]);
});

describe("in a transaction of somebody else's", () => {
  test("it runs once that is committed, and not at all if it is not", async () => {
    const t = await start();
    const failing = t.store.transaction(async (tx) => {
      await t.functions.enqueue(tx, { caller: principal(), path: "a", body: { n: 1 } });
      throw new Error("not today");
    });
    await expect(failing).rejects.toThrow("not today");
    await t.enqueue(2);
    t.functions.startQueued();
    t.functions.startQueued();
    await t.functions.drain();
    expect(t.calls).toEqual([{ n: 2 }]);
  });

  test("more than a namespace may have at one time wait for their turn, and keep nobody else from it", async () => {
    const { opened, open } = gate();
    const t = await start({ limits: { concurrentInvocations: 2 } }, opened);
    for (let n = 0; n < 5; n += 1) {
      await t.enqueue(n);
      t.clock.advance(1);
    }
    t.functions.startQueued();
    await soon();
    expect(t.calls).toEqual([{ n: 0 }, { n: 1 }]);
    expect((await t.post("/_/actions/a")).status).toBe(429);
    open();
    await t.functions.drain();
    expect(t.calls).toHaveLength(5);
  });

  test("more than the server keeps are refused", async () => {
    const { opened, open } = gate();
    const t = await start({ limits: { concurrentInvocations: 1, waitingInvocations: 2 } }, opened);
    await t.post("/_/actions/a");
    await soon();
    await t.enqueue(1);
    await t.enqueue(2);
    const error = "The server is currently unavailable (because it is overloaded or down for maintenance).";
    await expect(t.enqueue(3)).rejects.toMatchObject({ status: 503, says: error });
    t.functions.startQueued();
    await expect(t.enqueue(3)).rejects.toMatchObject({ status: 503 });
    open();
    await t.functions.drain();
    await t.enqueue(3);
  });
});

describe("whoever has lost the right meanwhile has nothing run:", () => {
  test("a key that is dead by then", async () => {
    const t = await start();
    const key = { ...principal(), credentialId: "dof_v1_gone" };
    await t.store.transaction((tx) => t.functions.enqueue(tx, { caller: key, path: "a", body: null }));
    const [row] = t.rows();
    t.functions.startQueued();
    await t.functions.drain();
    expect(t.calls).toEqual([]);
    expect(await t.record(String(row?.["id"]))).toMatchObject({
      name: "a",
      statusCode: 1,
      response: { result: { error: "Whoever asked for this may no longer have it run." } },
    });
    expect(t.rows()).toEqual([]);
  });

  test("a key that has fewer grants by then", async () => {
    const t = await start();
    t.as(principal(["read"], "dof_v1_demoted"));
    const key = principal(["full"], "dof_v1_demoted");
    await t.store.transaction((tx) => t.functions.enqueue(tx, { caller: key, path: "a", body: null }));
    const [row] = t.rows();
    t.functions.startQueued();
    await t.functions.drain();
    expect(t.calls).toEqual([]);
    const error = `The supplied authentication is not authorized to access '${NAMESPACE}/a'.`;
    expect(await t.record(String(row?.["id"]))).toMatchObject({ statusCode: 2, response: { result: { error } } });
  });
});

describe("after a start", () => {
  /** Leaves a row as a server that died would have. */
  const leave = (t: Awaited<ReturnType<typeof start>>, id: string, startedBy: string | null) =>
    t.stranger.prepare("INSERT INTO invocations VALUES (?, ?, 1, ?, 't', ?, ?, ?)").run(
      id,
      NAMESPACE,
      startedBy,
      JSON.stringify({
        kind: "access_key",
        namespaceId: NAMESPACE,
        keyId: "dof_v1_1",
        secretNumber: 1,
        ownerId: "user-1",
      }),
      JSON.stringify({ namespaceId: NAMESPACE, packageName: "", name: "a" }),
      '{"left":true}',
    );
  const [one, two, three] = ["1", "2", "3"].map((digit) => digit.repeat(32));

  test("what waited runs, what had begun is reported as failed, and what is on record already is left alone", async () => {
    const t = await start();
    const { body } = await t.post("/_/actions/a?blocking=true", { n: 1 });
    await t.functions.drain();
    leave(t, one ?? "", null);
    leave(t, two ?? "", "another run of the server");
    leave(t, body.activationId, "another run of the server");
    const after = await start({ on: t });
    await after.functions.recover();
    await after.functions.drain();
    expect(after.calls).toEqual([{ left: true }]);
    expect(await after.record(one ?? "")).toMatchObject({ statusCode: 0, response: { result: { left: true } } });
    expect(await after.record(two ?? "")).toMatchObject({
      name: "a",
      version: "0.0.1",
      statusCode: 3,
      response: { status: "whisk internal error", result: { error: expect.stringContaining("not run again") } },
    });
    expect(await after.record(body.activationId)).toMatchObject({ statusCode: 0, response: { result: { n: 1 } } });
    expect(after.rows()).toEqual([]);
  });

  test("what is gone by then is on record as failed", async () => {
    const t = await start();
    await t.delete("/_/actions/a");
    leave(t, one ?? "", null);
    leave(t, three ?? "", "another run of the server");
    await t.functions.recover();
    await t.functions.drain();
    expect(await t.record(one ?? "")).toMatchObject({
      statusCode: 1,
      response: { result: { error: "Action could not be found or may have been deleted." } },
    });
    expect((await t.record(three ?? "")).statusCode).toBe(3);
  });

  test("nothing of a namespace that was deleted runs", async () => {
    const t = await start();
    leave(t, one ?? "", null);
    await t.store.transaction((tx) => t.functions.removeNamespace(tx, principal().namespaceId));
    await t.functions.recover();
    await t.functions.drain();
    expect(t.calls).toEqual([]);
    expect(t.rows()).toEqual([]);
  });
});

test("many at once each run once, and leave nothing behind", async () => {
  const t = await start({ limits: { concurrentInvocations: 1000, invocationsPerMinute: 100_000 } });
  const answers = await Promise.all(Array.from({ length: 300 }, (_, n) => t.post("/_/actions/a", { n })));
  expect(answers.every(({ status }) => status === 202)).toBe(true);
  await t.functions.drain();
  expect(t.calls).toHaveLength(300);
  expect(new Set(t.calls.map((call) => JSON.stringify(call))).size).toBe(300);
  expect(t.rows()).toEqual([]);
});
