import { describe, expect, test } from "vitest";
import { ECHO, NAMESPACE, principal, source, startTestFunctions } from "../../../test/start-test-functions.ts";

const malformed = (detail: string) => `The request content was malformed:\n${detail}`;

describe("putting an action", () => {
  test("answers 200 with what is stored, server's fields included", async () => {
    const { put, clock } = await startTestFunctions();
    const { status, body } = await put("/_/actions/hello", {
      exec: { kind: "nodejs:default", code: "exports.main = () => ({})", main: "main", binary: true },
      annotations: [{ key: "web-export", value: true }],
      parameters: [
        { key: "greeting", value: "hi" },
        { key: "DB", value: "postgres://example", init: true },
        { key: "plain", value: null, init: false, encryption: null },
      ],
      limits: { memory: 512 },
      namespace: "ignored",
      name: "ignored",
      updated: 1,
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      namespace: NAMESPACE,
      name: "hello",
      version: "0.0.1",
      publish: false,
      updated: clock.now(),
      annotations: [
        { key: "web-export", value: true },
        { key: "provide-api-key", value: false },
        { key: "exec", value: "nodejs:24" },
      ],
      parameters: [
        { key: "greeting", value: "hi" },
        { key: "DB", value: "postgres://example", init: true },
        { key: "plain", value: null },
      ],
      limits: { timeout: 3000, memory: 512, logs: 10, concurrency: 1 },
      exec: { kind: "nodejs:24", code: "exports.main = () => ({})", binary: false, main: "main" },
    });
  });

  test("again without overwrite is a conflict, and changes nothing", async () => {
    const { put, get } = await startTestFunctions();
    await put("/_/actions/a", source("1 "));
    const again = await put("/_/actions/a", source("2 "));
    expect(again).toMatchObject({ status: 409, body: { error: "resource already exists" } });
    expect((await get("/_/actions/a")).body).toMatchObject({ version: "0.0.1", exec: { code: "1 " } });
  });

  test("with overwrite keeps what is not said: code, limits, parameters, publish", async () => {
    const { put } = await startTestFunctions();
    const first = { ...source("exports.main = 1;"), limits: { timeout: 5000 }, publish: true };
    await put("/_/actions/a", { ...first, parameters: [{ key: "k", value: 1 }] });
    const { body } = await put("/_/actions/a?overwrite=true", { limits: { logs: 1 } });
    expect(body).toMatchObject({
      version: "0.0.2",
      publish: true,
      parameters: [{ key: "k", value: 1 }],
      limits: { timeout: 5000, memory: 256, logs: 1, concurrency: 1 },
      exec: { kind: "nodejs:24", code: "exports.main = 1;" },
    });
  });

  test("replaces the whole list of parameters, and merges annotations", async () => {
    const { put } = await startTestFunctions();
    await put("/_/actions/a", {
      ...ECHO,
      parameters: [{ key: "old", value: 1 }],
      annotations: [
        { key: "x", value: 1 },
        { key: "y", value: 1 },
      ],
    });
    const { body } = await put("/_/actions/a?overwrite=true", {
      parameters: [
        { key: "new", value: 1 },
        { key: "new", value: 2 },
      ],
      annotations: [{ key: "x", value: 2 }],
      delAnnotations: ["y"],
    });
    expect(body.parameters).toEqual([{ key: "new", value: 2 }]);
    expect(body.annotations.slice(0, -2)).toEqual([{ key: "x", value: 2 }]);
  });

  test("with other code forgets the code it had", async () => {
    const { put, store } = await startTestFunctions();
    await put("/_/actions/a", source("1;"));
    await put("/_/actions/a?overwrite=true", source("2;"));
    await put("/_/actions/a?overwrite=true", {});
    expect((await store.db.selectFrom("function_code").select("code").execute()).map(({ code }) => code)).toEqual([
      "2;",
    ]);
  });

  test("starts at 0.0.1 again after a deletion, and takes the version it is told", async () => {
    const { put, delete: remove } = await startTestFunctions();
    await put("/_/actions/a", ECHO);
    await put("/_/actions/a?overwrite=true", ECHO);
    await remove("/_/actions/a");
    expect((await put("/_/actions/a?overwrite=yes", ECHO)).body.version).toBe("0.0.1");
    expect((await put("/_/actions/a?overwrite=1", { version: "4.5.6" })).body.version).toBe("4.5.6");
    expect((await put("/_/actions/a?overwrite=true", {})).body.version).toBe("4.5.7");
  });

  test("over base64 says so in `binary`, whatever the client says", async () => {
    const { put } = await startTestFunctions();
    const exec = { kind: "nodejs:18", code: Buffer.from("PK..").toString("base64"), binary: false };
    expect((await put("/_/actions/zip", { exec })).body.exec).toMatchObject({ binary: true });
  });

  test.each([
    { what: "no body", body: undefined, says: "Request entity expected but not supplied" },
    { what: "an array", body: [], says: malformed("Object expected") },
    { what: "no exec for a new action", body: {}, says: "exec undefined" },
    { what: "exec that is no object", body: { exec: 1 }, says: malformed("'kind' must be a string defined in 'exec'") },
    {
      what: "exec without a kind",
      body: { exec: { code: "x" } },
      says: malformed("'kind' must be a string defined in 'exec'"),
    },
    {
      what: "an unknown kind",
      body: { exec: { kind: "cobol:1", code: "x" } },
      says: malformed(
        "The specified runtime 'cobol:1' is not supported by this platform. Valid values are: " +
          "'nodejs:14', 'nodejs:18', 'nodejs:20', 'nodejs:22', 'nodejs:24'.",
      ),
    },
    {
      what: "no code",
      body: { exec: { kind: "nodejs:18" } },
      says: malformed("'code' must be a string or attachment object defined in 'exec' for 'nodejs:18' actions"),
    },
    { what: "parameters as an object", body: { ...ECHO, parameters: {} }, says: malformed("parameters malformed!") },
    {
      what: "a parameter without a value",
      body: { ...ECHO, parameters: [{ key: "a" }] },
      says: malformed("parameters malformed!"),
    },
    {
      what: "a parameter without a key",
      body: { ...ECHO, parameters: [{ key: "", value: 1 }] },
      says: malformed("parameters malformed!"),
    },
    {
      what: "annotations as text",
      body: { ...ECHO, annotations: "x" },
      says: malformed("annotations malformed!"),
    },
    {
      what: "half a millisecond",
      body: { ...ECHO, limits: { timeout: 100.5 } },
      says: malformed("time limit must be whole number"),
    },
    {
      what: "memory as text",
      body: { ...ECHO, limits: { memory: "256" } },
      says: malformed("memory limit must be whole number"),
    },
    {
      what: "logs as text",
      body: { ...ECHO, limits: { logs: "1" } },
      says: malformed("log limit must be whole number"),
    },
    {
      what: "too long a time",
      body: { ...ECHO, limits: { timeout: 900_001 } },
      says: "duration 900001 milliseconds exceeds allowed threshold of 900000 milliseconds",
    },
    {
      what: "a value nested without end",
      body: `{"parameters":[{"key":"k","value":${"[".repeat(100_000)}${"]".repeat(100_000)}}]}`,
      says: malformed("The value is nested too deeply."),
    },
    {
      what: "a version of two parts",
      body: { ...ECHO, version: "1.2" },
      says: malformed("semantic version malformed"),
    },
  ])("with $what is a 400 that says so", async ({ body, says }) => {
    const { put } = await startTestFunctions();
    const answer = await put("/_/actions/a", body);
    expect(answer).toMatchObject({ status: 400, body: { error: says } });
    expect(answer.body.code).toBe(answer.headers["x-request-id"]);
  });

  test("with JSON that is none, or none at all, says 400 and 415", async () => {
    const { put, app } = await startTestFunctions();
    expect((await put("/_/actions/a", "{")).body.error).toMatch(/^The request content was malformed:\n./);
    const text = await app.inject({
      method: "PUT",
      url: "/api/v1/namespaces/_/actions/a",
      headers: { "content-type": "text/plain" },
      payload: "{}",
    });
    expect(text.statusCode).toBe(415);
    expect(text.json().error).toBe("The request's Content-Type is not supported. Expected:\napplication/json");
  });

  test("judges limits before kinds, and kinds before whether the name is taken", async () => {
    const { put } = await startTestFunctions();
    await put("/_/actions/a", ECHO);
    const all = await put("/_/actions/a", { exec: { kind: "no:1", code: "" }, limits: { memory: 1 } });
    expect(all.body.error).toMatch(/^memory size/);
    expect((await put("/_/actions/a", { exec: { kind: "no:1", code: "" } })).body.error).toContain("no:1");
  });

  test.each([
    {
      what: "exec",
      body: source("x".repeat(50_331_649)),
      says: "exec larger than allowed: 50331649 > 50331648 bytes.",
    },
    {
      what: "parameters",
      body: { ...ECHO, parameters: [{ key: "k", value: "x".repeat(1_048_576) }] },
      says: "parameters larger than allowed: 1048579 > 1048576 bytes.",
    },
    {
      what: "annotations",
      body: { ...ECHO, annotations: [{ key: "k", value: "x".repeat(1_048_576) }] },
      says: "annotations larger than allowed: 1048579 > 1048576 bytes.",
    },
  ])("with $what above its limit is a 413", async ({ body, says }) => {
    const { put } = await startTestFunctions();
    expect(await put("/_/actions/a", body)).toMatchObject({ status: 413, body: { error: says } });
  });

  test("with code as large as allowed works", async () => {
    const { put, get } = await startTestFunctions();
    const code = "x".repeat(50_331_648);
    expect((await put("/_/actions/a", source(code))).status).toBe(200);
    expect((await get("/_/actions/a")).body.exec.code).toHaveLength(code.length);
  });

  test("keys that JavaScript has a use for are keys like any other", async () => {
    const { put, get } = await startTestFunctions();
    const list = `[{"key":"__proto__","value":{"a":1}},{"key":"constructor","value":1}]`;
    const body = `{"exec":{"kind":"nodejs:18","code":""},"__proto__":{"publish":true},"parameters":${list},"annotations":${list}}`;
    expect((await put("/_/actions/a", body)).status).toBe(200);
    const stored = (await get("/_/actions/a")).body;
    expect(stored.publish).toBe(false);
    expect(stored.parameters).toEqual(JSON.parse(list));
    expect(stored.annotations.slice(0, 2)).toEqual(JSON.parse(list));
  });

  test("of two at once without overwrite exactly one succeeds", async () => {
    const { put, get } = await startTestFunctions();
    const answers = await Promise.all(["1;", "2;", "3;"].map((code) => put("/_/actions/a", source(code))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await get("/_/actions/a")).body.exec.code).toBe(winner?.body.exec.code);
  });

  test("of many at once with overwrite all succeed, each with a version of its own", async () => {
    const { put } = await startTestFunctions();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => put("/_/actions/a?overwrite=true", source(`${index};`))),
    );
    const versions = new Set(answers.map(({ body }) => body.version));
    expect(versions.size).toBe(10);
  });
});

describe("getting an action", () => {
  test("shows its code unless told not to", async () => {
    const { put, get } = await startTestFunctions();
    await put("/_/actions/a", source("exports.main = 1;"));
    expect((await get("/_/actions/a")).body.exec.code).toBe("exports.main = 1;");
    expect((await get("/_/actions/a?code=false")).body.exec).toEqual({ kind: "nodejs:24", binary: false });
    expect(await get("/_/actions/a?code=perhaps")).toMatchObject({
      status: 400,
      body: { error: "The query parameter 'code' was malformed:\n'perhaps' is not a valid Boolean value" },
    });
  });

  test("shows its package's parameters under its own", async () => {
    const { put, get } = await startTestFunctions();
    await put("/_/packages/p", {
      parameters: [
        { key: "shared", value: "package" },
        { key: "mine", value: "package" },
      ],
    });
    const stored = await put("/_/actions/p/a", { ...ECHO, parameters: [{ key: "mine", value: "action", init: true }] });
    expect(stored.body.parameters).toEqual([{ key: "mine", value: "action", init: true }]);
    expect((await get("/_/actions/p/a")).body.parameters).toEqual([
      { key: "shared", value: "package" },
      { key: "mine", value: "action", init: true },
    ]);
  });

  test.each([
    { path: "/_/actions/none", says: "The requested resource does not exist." },
    { path: "/_/actions/none/a", says: `The requested resource '${NAMESPACE}/none' does not exist.` },
    { path: "/_/actions/default/a", says: `The requested resource '${NAMESPACE}/default' does not exist.` },
  ])("$path that is not there is a 404: $says", async ({ path, says }) => {
    const { get, put, delete: remove, post } = await startTestFunctions();
    for (const answer of [await get(path), await remove(path), await post(path)]) {
      expect(answer).toMatchObject({ status: 404, body: { error: says } });
    }
    if (path.includes("/a")) expect((await put("/_/actions/none/a", ECHO)).status).toBe(404);
  });
});

describe("deleting an action", () => {
  test("answers with what was there, and then it is gone", async () => {
    const { put, get, post, delete: remove, store } = await startTestFunctions();
    const { body } = await put("/_/actions/a", ECHO);
    expect(await remove("/_/actions/a")).toMatchObject({ status: 200, body });
    expect((await get("/_/actions/a")).status).toBe(404);
    expect((await post("/_/actions/a")).status).toBe(404);
    expect(await store.db.selectFrom("function_code").selectAll().execute()).toEqual([]);
  });
});

test("every change leaves an audit entry that says who did what under which key, and neither code nor values", async () => {
  const t = await startTestFunctions();
  const caller = t.as(principal(["full"], "dof_v1_of_ada"));
  const secret = { parameters: [{ key: "PASSWORD", value: "hunter2" }], annotations: [{ key: "n", value: "hush" }] };
  await caller.put("/_/packages/p", secret);
  await caller.put("/_/actions/p/a", { ...source("const code = 'c0de';"), ...secret });
  await caller.put("/_/actions/p/a?overwrite=true", secret);
  await caller.put("/_/actions/p/a", ECHO);
  await caller.delete("/_/packages/p?force=true");

  const entries = await t.store.db.selectFrom("audit_entries").selectAll().orderBy("seq").execute();
  expect(entries.map(({ verb, target_id, credential_id }) => [verb, target_id, credential_id])).toEqual([
    ["package.create", `${NAMESPACE}/p`, "dof_v1_of_ada"],
    ["function.create", `${NAMESPACE}/p/a`, "dof_v1_of_ada"],
    ["function.update", `${NAMESPACE}/p/a`, "dof_v1_of_ada"],
    ["function.delete", `${NAMESPACE}/p/a`, "dof_v1_of_ada"],
    ["package.delete", `${NAMESPACE}/p`, "dof_v1_of_ada"],
  ]);
  expect(JSON.stringify(entries)).not.toMatch(/hunter2|hush|c0de/);
  const changes = await t.store.db.selectFrom("changes").select("kind").execute();
  expect(changes).toHaveLength(entries.length);
});

test("a change whose audit entry cannot be written does not happen", async () => {
  const { put, get, store } = await startTestFunctions();
  await store.db.schema.alterTable("audit_entries").renameTo("gone").execute();
  expect((await put("/_/actions/a", ECHO)).status).toBe(500);
  expect((await get("/_/actions/a")).status).toBe(404);
  expect(await store.db.selectFrom("function_code").selectAll().execute()).toEqual([]);
});
