import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createInstantRuntime, outcome } from "../instant-runtime.ts";
import { source, startTestFunctions } from "../start-test-functions.ts";
import { type DataPlane, eventually, expectCases, sendTo, startDataPlane } from "./data-plane.ts";

const ABSENT = "The requested resource does not exist.";
const NO_ACTIVATION = "0".repeat(32);
const ECHO = "exports.main = (args) => args;";
const GATED = `exports.main = async () => { while (!require("fs").existsSync(process.env.GATE)) await new Promise((r) => setTimeout(r, 5)); return {}; };`;
const at = "/namespaces/_/actions" as const;
const records = "/namespaces/_/activations" as const;

const invokedId = async ({ send }: DataPlane, name: string): Promise<string> => {
  const { headers } = await send(`POST ${at}/${name}?blocking=true`);
  return headers.get("x-openwhisk-activation-id") ?? "";
};

test("POST .../actions/[{pkg}/]{name}: 200 result or record, 202, 400, 403, 404, 413, 415, 502", async () => {
  const plane = await startDataPlane();
  const { send, deploy, namespace, other } = plane;
  await deploy("echo", ECHO);
  await deploy("fixed", ECHO, {
    annotations: [{ key: "final", value: true }],
    parameters: [{ key: "who", value: "me" }],
  });
  await deploy("fails", "exports.main = () => ({ error: 'as told', beside: 1 });");
  await deploy("array", "exports.main = () => [1, 2];");
  await deploy("exits", "exports.main = () => process.exit(3);");
  await deploy("slow", "exports.main = () => new Promise((resolve) => setTimeout(resolve, 300, { late: true }));");
  await expectCases(send, [
    { ask: "PUT /namespaces/_/packages/tools", json: {}, status: 200 },
    { ask: `PUT ${at}/tools/echo`, json: source(ECHO), status: 200 },
    { ask: `POST ${at}/echo?blocking=true&result=true`, json: { a: 1 }, status: 200, body: { a: 1 } },
    { ask: `POST ${at}/echo?blocking=true&result=true`, status: 200, body: {} },
    {
      ask: `POST ${at}/echo?blocking=true&result=true`,
      status: 200,
      headers: { "content-type": "application/json" },
      body: {},
    },
    { ask: `POST ${at}/tools/echo?blocking=TRUE&result=true&timeout=60000`, json: {}, status: 200, body: {} },
    {
      ask: `POST /namespaces/${namespace}/actions/echo?blocking=true`,
      json: { a: 1 },
      status: 200,
      body: {
        namespace,
        name: "echo",
        version: "0.0.1",
        publish: false,
        logs: [],
        response: { status: "success", success: true, result: { a: 1 } },
      },
    },
    { ask: `POST ${at}/echo`, json: {}, status: 202, body: { activationId: expect.stringMatching(/^[0-9a-f]{32}$/) } },
    { ask: `POST ${at}/echo?result=true`, json: {}, status: 202 },
    { ask: `POST ${at}/slow?blocking=true&timeout=50`, status: 202, body: { activationId: expect.any(String) } },
    { ask: `POST ${at}/fails?blocking=true&result=true`, status: 502, body: { error: "as told" } },
    {
      ask: `POST ${at}/fails?blocking=true`,
      status: 502,
      body: { response: { status: "application error", success: false, result: { error: "as told" } } },
    },
    {
      ask: `POST ${at}/exits?blocking=true`,
      status: 502,
      body: { response: { status: "action developer error", success: false, result: { error: "command exited" } } },
    },
    {
      ask: `POST ${at}/array?blocking=true&result=true`,
      status: 502,
      body: { error: "The function did not return a dictionary." },
    },
    { ask: `POST ${at}/echo`, json: [1], status: 400, error: /^The request content was malformed:\n/ },
    {
      ask: `POST ${at}/echo`,
      text: "{",
      headers: { "content-type": "application/json; charset=utf-8" },
      status: 400,
      error: /^The request content was malformed:\n/,
    },
    {
      ask: `POST ${at}/echo?blocking=true&timeout=60001`,
      status: 400,
      error: "The query parameter 'timeout' was malformed:\nTimeout must be number of milliseconds up to 60000.",
    },
    { ask: `POST ${at}/echo?blocking=perhaps`, status: 400, error: /^The query parameter 'blocking' was malformed:\n/ },
    {
      ask: `POST ${at}/fixed?blocking=true`,
      json: { who: "you" },
      status: 400,
      error: "Request defines parameters that are not allowed (e.g., reserved properties).",
    },
    {
      ask: `POST /namespaces/${other}/actions/echo`,
      json: {},
      status: 403,
      error: `The supplied authentication is not authorized to access '${other}/echo'.`,
    },
    { ask: `POST ${at}/none`, json: {}, status: 404, error: ABSENT },
    { ask: `POST ${at}/none/echo`, json: {}, status: 404 },
    { ask: `POST ${at}/tools`, json: {}, status: 409 },
    { ask: `POST ${at}/echo`, json: {}, authorization: null, status: 401 },
    {
      ask: `POST ${at}/echo`,
      json: { a: "x".repeat(1_048_576) },
      status: 413,
      error: "Request larger than allowed: 1048584 > 1048576 bytes.",
    },
    {
      ask: `POST ${at}/echo`,
      text: "a=1",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      status: 415,
    },
  ]);
  const late = await send(`POST ${at}/slow?blocking=true&timeout=1`);
  const { activationId } = Object(late.body);
  const record = await eventually(
    () => send(`GET ${records}/${activationId}`),
    ({ status }) => status !== 404,
  );
  expect(record.body).toMatchObject({ activationId, response: { success: true, result: { late: true } } });
});

test("POST .../actions/{name}: 429 in both forms, which end with the minute and with the run", async () => {
  const perMinute = await startDataPlane({ environment: { LATCHKEY_INVOCATIONS_PER_MINUTE: "1" } });
  await perMinute.deploy("echo", ECHO);
  await expectCases(perMinute.send, [
    { ask: `POST ${at}/echo?blocking=true`, status: 200 },
    {
      ask: `POST ${at}/echo?blocking=true`,
      status: 429,
      error: "Too many requests in the last minute (count: 2, allowed: 1).",
    },
  ]);
  perMinute.clock.advance(60_000);
  await expectCases(perMinute.send, [{ ask: `POST ${at}/echo?blocking=true`, status: 200 }]);

  const atOnce = await startDataPlane({ environment: { LATCHKEY_CONCURRENT_INVOCATIONS: "1" } });
  const gate = `${atOnce.folder.cells}/../gate`;
  await atOnce.deploy("gated", GATED, { parameters: [{ key: "GATE", value: gate, init: true }] });
  const first = await atOnce.send(`POST ${at}/gated`);
  expect(first.status).toBe(202);
  await expectCases(atOnce.send, [
    {
      ask: `POST ${at}/gated?blocking=true`,
      status: 429,
      error: /^Too many concurrent requests in flight \(count: \d, allowed: 1\)\.$/,
    },
  ]);
  writeFileSync(gate, "");
  await eventually(
    () => atOnce.send(`GET ${records}/${Object(first.body).activationId}`),
    ({ status }) => status === 200,
  );
  await expectCases(atOnce.send, [{ ask: `POST ${at}/gated?blocking=true`, status: 200 }]);
});

test("POST .../actions/{name}: 500 for the platform's own failure, with a record and without the `code` of a refusal", async () => {
  const error = "Failed to provision resources to run the action.";
  const runtime = createInstantRuntime(async () => outcome({ error }, { status: "internal_error" }));
  const t = await startTestFunctions({ runtime });
  await t.put("/_/actions/a", source("1"));
  const url = await t.app.listen({ port: 0, host: "127.0.0.1" });
  const ask = (query: string) => sendTo(url, `POST ${at}/a?blocking=true${query}`, { authorization: "Basic 0" });
  expect(await ask("&result=true")).toMatchObject({ status: 500, body: { error } });
  const record = { response: { status: "whisk internal error", success: false, result: { error } } };
  expect(await ask("")).toMatchObject({ status: 500, body: record });
});

test("GET .../activations: 200 list, records or count, narrowed by name and time; 400, 401, 403; 405 for all but GET", async () => {
  const plane = await startDataPlane();
  const { send, deploy, clock, other } = plane;
  await deploy("echo", ECHO);
  await expectCases(send, [{ ask: "PUT /namespaces/_/packages/tools", json: {}, status: 200 }]);
  await deploy("tools/echo", ECHO);
  const first = clock.now();
  const a = await invokedId(plane, "echo");
  clock.advance(1000);
  const b = await invokedId(plane, "tools/echo");
  const list = `GET ${records}` as const;
  const path = { key: "path", value: expect.stringMatching(/\/tools\/echo$/) };
  await expectCases(send, [
    { ask: list, status: 200, body: [{ activationId: b, statusCode: 0 }, { activationId: a }] },
    { ask: `${list}/`, status: 200, body: [{ activationId: b }, { activationId: a }] },
    { ask: `${list}?name=echo`, status: 200, body: [{ activationId: a }] },
    {
      ask: `${list}?name=tools/echo`,
      status: 200,
      body: [{ activationId: b, annotations: expect.arrayContaining([path]) }],
    },
    { ask: `${list}?name=`, status: 200, body: [{}, {}] },
    { ask: `${list}?since=${first + 1}`, status: 200, body: [{ activationId: b }] },
    { ask: `${list}?upto=${first}`, status: 200, body: [{ activationId: a }] },
    { ask: `${list}?since=${first}&upto=${first}&name=echo`, status: 200, body: [{ activationId: a }] },
    { ask: `${list}?limit=1`, status: 200, body: [{ activationId: b }] },
    { ask: `${list}?skip=1&limit=0`, status: 200, body: [{ activationId: a }] },
    { ask: `${list}?docs=true&limit=1`, status: 200, body: [{ logs: [], response: { success: true, result: {} } }] },
    { ask: `${list}?count=true`, status: 200, body: { activations: 2 } },
    { ask: `${list}?count=true&skip=0&name=echo`, status: 200, body: { activations: 1 } },
    { ask: `${list}?count=true&since=${first + 1}&skip=5`, status: 200, body: { activations: 0 } },
    { ask: `${list}?docs=true&count=true`, status: 400, error: "The parameter 'docs' is not permitted with 'count'." },
    { ask: `${list}?since=x`, status: 400, error: /Parameter is not a valid value for epoch seconds: x$/ },
    { ask: `${list}?upto=1.5`, status: 400, error: /Parameter is not a valid value for epoch seconds: 1\.5$/ },
    {
      ask: `${list}?name=a/b/c`,
      status: 400,
      error: /Parameter may be a 'simple' name or 'package-name\/simple' name: a\/b\/c$/,
    },
    {
      ask: `${list}?limit=201`,
      status: 400,
      error:
        "The query parameter 'limit' was malformed:\nThe value '201' is not in the range of 0 to 200 for activations.",
    },
    { ask: list, status: 401, authorization: null },
    { ask: `GET /namespaces/${other}/activations`, status: 403 },
    ...["", "/", `/${a}`, `/${a}/logs`, `/${a}/result`].flatMap((suffix) =>
      ["PUT", "POST", "DELETE"].map((method) => ({
        ask: `${method} ${records}${suffix}` as const,
        status: 405,
        error: "HTTP method not allowed, supported methods: GET",
      })),
    ),
  ]);
});

test("GET .../activations/{id}[/logs|/result]: 200, 400, 401, 403, 404", async () => {
  const plane = await startDataPlane();
  const { send, deploy, namespace, other } = plane;
  await deploy("says", "exports.main = () => { console.log('Hello world'); console.error('oh'); return { a: 1 }; };");
  const id = await invokedId(plane, "says");
  const one = `GET ${records}/${id}` as const;
  const LINE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z *std(out: Hello world|err: oh)$/;
  const logs = [expect.stringMatching(LINE), expect.stringMatching(LINE)];
  await expectCases(send, [
    {
      ask: one,
      status: 200,
      body: {
        ...{ activationId: id, namespace, name: "says", version: "0.0.1", publish: false, statusCode: 0, logs },
        ...{ start: expect.any(Number), end: expect.any(Number), duration: expect.any(Number) },
        response: { status: "success", success: true, result: { a: 1 }, size: 7 },
        annotations: expect.arrayContaining([
          { key: "path", value: `${namespace}/says` },
          { key: "kind", value: expect.stringMatching(/^nodejs:/) },
          { key: "timeout", value: false },
          { key: "limits", value: { timeout: 3000, memory: 256, logs: 10, concurrency: 1 } },
          { key: "waitTime", value: expect.any(Number) },
          { key: "initTime", value: expect.any(Number) },
        ]),
      },
    },
    { ask: `${one}/logs`, status: 200, body: { logs } },
    { ask: `${one}/result`, status: 200, body: { status: "success", success: true, result: { a: 1 } } },
    { ask: `${one}/other`, status: 404 },
    { ask: `GET /namespaces/${other}/activations/${id}`, status: 403 },
    { ask: one, status: 401, authorization: null },
    ...["", "/logs", "/result"].flatMap((suffix) => [
      { ask: `GET ${records}/${NO_ACTIVATION}${suffix}` as const, status: 404, error: ABSENT },
      {
        ask: `GET ${records}/abc${suffix}` as const,
        status: 400,
        error: "Activation id length is 3 but must be 32.",
      },
      {
        ask: `GET ${records}/${"z".repeat(32)}${suffix}` as const,
        status: 400,
        error: "The activation id is not valid.",
      },
    ]),
  ]);
});
