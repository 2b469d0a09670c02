import { describe, expect, test } from "vitest";
import { createInstantRuntime, outcome } from "../../../test/instant-runtime.ts";
import {
  ECHO,
  NAMESPACE,
  principal,
  source,
  startTestFunctions,
  type TestFunctionsOptions,
} from "../../../test/start-test-functions.ts";
import type { JsonObject, JsonValue, Runtime } from "../../runtime/index.ts";

type Code = (value: JsonObject) => JsonValue;

/** What the actions of these tests do: their code is the name of one of these. */
const CODE: Readonly<Record<string, Code>> = {
  addA: (value) => ({ ...value, trace: `${value["trace"] ?? ""}a` }),
  addB: (value) => ({ ...value, trace: `${value["trace"] ?? ""}b` }),
  fail: () => ({ error: "as it should" }),
  list: () => [1, 2],
  echo: (value) => value,
};

/** A runtime that does as the code says, and takes ten milliseconds for each run. */
const run: Runtime["run"] = async (action, { value }) => {
  const code = await action.loadCode();
  const result = (CODE[code] ?? (() => null))(value as JsonObject);
  const times = { startedAt: 0, endedAt: 10 };
  if (code === "crash") return outcome({ error: "crashed" }, { ...times, status: "developer_error" });
  if (typeof result !== "object" || result === null || !("error" in result)) return outcome(result, times);
  return outcome({ error: result["error"] ?? null }, { ...times, status: "application_error" });
};

async function start(options: TestFunctionsOptions = {}) {
  const t = await startTestFunctions({ runtime: createInstantRuntime(run), ...options });
  for (const name of [...Object.keys(CODE), "crash"]) await t.put(`/_/actions/${name}`, source(name));
  const sequence = (name: string, components: readonly string[], more: object = {}) =>
    t.put(`/_/actions/${name}?overwrite=true`, {
      exec: { kind: "sequence", components: components.map((component) => `/_/${component}`) },
      ...more,
    });
  const invoke = (name: string, payload?: unknown) => t.post(`/_/actions/${name}?blocking=true`, payload);
  const record = async (id: string) => (await t.get(`/_/activations/${id}`)).body;
  return { ...t, sequence, invoke, record };
}

type Annotated = { annotations: { key: string; value: unknown }[] };
const annotation = ({ annotations }: Annotated, name: string): unknown =>
  annotations.find(({ key }) => key === name)?.value;

describe("a sequence", () => {
  test("is shown as what it runs, with the parameters that OpenWhisk gives it, and no code", async () => {
    const t = await start();
    const made = await t.sequence("s", ["addA", "addB"], {
      parameters: [{ key: "mine", value: 1 }],
      limits: { timeout: 100, memory: 512 },
    });
    const components = [`/${NAMESPACE}/addA`, `/${NAMESPACE}/addB`];
    expect(made).toMatchObject({ status: 200 });
    expect(made.body.exec).toEqual({ kind: "sequence", components });
    expect(made.body.parameters).toEqual([{ key: "_actions", value: components }]);
    expect(made.body.limits).toMatchObject({ timeout: 3000, memory: 256 });
    expect(annotation(made.body, "exec")).toBe("sequence");
    expect((await t.get("/_/actions/s")).body).toEqual(made.body);
    expect((await t.get("/_/actions/s?code=false")).body).toEqual(made.body);
    const listed = (await t.get("/_/actions")).body.find(({ name }: { name: string }) => name === "s");
    expect(listed).toMatchObject({ exec: { binary: false }, annotations: made.body.annotations });
    expect((await t.delete("/_/actions/s")).body).toEqual(made.body);
  });

  test("becomes an action and back, with nothing left of what it was", async () => {
    const t = await start();
    await t.sequence("s", ["addA"]);
    const plain = await t.put("/_/actions/s?overwrite=true", ECHO);
    expect(plain.body).toMatchObject({ version: "0.0.2", parameters: [], exec: { code: expect.any(String) } });
    expect((await t.sequence("s", ["addA"])).body).toMatchObject({ version: "0.0.3" });
    expect((await t.put("/_/actions/s?overwrite=true", {})).body.exec.components).toEqual([`/${NAMESPACE}/addA`]);
    expect((await t.store.db.selectFrom("function_code").selectAll().execute()).length).toBe(6);
  });

  test.each([
    { what: "no components", exec: { kind: "sequence" }, says: "'components' must be defined for sequence kind" },
    {
      what: "components as text",
      exec: { kind: "sequence", components: "/_/echo" },
      says: "'components' must be an array",
    },
    { what: "numbers", exec: { kind: "sequence", components: [1] }, says: "'components' must be an array" },
    {
      what: "a name without a namespace",
      exec: { kind: "sequence", components: ["echo"] },
      says: "requirement failed: The fully qualified name of the entity must contain at least the namespace and the name of the entity.",
    },
  ])("with $what is malformed", async ({ exec, says }) => {
    const t = await start();
    const error = `The request content was malformed:\n${says}`;
    expect(await t.put("/_/actions/s", { exec })).toMatchObject({ status: 400, body: { error } });
  });

  test.each([
    { components: [], error: "No component specified for the sequence." },
    { components: ["none"], error: "Sequence component does not exist." },
    { components: ["echo", "p/none"], error: "Sequence component does not exist." },
    { components: ["t"], error: "Sequence component does not exist." },
    { components: Array(51).fill("echo"), error: "Too many actions in the sequence." },
    { components: Array(26).fill("pair"), error: "Too many actions in the sequence." },
    { components: ["s"], error: "Sequence may not refer to itself." },
  ])("of %j is refused", async ({ components, error }) => {
    const t = await start();
    await t.put("/_/triggers/t", {});
    await t.put("/_/packages/p", {});
    await t.sequence("pair", ["echo", "echo"]);
    expect(await t.sequence("s", components)).toMatchObject({ status: 400, body: { error } });
    expect((await t.get("/_/actions/s")).status).toBe(404);
    expect((await t.sequence("s", Array(25).fill("pair"))).status).toBe(200);
  });

  test("cannot be made to run itself, by way of another sequence or a binding", async () => {
    const t = await start();
    const circular = { status: 400, body: { error: "Sequence may not refer to itself." } };
    await t.sequence("one", ["echo"]);
    await t.sequence("two", ["one"]);
    await t.sequence("three", ["two"]);
    expect(await t.sequence("one", ["echo", "three"])).toMatchObject(circular);
    await t.put("/_/packages/p", {});
    await t.put("/_/packages/bound", { binding: { namespace: "_", name: "p" } });
    await t.sequence("p/s", ["echo"]);
    expect(await t.sequence("p/s", ["bound/s"])).toMatchObject(circular);
  });
});

describe("running a sequence", () => {
  test("gives each component what the one before it gave, over its own parameters", async () => {
    const t = await start();
    await t.put("/_/actions/addB?overwrite=true", { parameters: [{ key: "own", value: "b" }] });
    await t.put("/_/actions/echo?overwrite=true", { parameters: [{ key: "trace", value: "nothing" }] });
    await t.sequence("s", ["addA", "addB", "echo"]);
    const { status, body } = await t.invoke("s", { error: "no hindrance", n: 1 });
    expect(status).toBe(502);
    expect(body.response.result).toEqual({ error: "no hindrance" });
    expect((await t.invoke("s", { n: 1 })).body.response.result).toEqual({ n: 1, trace: "ab", own: "b" });
    expect((await t.post("/_/actions/s?blocking=true&result=true")).body).toEqual({ trace: "ab", own: "b" });
  });

  test("leaves a record of the whole and one of each component", async () => {
    const t = await start();
    await t.put("/_/actions/addB?overwrite=true", { limits: { memory: 512 } });
    await t.sequence("inner", ["addB", "addB"]);
    await t.sequence("outer", ["addA", "inner"]);
    const { body, headers } = await t.invoke("outer");
    expect(headers["x-openwhisk-activation-id"]).toBe(body.activationId);
    const outer = await t.record(body.activationId);
    expect(outer).toMatchObject({ name: "outer", duration: 30, statusCode: 0, response: { result: { trace: "abb" } } });
    expect(outer).not.toHaveProperty("cause");
    expect(outer.annotations).toEqual([
      { key: "path", value: `${NAMESPACE}/outer` },
      { key: "waitTime", value: 0 },
      { key: "kind", value: "sequence" },
      { key: "topmost", value: true },
      { key: "limits", value: { timeout: 3000, memory: 512, logs: 10, concurrency: 1 } },
      { key: "user_id", value: "user-1" },
      { key: "access_key_id", value: "dof_v1_1" },
    ]);
    expect(outer.logs).toHaveLength(2);
    const [first, inner] = await Promise.all(outer.logs.map(t.record));
    expect(first).toMatchObject({ name: "addA", cause: body.activationId, duration: 10 });
    expect(annotation(first, "causedBy")).toBe("sequence");
    expect(annotation(first, "access_key_id")).toBe("dof_v1_1");
    expect(annotation(first, "topmost")).toBeUndefined();
    expect(inner).toMatchObject({ name: "inner", cause: body.activationId, duration: 20 });
    expect(annotation(inner, "topmost")).toBe(false);
    expect(annotation(inner, "causedBy")).toBe("sequence");
    for (const part of await Promise.all(inner.logs.map(t.record))) {
      expect(part).toMatchObject({ name: "addB", cause: inner.activationId });
    }
    expect((await t.get("/_/activations?count=true")).body).toEqual({ activations: 5 });
  });

  test.each([
    { failing: "fail", code: 1, error: "as it should" },
    { failing: "crash", code: 2, error: "crashed" },
  ])("ends with the first component that fails: $failing", async ({ failing, code, error }) => {
    const t = await start();
    await t.sequence("s", ["addA", failing, "addB"]);
    const { status, body } = await t.invoke("s");
    expect(status).toBe(502);
    expect(await t.record(body.activationId)).toMatchObject({
      statusCode: code,
      duration: 20,
      response: { result: { error } },
      logs: [expect.any(String), expect.any(String)],
    });
  });

  test("fails when a component is gone, and when it has grown too long", async () => {
    const t = await start();
    await t.sequence("inner", Array(40).fill("addA"));
    await t.sequence("s", ["inner", "addB"]);
    await t.sequence("inner", Array(50).fill("addA"));
    const tooLong = await t.invoke("s");
    expect(tooLong).toMatchObject({ status: 502 });
    expect(tooLong.body.response.result).toEqual({ error: "Too many actions in the sequence." });
    await t.delete("/_/actions/inner");
    const gone = await t.invoke("s");
    expect(gone).toMatchObject({ status: 502, body: { statusCode: 1 } });
    expect(gone.body.response.result).toEqual({ error: "Sequence component does not exist." });
  });

  test("hands on a list as it is", async () => {
    const t = await start();
    await t.put("/_/actions/echo?overwrite=true", { parameters: [{ key: "own", value: 1 }] });
    await t.sequence("s", ["list", "echo"]);
    expect((await t.invoke("s")).body).toEqual([1, 2]);
  });

  test("counts as one invocation", async () => {
    const t = await start({ limits: { invocationsPerMinute: 1, concurrentInvocations: 1 } });
    await t.sequence("s", ["addA", "addB", "echo"]);
    expect((await t.invoke("s")).status).toBe(200);
    expect((await t.invoke("s")).status).toBe(429);
  });

  test("that nobody waits for runs all the same", async () => {
    const t = await start();
    await t.sequence("s", ["addA", "addB"]);
    const { status, body } = await t.post("/_/actions/s");
    expect(status).toBe(202);
    await t.functions.drain();
    expect(await t.record(body.activationId)).toMatchObject({ response: { result: { trace: "ab" } } });
  });

  test("over the web tells the request to its first component alone", async () => {
    const t = await start();
    await t.put("/_/actions/addA?overwrite=true", source("addA"));
    await t.sequence("s", ["addA", "echo"], { annotations: [{ key: "web-export", value: true }] });
    const web = (query = "") => t.app.inject({ method: "GET", url: `/api/v1/web/${NAMESPACE}/default/s.json${query}` });
    expect((await web("?n=1")).json()).toMatchObject({ n: "1", trace: "a", __ow_method: "get" });
    await t.put("/_/actions/addA?overwrite=true", source("list"));
    expect((await web()).json()).toEqual([1, 2]);
    const [record] = (await t.get("/_/activations?name=echo&docs=true&limit=1")).body;
    expect(annotation(record, "access_key_id")).toBeUndefined();
  });
});

describe("nothing is opened by a sequence:", () => {
  test("a key runs one only with grants for all that it runs, nested or not", async () => {
    const t = await start();
    await t.sequence("inner", ["addB"]);
    await t.sequence("s", ["addA", "inner"]);
    const invoke = (...grants: string[]) => t.as(principal(grants, grants.join())).post("/_/actions/s?blocking=true");
    expect(await invoke("invoke:s")).toMatchObject({
      status: 403,
      body: { error: expect.stringMatching(`'${NAMESPACE}/inner, ${NAMESPACE}/addB, ${NAMESPACE}/addA'`) },
    });
    expect((await invoke("invoke:s", "invoke:addA", "invoke:inner")).status).toBe(403);
    expect((await invoke("invoke:s", "invoke:addA", "invoke:inner", "invoke:addB")).status).toBe(200);
  });

  test("a key deploys one only of what it may have run, so that nobody can call the rest through it over the web", async () => {
    const t = await start();
    const web = { annotations: [{ key: "web-export", value: true }] };
    const exec = { kind: "sequence", components: ["/_/addA"] };
    const deploy = (...grants: string[]) =>
      t.as(principal(grants, grants.join())).put("/_/actions/mine", { exec, ...web });
    expect((await deploy("deploy:mine")).status).toBe(403);
    expect((await deploy("deploy:mine", "read:addA")).status).toBe(403);
    expect((await deploy("deploy:mine", "invoke:addA")).status).toBe(200);
  });

  test("what is fixed in its first component stays so", async () => {
    const t = await start();
    const final = { annotations: [{ key: "final", value: true }], parameters: [{ key: "url", value: "https://ours" }] };
    await t.put("/_/actions/echo?overwrite=true", final);
    await t.sequence("s", ["echo"]);
    await t.sequence("outer", ["s"]);
    for (const name of ["s", "outer"]) {
      expect((await t.invoke(name, { url: "https://theirs" })).status).toBe(400);
      expect((await t.invoke(name, { n: 1 })).body.response.result).toEqual({ url: "https://ours", n: 1 });
    }
  });

  test("what became of a part is seen by who may read it, and by the key that asked", async () => {
    const t = await start();
    await t.sequence("s", ["addA"]);
    const { body } = await t.invoke("s");
    const [part] = (await t.record(body.activationId)).logs;
    expect((await t.as(principal(["read:s"], "dof_v1_2")).get(`/_/activations/${part}`)).status).toBe(404);
    expect((await t.as(principal(["read:addA"], "dof_v1_3")).get(`/_/activations/${part}`)).status).toBe(200);
  });
});
