import { expect, test } from "vitest";
import { basic } from "../caller.ts";
import { createInstantRuntime, outcome } from "../instant-runtime.ts";
import { source, startTestFunctions } from "../start-test-functions.ts";
import { type Answer, type DataPlane, expectCases, sendTo, startDataPlane } from "./data-plane.ts";

const ECHO = "exports.main = (event) => ({ body: event });";
const ABSENT = "The requested resource does not exist.";
const CORS_METHODS = "OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH";
const pairs = (annotations: object) => Object.entries(annotations).map(([key, value]) => ({ key, value }));
const onTheWeb = (annotations: object = {}) => ({ annotations: pairs({ "web-export": true, ...annotations }) });
const answering = (result: unknown): string => `exports.main = () => (${JSON.stringify(result)});`;

/** Asks below `/web/<namespace>`, without a credential unless one is given. */
const webOf = ({ send, namespace }: DataPlane) => {
  const web = (ask: string, sending: Parameters<typeof send>[1] = {}): Promise<Answer> =>
    send(ask.replace(" ", ` /web/${namespace}`), { authorization: null, ...sending });
  return web;
};

test("any method reaches the function; what it gives decides the answer", async () => {
  const plane = await startDataPlane();
  const web = webOf(plane);
  await plane.deploy("echo", ECHO, onTheWeb());
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
    const { status, body } = await web(`${method} /default/echo/rest?a=1`);
    expect([method, status, body]).toMatchObject([
      method,
      200,
      { __ow_method: method.toLowerCase(), __ow_path: "/rest", a: "1" },
    ]);
  }
  const head = await web("HEAD /default/echo");
  expect([head.status, head.text, head.headers.get("content-type")]).toEqual([200, "", "application/json"]);

  const HTML = "text/html; charset=UTF-8";
  const JSON_TYPE = "application/json";
  for (const [index, { give, path = "", status, type, text, error, headers = {} }] of [
    { give: { body: "<h1>x</h1>" }, status: 200, type: HTML, text: "<h1>x</h1>" },
    { give: { body: { a: 1 } }, status: 200, type: JSON_TYPE, text: '{"a":1}' },
    {
      give: { statusCode: 302, headers: { location: "https://example.com" } },
      status: 302,
      type: null,
      text: "",
      headers: { location: "https://example.com" },
    },
    {
      give: { headers: { "content-type": "text/plain" }, body: "aGk=" },
      status: 200,
      type: /^text\/plain/,
      text: "aGk=",
    },
    { give: { headers: { "content-type": "image/png" }, body: "aGk=" }, status: 200, type: "image/png", text: "hi" },
    { give: { headers: { "set-cookie": ["a=1", "b=2"] }, body: "ok" }, status: 200, type: HTML, text: "ok" },
    { give: { error: { statusCode: 404, body: "nope" } }, status: 404, type: HTML, text: "nope" },
    { give: { error: "oops" }, status: 400, error: "Response is not valid 'message/http'." },
    { give: {}, status: 204, type: null, text: "" },
    { give: { greeting: "hi" }, status: 204, type: null, text: "" },
    { give: { statusCode: 444, body: "x" }, status: 444, type: HTML, text: "x" },
    { give: { statusCode: "201", body: "x" }, status: 201, type: HTML, text: "x" },
    { give: { statusCode: 1.5, body: "x" }, status: 400, error: "Response is not valid 'message/http'." },
    {
      give: { headers: { "content-type": "image/png" }, body: "no base64!" },
      status: 400,
      error: "Response type in header did not match generated content type.",
    },
    {
      give: { headers: { "content-type": "text/html" }, body: { a: 1 } },
      status: 400,
      error: "Response type in header did not match generated content type.",
    },
    {
      give: { headers: { "content-type": "nonsense" }, body: "x" },
      status: 400,
      error: "Response did not specify a known content-type.",
    },
    { give: { a: 1 }, path: ".json", status: 200, type: JSON_TYPE, text: '{"a":1}' },
    { give: { body: "<p>" }, path: ".html", status: 200, type: HTML, text: "<p>" },
    { give: { svg: "<svg/>" }, path: ".svg", status: 200, type: /^image\/svg\+xml/, text: "<svg/>" },
    { give: { text: 5 }, path: ".text", status: 200, type: /^text\/plain/, text: "5" },
    { give: { a: 1 }, path: ".html", status: 400, error: "Response is not valid 'text/html'." },
    { give: { a: 1 }, path: ".text", status: 404, error: "Response does not include requested property." },
    { give: { a: 1 }, path: ".exe", status: 404, error: ABSENT },
  ].entries()) {
    await plane.deploy(`gives-${index}`, answering(give), onTheWeb());
    const answer = await web(`GET /default/gives-${index}${path}`);
    const what = `${JSON.stringify(give)} as ${path}`;
    expect(answer.status, what).toBe(status);
    if (error !== undefined) expect(answer.body, what).toEqual({ error, code: answer.headers.get("x-request-id") });
    else {
      expect(answer.text, what).toBe(text);
      if (type instanceof RegExp) expect(answer.headers.get("content-type"), what).toMatch(type);
      else expect(answer.headers.get("content-type"), what).toBe(type);
    }
    for (const [name, value] of Object.entries(headers)) expect(answer.headers.get(name)).toBe(value);
  }
});

test("400, 401, 404, 413, 429: refused before the function runs, and so nothing is on record", async () => {
  const plane = await startDataPlane({ environment: { LATCHKEY_INVOCATIONS_PER_MINUTE: "3" } });
  const { send, deploy, namespace, other } = plane;
  const web = webOf(plane);
  await deploy("echo", ECHO, onTheWeb());
  await deploy("hidden", ECHO);
  await deploy("secured", ECHO, onTheWeb({ "require-whisk-auth": "s3cr3t" }));
  await deploy("closed", ECHO, onTheWeb({ "require-whisk-auth": true }));
  const json = { "content-type": "application/json" };
  const UNAUTHENTICATED = "Authentication is possible but has failed or not yet been provided.";
  const FIXED = "Request defines parameters that are not allowed (e.g., reserved properties).";
  await expectCases(web, [
    {
      ask: "POST /default/echo",
      text: "{",
      headers: json,
      status: 400,
      error: /^The request content was malformed:\n/,
    },
    { ask: "GET /default/echo?__ow_method=x", status: 400, error: FIXED },
    { ask: "POST /default/echo", json: { __ow_user: "x" }, status: 400, error: FIXED },
    { ask: "GET /default/secured", status: 401, error: UNAUTHENTICATED },
    { ask: "GET /default/secured", headers: { "x-require-whisk-auth": "S3cr3t" }, status: 401, error: UNAUTHENTICATED },
    { ask: "GET /default/closed", status: 401, error: UNAUTHENTICATED },
    { ask: "GET /default/closed", authorization: "Basic eDp5", status: 401, error: UNAUTHENTICATED },
    { ask: "GET /default/hidden", status: 404, error: ABSENT },
    { ask: "GET /default/none", status: 404, error: ABSENT },
    { ask: "GET /none/echo", status: 404, error: ABSENT },
    { ask: "GET /default", status: 404, error: /namespace.*package.*'default'/ },
    { ask: "GET ", status: 404, error: /namespace.*package.*'default'/ },
    {
      ask: "POST /default/echo",
      text: "x".repeat(1_048_577),
      status: 413,
      error: "Request larger than allowed: 1048577 > 1048576 bytes.",
    },
  ]);
  await expectCases(send, [
    { ask: "GET /web/_/default/echo", status: 404, error: ABSENT },
    { ask: `GET /web/${other}/default/echo`, status: 404, error: ABSENT },
    { ask: "GET /web/fn-none/default/echo", status: 404, error: ABSENT },
    { ask: "GET /namespaces/_/activations?count=true", status: 200, body: { activations: 0 } },
  ]);
  await expectCases(web, [
    { ask: "GET /default/secured", headers: { "x-require-whisk-auth": "s3cr3t" }, status: 200 },
    { ask: "GET /default/closed", authorization: basic(plane.otherKey), status: 200, body: { __ow_user: other } },
    { ask: "GET /default/echo", authorization: "Basic eDp5", status: 200 },
    {
      ask: "GET /default/echo",
      status: 429,
      error: "Too many requests in the last minute (count: 4, allowed: 3).",
    },
  ]);
  await expectCases(send, [
    {
      ask: "GET /namespaces/_/activations",
      status: 200,
      body: [{ namespace }, { namespace }, { namespace }],
    },
  ]);
});

test("400: a value that the function's owner has settled is not a caller's to give, in query or body, unless it is raw", async () => {
  const plane = await startDataPlane();
  const web = webOf(plane);
  const settled = (annotations: object) => ({
    ...onTheWeb({ final: true, ...annotations }),
    parameters: [
      { key: "who", value: "me" },
      { key: "open", value: null },
    ],
  });
  await plane.deploy("fixed", ECHO, settled({}));
  await plane.deploy("raw", ECHO, settled({ "raw-http": true }));
  const error = "Request defines parameters that are not allowed (e.g., reserved properties).";
  await expectCases(web, [
    { ask: "GET /default/fixed?who=you", status: 400, error },
    { ask: "POST /default/fixed", json: { who: "you" }, status: 400, error },
    { ask: "GET /default/fixed?open=1", status: 200, body: { who: "me", open: "1" } },
    { ask: "GET /default/raw?who=you", status: 200, body: { who: "me", __ow_query: "who=you" } },
  ]);
});

test("OPTIONS: 200 with CORS headers and no invocation, unless the function wants to answer it; 404 where there is none", async () => {
  const plane = await startDataPlane();
  const web = webOf(plane);
  await plane.deploy("echo", ECHO, onTheWeb({ "require-whisk-auth": true }));
  await plane.deploy(
    "custom",
    answering({ statusCode: 299, headers: { "x-mine": "1" } }),
    onTheWeb({ "web-custom-options": true }),
  );
  const preflight = await web("OPTIONS /default/echo", { headers: { "access-control-request-headers": "x-a, x-b" } });
  expect([preflight.status, preflight.text]).toEqual([200, ""]);
  expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
  expect(preflight.headers.get("access-control-allow-methods")).toBe(CORS_METHODS);
  expect(preflight.headers.get("access-control-allow-headers")).toBe("x-a, x-b");
  expect(preflight.headers.get("x-openwhisk-activation-id")).toBeNull();

  const custom = await web("OPTIONS /default/custom");
  expect([custom.status, custom.headers.get("x-mine")]).toEqual([299, "1"]);
  expect(custom.headers.get("access-control-allow-origin")).toBeNull();
  expect(custom.headers.get("x-openwhisk-activation-id")).toMatch(/^[0-9a-f]{32}$/);
  expect((await web("OPTIONS /default/none")).status).toBe(404);

  const refused = await web("GET /default/echo");
  expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([401, "*"]);
});

test("202 when the wait is over, under the id that the record will have", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const runtime = createInstantRuntime(async () => {
    await promise;
    return outcome({});
  });
  const t = await startTestFunctions({ runtime, limits: { blockingWaitMs: 10 } });
  await t.put("/_/actions/slow", source("1", onTheWeb()));
  const { body } = await t.get("");
  const url = await t.app.listen({ port: 0, host: "127.0.0.1" });
  const answer = await sendTo(url, `GET /web/${body[0]}/default/slow`, {});
  expect(answer).toMatchObject({
    status: 202,
    body: { error: "Response not yet ready.", code: answer.headers.get("x-request-id") },
  });
  expect(answer.headers.get("x-openwhisk-activation-id")).toMatch(/^[0-9a-f]{32}$/);
  resolve();
});
