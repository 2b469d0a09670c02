import { describe, expect, test } from "vitest";
import { createInstantRuntime, outcome } from "../../../test/instant-runtime.ts";
import {
  NAMESPACE,
  principal,
  source,
  startTestFunctions,
  type TestFunctionsOptions,
} from "../../../test/start-test-functions.ts";
import type { JsonObject, JsonValue } from "../../runtime/index.ts";

type Conduct = (value: JsonObject) => JsonObject;

/**
 * The data plane with functions, and `c`, a conductor that does as the test says. The functions' results say what they were called
 * with; `fail` fails.
 */
async function start(conduct: Conduct, options: TestFunctionsOptions = {}) {
  const calls: JsonValue[] = [];
  const runtime = createInstantRuntime(async (action, { value }) => {
    const code = await action.loadCode();
    const times = { startedAt: 0, endedAt: 10 };
    if (code === "fail") return outcome({ error: "as it should" }, { ...times, status: "application_error" });
    if (code !== "conduct") return outcome({ ...(value as JsonObject), did: code }, times);
    calls.push(value);
    const result = conduct(value as JsonObject);
    if (!("error" in result)) return outcome(result, times);
    return outcome({ error: result["error"] ?? null }, { ...times, status: "application_error" });
  });
  const t = await startTestFunctions({ runtime, ...options });
  await t.put("/_/packages/p", {});
  for (const name of ["one", "two", "fail", "p/three"]) await t.put(`/_/actions/${name}`, source(name));
  await t.put("/_/actions/c", source("conduct", { annotations: [{ key: "conductor", value: true }] }));
  const invoke = (payload?: unknown) => t.post("/_/actions/c?blocking=true", payload);
  const record = async (id: string) => (await t.get(`/_/activations/${id}`)).body;
  return { ...t, calls, invoke, record };
}

/** Goes through the steps, one after the other, with the number of the next in its state. */
const through =
  (...steps: readonly JsonObject[]): Conduct =>
  (value) => {
    const number = Number(value["step"] ?? 0);
    return { ...steps[number], state: { step: number + 1 } };
  };

test("runs what its conductor names, until it names nothing more", async () => {
  const t = await start(({ step, ...rest }) => {
    if (step === undefined) return { action: "one", params: { n: 1 }, state: { step: 1 } };
    if (step === 1) return { action: "/_/p/three", params: { ...rest, n: 2 }, state: { step: 2 } };
    return { params: { done: rest } };
  });
  const { status, body } = await t.invoke({ asked: true });
  expect(status).toBe(200);
  expect(t.calls).toEqual([{ asked: true }, { n: 1, did: "one", step: 1 }, { n: 2, did: "p/three", step: 2 }]);
  const record = await t.record(body.activationId);
  expect(record).toMatchObject({ name: "c", duration: 50, response: { result: { done: { n: 2, did: "p/three" } } } });
  expect(record.annotations).toEqual(
    expect.arrayContaining([
      { key: "kind", value: "sequence" },
      { key: "topmost", value: true },
      { key: "conductor", value: true },
    ]),
  );
  const parts = await Promise.all(record.logs.map(t.record));
  expect(parts.map(({ name }) => name)).toEqual(["c", "one", "c", "three", "c"]);
  for (const part of parts) {
    expect(part).toMatchObject({ cause: body.activationId });
    expect(part.annotations).toContainEqual({ key: "causedBy", value: "sequence" });
    expect(part.annotations).not.toContainEqual({ key: "conductor", value: true });
  }
});

test.each([
  { what: "nothing but a result", said: { n: 1 }, result: { n: 1 } },
  { what: "params that are no object", said: { params: [1] }, result: { value: [1] } },
  { what: "params and state", said: { params: { a: 1 }, state: { b: 2 } }, result: { a: 1 } },
])("gives $what", async ({ said, result }) => {
  const t = await start(() => said);
  expect((await t.invoke()).body.response.result).toEqual(result);
});

test("puts into an object what is none", async () => {
  const t = await start(({ state }) => (state === undefined ? { action: "one", params: 7, state: 3 } : {}));
  await t.invoke();
  expect(t.calls).toEqual([{}, { value: 7, did: "one", state: 3 }]);
});

test.each([
  { next: "none", error: `Failed to resolve action with name '${NAMESPACE}/none' during composition.` },
  { next: "t", error: `Failed to resolve action with name '${NAMESPACE}/t' during composition.` },
  { next: 7, error: "Failed to parse action name from json value 7 during composition." },
  { next: "", error: 'Failed to parse action name from json value "" during composition.' },
  { next: "/a/b/c/d", error: 'Failed to parse action name from json value "/a/b/c/d" during composition.' },
  { next: "fail", error: "as it should" },
])("tells its conductor what has failed, which may go on: $next", async ({ next, error }) => {
  const t = await start(through({ action: next }, { params: { recovered: true } }));
  await t.put("/_/triggers/t", {});
  const { status, body } = await t.invoke();
  expect(t.calls).toEqual([{}, { error, step: 1 }]);
  expect({ status, result: body.response.result }).toEqual({ status: 200, result: { recovered: true } });
});

test("ends with the error of its conductor", async () => {
  const t = await start(() => ({ error: "enough", action: "one" }));
  const { status, body } = await t.invoke();
  expect({ status, result: body.response.result }).toEqual({ status: 502, result: { error: "enough" } });
  expect((await t.record(body.activationId)).logs).toHaveLength(1);
});

test("ends when it goes on for too long", async () => {
  const t = await start(() => ({ action: "one" }), { limits: { sequenceLength: 3 } });
  const { status, body } = await t.invoke();
  const result = { error: "Too many actions in the composition." };
  expect({ status, result: body.response.result }).toEqual({ status: 502, result });
  const parts = await Promise.all((await t.record(body.activationId)).logs.map(t.record));
  expect(parts.filter(({ name }) => name === "one")).toHaveLength(3);
  expect(parts.filter(({ name }) => name === "c")).toHaveLength(7);
});

test("that runs itself ends as well", async () => {
  const t = await start(() => ({ action: "c" }), { limits: { sequenceLength: 3 } });
  expect((await t.invoke()).status).toBe(502);
});

test("runs sequences, and is run by them", async () => {
  const t = await start(through({ action: "pair" }, { params: { conducted: true } }));
  const exec = (...names: string[]) => ({ exec: { kind: "sequence", components: names.map((name) => `/_/${name}`) } });
  await t.put("/_/actions/pair", exec("one", "two"));
  await t.put("/_/actions/s", exec("c", "two"));
  const { body } = await t.post("/_/actions/s?blocking=true");
  expect(body.response.result).toEqual({ conducted: true, did: "two" });
  const [composition] = (await t.record(body.activationId)).logs;
  expect(await t.record(composition)).toMatchObject({ name: "c", cause: body.activationId });
});

describe("nothing is opened by a conductor:", () => {
  test("it runs for a key only what that may invoke", async () => {
    const t = await start(through({ action: "one" }, { params: { recovered: true } }));
    const key = t.as(principal(["invoke:c"], "dof_v1_2"));
    expect((await key.post("/_/actions/c?blocking=true")).status).toBe(200);
    const error = `Failed entitlement check for action with name '${NAMESPACE}/one' during composition.`;
    expect(t.calls).toEqual([{}, { error, step: 1 }]);
  });

  test("whoever deploys one could run everything that it may ever name", async () => {
    const t = await start(() => ({}));
    const body = source("conduct", { annotations: [{ key: "conductor", value: true }] });
    const deploy = (...grants: string[]) => t.as(principal(grants, grants.join())).put("/_/actions/mine", body);
    expect((await deploy("deploy:mine")).status).toBe(403);
    expect((await deploy("deploy:mine", "invoke:p/*")).status).toBe(403);
    expect((await deploy("deploy:mine", "invoke")).status).toBe(200);
    const update = t.as(principal(["deploy:mine"], "dof_v1_4")).put("/_/actions/mine?overwrite=true", source("1;"));
    expect((await update).status).toBe(403);
  });
});
