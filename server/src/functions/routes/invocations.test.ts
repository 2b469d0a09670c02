import { describe, expect, test } from "vitest";
import { ECHO, NAMESPACE, source, startTestFunctions, type TestFunctions } from "../../../test/start-test-functions.ts";

/** The record, once there is one: a 404 says that the function still runs. */
async function record({ get }: Pick<TestFunctions, "get">, id: string) {
  for (;;) {
    const answer = await get(`/_/activations/${id}`);
    if (answer.status !== 404) return answer.body;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("a blocking invocation", () => {
  test("answers with the whole record, or with the result alone", async () => {
    const { put, post } = await startTestFunctions();
    await put("/_/actions/echo", ECHO);
    const { status, body, headers } = await post("/_/actions/echo?blocking=true", { name: "Sam" });
    expect(status).toBe(200);
    expect(body).toEqual({
      activationId: expect.stringMatching(/^[0-9a-f]{32}$/),
      namespace: NAMESPACE,
      name: "echo",
      version: "0.0.1",
      subject: "user-1",
      publish: false,
      start: expect.any(Number),
      end: expect.any(Number),
      duration: body.end - body.start,
      statusCode: 0,
      annotations: [
        { key: "path", value: `${NAMESPACE}/echo` },
        { key: "waitTime", value: expect.any(Number) },
        { key: "kind", value: "nodejs:24" },
        { key: "timeout", value: false },
        { key: "limits", value: { timeout: 3000, memory: 256, logs: 10, concurrency: 1 } },
        { key: "user_id", value: "user-1" },
        { key: "access_key_id", value: "dof_v1_1" },
        { key: "initTime", value: expect.any(Number) },
      ],
      logs: [],
      response: { status: "success", success: true, result: { name: "Sam" }, size: 14 },
    });
    expect(headers["x-openwhisk-activation-id"]).toBe(body.activationId);

    const result = await post("/_/actions/echo?blocking=true&result=true", { name: "Sam" });
    expect(result).toMatchObject({ status: 200, body: { name: "Sam" } });
    expect(result.headers["x-openwhisk-activation-id"]).toMatch(/^[0-9a-f]{32}$/);
  });

  test("says a cold start from a warm one", async () => {
    const { put, post } = await startTestFunctions();
    await put("/_/actions/echo", ECHO);
    const annotations = async () =>
      (await post("/_/actions/echo?blocking=true")).body.annotations.map(({ key }: { key: string }) => key);
    expect(await annotations()).toContain("initTime");
    expect(await annotations()).not.toContain("initTime");
  });

  test.each([
    { what: "a result", code: "exports.main = () => ({ a: 1 })", status: 200, said: "success", result: { a: 1 } },
    {
      what: "an application error, which keeps nothing beside it",
      code: "exports.main = () => ({ error: 'no', other: 1 })",
      status: 502,
      said: "application error",
      result: { error: "no" },
    },
    {
      what: "a crash",
      code: "exports.main = () => process.exit(1)",
      status: 502,
      said: "action developer error",
      result: { error: expect.any(String) },
    },
    {
      what: "code that cannot be loaded",
      code: "this is no program",
      status: 502,
      said: "action developer error",
      result: { error: expect.any(String) },
    },
    {
      what: "a time limit",
      code: "exports.main = () => new Promise(() => {})",
      status: 502,
      said: "action developer error",
      result: { error: "The action exceeded its time limits of 100 milliseconds." },
    },
  ])("of $what answers $status", async ({ code, status, said, result }) => {
    const { put, post } = await startTestFunctions();
    await put("/_/actions/a", source(code, { limits: { timeout: 100 } }));
    const whole = await post("/_/actions/a?blocking=true");
    expect(whole).toMatchObject({ status, body: { response: { status: said, success: status === 200, result } } });
    expect(whole.body).not.toHaveProperty("code");
    const bare = await post("/_/actions/a?blocking=true&result=true");
    expect(bare).toMatchObject({ status, body: result });
    expect(bare.body).not.toHaveProperty("code");
  });

  test("that lasts longer than it is waited for goes on by itself", async () => {
    const t = await startTestFunctions();
    await t.put(
      "/_/actions/slow",
      source("exports.main = () => new Promise((done) => setTimeout(done, 300, { ok: 1 }))"),
    );
    const { status, body, headers } = await t.post("/_/actions/slow?blocking=true&result=true&timeout=50");
    expect(status).toBe(202);
    expect(body).toEqual({ activationId: headers["x-openwhisk-activation-id"] });
    expect((await t.get(`/_/activations/${body.activationId}`)).status).toBe(404);
    expect(await record(t, body.activationId)).toMatchObject({ statusCode: 0, response: { result: { ok: 1 } } });
  });

  test("is waited for no longer than the operator allows", async () => {
    const { put, post } = await startTestFunctions({ limits: { blockingWaitMs: 50 } });
    await put("/_/actions/slow", source("exports.main = () => new Promise((done) => setTimeout(done, 300, {}))"));
    expect((await post("/_/actions/slow?blocking=true&timeout=60000")).status).toBe(202);
  });

  test.each(["0", "60001", "x", "1.5", "-1", ""])("with timeout=%s is a 400", async (timeout) => {
    const { put, post } = await startTestFunctions();
    await put("/_/actions/echo", ECHO);
    const error = "The query parameter 'timeout' was malformed:\nTimeout must be number of milliseconds up to 60000.";
    expect(await post(`/_/actions/echo?blocking=true&timeout=${timeout}`)).toMatchObject({
      status: 400,
      body: { error },
    });
  });
});

describe("a non-blocking invocation", () => {
  test("answers 202 at once with the id under which the record will be found", async () => {
    const t = await startTestFunctions();
    await t.put("/_/actions/a", source("exports.main = () => { console.log('hello'); return { ok: 1 }; }"));
    for (const query of ["", "?blocking=false", "?result=true"]) {
      const { status, body, headers } = await t.post(`/_/actions/a${query}`);
      expect(status).toBe(202);
      expect(body).toEqual({ activationId: headers["x-openwhisk-activation-id"] });
      const { response, logs } = await record(t, body.activationId);
      expect(response.result).toEqual({ ok: 1 });
      expect(logs).toEqual([expect.stringMatching(/^\S{20,30} stdout: hello$/)]);
    }
  });

  test("that was accepted is on record after a drain", async () => {
    const t = await startTestFunctions();
    await t.put("/_/actions/slow", source("exports.main = () => new Promise((done) => setTimeout(done, 200, {}))"));
    const ids = await Promise.all([1, 2, 3].map(async () => (await t.post("/_/actions/slow")).body.activationId));
    await t.functions.drain();
    for (const id of ids) expect((await t.get(`/_/activations/${id}`)).status).toBe(200);
  });
});

describe("what a function is called with", () => {
  test("is package under action under payload, without what belongs to the environment", async () => {
    const { put, post } = await startTestFunctions();
    const all = (layer: string, ...keys: string[]) => keys.map((key) => ({ key, value: layer }));
    await put("/_/packages/p", {
      parameters: [...all("package", "a", "b", "c"), { key: "VARIABLE", value: { x: 1 }, init: true }],
    });
    const code = "exports.main = (args) => ({ args, variable: process.env.VARIABLE })";
    await put("/_/actions/p/a", source(code, { parameters: all("action", "b", "c") }));
    const { body } = await post("/_/actions/p/a?blocking=true&result=true", { c: "payload", VARIABLE: "argument" });
    expect(body).toEqual({
      args: { a: "package", b: "action", c: "payload", VARIABLE: "argument" },
      variable: '{"x":1}',
    });
  });

  test("takes keys that JavaScript has a use for as keys like any other", async () => {
    const { put, post } = await startTestFunctions();
    const code =
      "exports.main = (args) => ({ keys: Object.keys(args), own: Object.hasOwn(args, '__proto__'), admin: args.admin === true })";
    await put("/_/actions/a", source(code, { parameters: [{ key: "x", value: 1 }] }));
    const { body } = await post(
      "/_/actions/a?blocking=true&result=true",
      '{"__proto__":{"admin":true},"constructor":1}',
    );
    expect(body).toEqual({ keys: ["x", "__proto__", "constructor"], own: true, admin: false });
  });

  test("is the last of two values that a payload has under one key", async () => {
    const { put, post } = await startTestFunctions();
    await put("/_/actions/echo", ECHO);
    expect((await post("/_/actions/echo?blocking=true&result=true", '{"a":1,"a":2}')).body).toEqual({ a: 2 });
  });

  test("never includes the caller's key", async () => {
    const { put, post } = await startTestFunctions();
    const annotations = [{ key: "provide-api-key", value: true }];
    const code = "exports.main = (args, context) => ({ env: process.env, args, context })";
    await put("/_/actions/a", source(code, { annotations }));
    const { body } = await post("/_/actions/a?blocking=true&result=true");
    expect(JSON.stringify(body)).not.toMatch(/dof_v1_|dofs_v1_|Basic/);
  });

  test.each([
    { what: "nothing", payload: undefined, status: 200 },
    { what: "an empty object", payload: {}, status: 200 },
    { what: "an array", payload: [], status: 400 },
    { what: "null", payload: "null", status: 400 },
    { what: "a number", payload: "1", status: 400 },
    { what: "no JSON", payload: "{", status: 400 },
    { what: "JSON nested without end", payload: `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`, status: 400 },
  ])("may be $what: $status", async ({ payload, status }) => {
    const { put, post } = await startTestFunctions();
    await put("/_/actions/a", source("exports.main = () => ({})"));
    const answer = await post("/_/actions/a?blocking=true&result=true", payload);
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.body.error).toMatch(/^The request content was malformed:\n./);
  });

  test("has to be JSON by its type too, unless there is none", async () => {
    const { put, app } = await startTestFunctions();
    await put("/_/actions/echo", ECHO);
    const post = (type: string, payload: string) =>
      app.inject({
        method: "POST",
        url: "/api/v1/namespaces/_/actions/echo",
        headers: { "content-type": type },
        payload,
      });
    expect((await post("text/plain", "{}")).statusCode).toBe(415);
    expect((await post("application/json; charset=utf-8", "{}")).statusCode).toBe(202);
    expect((await post("application/json", "")).statusCode).toBe(202);
  });

  test("is at most 1 MiB", async () => {
    const { put, post } = await startTestFunctions();
    await put("/_/actions/size", source("exports.main = ({ a }) => ({ length: a.length })"));
    const sized = (bytes: number) => `{"a":"${"x".repeat(bytes - 8)}"}`;
    expect((await post("/_/actions/size?blocking=true&result=true", sized(1_048_576))).body).toEqual({
      length: 1_048_568,
    });
    expect(await post("/_/actions/size?blocking=true", sized(1_048_577))).toMatchObject({
      status: 413,
      body: { error: "Request larger than allowed: 1048577 > 1048576 bytes." },
    });
  });

  test("cannot override what a final action has a value for, its package's values included", async () => {
    const { put, post } = await startTestFunctions();
    await put("/_/packages/p", { parameters: [{ key: "shared", value: 1 }] });
    const parameters = [
      { key: "set", value: false },
      { key: "open", value: null },
      { key: "VARIABLE", value: "x", init: true },
    ];
    await put("/_/actions/p/a", { ...ECHO, parameters, annotations: [{ key: "final", value: true }] });
    const error = "Request defines parameters that are not allowed (e.g., reserved properties).";
    for (const key of ["shared", "set", "VARIABLE"]) {
      expect(await post("/_/actions/p/a?blocking=true", { [key]: 2 })).toMatchObject({ status: 400, body: { error } });
    }
    expect((await post("/_/actions/p/a?blocking=true&result=true", { open: 2, other: 3 })).body).toEqual({
      shared: 1,
      set: false,
      open: 2,
      other: 3,
    });
    await put("/_/actions/p/a?overwrite=true", { annotations: [{ key: "final", value: "true" }] });
    expect((await post("/_/actions/p/a?blocking=true", { set: 2 })).status).toBe(200);
  });
});

test("an update is what the next invocation runs, and so is an update of the package's variables", async () => {
  const { put, post } = await startTestFunctions();
  const run = async () => (await post("/_/actions/p/a?blocking=true&result=true")).body;
  await put("/_/packages/p", { parameters: [{ key: "V", value: "one", init: true }] });
  await put("/_/actions/p/a", source("exports.main = () => ({ code: 1, v: process.env.V })"));
  expect(await run()).toEqual({ code: 1, v: "one" });
  await put("/_/actions/p/a?overwrite=true", source("exports.main = () => ({ code: 2, v: process.env.V })"));
  expect(await run()).toEqual({ code: 2, v: "one" });
  await put("/_/packages/p?overwrite=true", { parameters: [{ key: "V", value: "two", init: true }] });
  expect(await run()).toEqual({ code: 2, v: "two" });
  await put("/_/actions/p/a?overwrite=true", { parameters: [{ key: "V", value: "three", init: true }] });
  expect(await run()).toEqual({ code: 2, v: "three" });
});

test("updates and invocations at once: every answer comes from one version, whole, and the last one stands", async () => {
  const { put, post } = await startTestFunctions();
  const version = (n: number) =>
    source(`exports.main = () => ({ code: ${n}, v: process.env.V })`, {
      parameters: [{ key: "V", value: `${n}`, init: true }],
    });
  await put("/_/actions/a", version(0));
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      if (n % 4 === 0) await put("/_/actions/a?overwrite=true", version(n));
      return (await post("/_/actions/a?blocking=true&result=true")).body;
    }),
  );
  for (const { code, v } of answers) expect(v).toBe(`${code}`);
  await put("/_/actions/a?overwrite=true", version(100));
  expect((await post("/_/actions/a?blocking=true&result=true")).body).toEqual({ code: 100, v: "100" });
});
