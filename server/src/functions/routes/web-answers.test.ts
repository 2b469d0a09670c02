import { describe, expect, test } from "vitest";
import { createInstantRuntime, outcome } from "../../../test/instant-runtime.ts";
import { startTestWeb } from "../../../test/start-test-web.ts";

const PIXEL = "iVBORw0KGgo=";
const HTML = "text/html; charset=UTF-8";

test("what a function gives is answered and on record", async () => {
  const { web, get } = await startTestWeb({ statusCode: 201, body: { a: 1 } });
  const answer = await web("/default/f");
  expect(answer.statusCode).toBe(201);
  expect(answer.headers["content-type"]).toBe("application/json");
  expect(answer.body).toBe('{"a":1}');
  const { body: record } = await get(`/_/activations/${answer.headers["x-openwhisk-activation-id"]}`);
  expect(record).toMatchObject({ name: "f", response: { result: { statusCode: 201, body: { a: 1 } } } });
});

test.each([
  { path: "/default/f", give: { error: "oops" }, status: 400, error: "Response is not valid 'message/http'." },
  { path: "/default/f.json", give: { error: 1 }, status: 400, error: "Response is not valid 'application/json'." },
  { path: "/default/f.text", give: { a: 1 }, status: 404, error: "Response does not include requested property." },
])("$path: what cannot be answered is an error of the usual shape, and on record", async (row) => {
  const { web, get } = await startTestWeb(row.give);
  const answer = await web(row.path);
  expect(answer.statusCode).toBe(row.status);
  expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(answer.json()).toEqual({ error: row.error, code: answer.headers["x-request-id"] });
  expect((await get(`/_/activations/${answer.headers["x-openwhisk-activation-id"]}`)).status).toBe(200);
});

test("a picture is sent as the bytes that its base64 stands for", async () => {
  const { web } = await startTestWeb({ headers: { "content-type": "image/png" }, body: PIXEL });
  const answer = await web("/default/f");
  expect(answer.headers["content-type"]).toBe("image/png");
  expect(answer.rawPayload).toEqual(Buffer.from(PIXEL, "base64"));
});

test("headers are passed on, repeated ones repeated; numbers and booleans as text", async () => {
  const headers = { location: "https://example.com", "Set-Cookie": ["a=1", "b=2"], "x-n": 1, "x-b": true, "x-u": "ä" };
  const { web } = await startTestWeb({ statusCode: 302, headers });
  const answer = await web("/default/f");
  expect(answer.statusCode).toBe(302);
  const { location, "set-cookie": cookies, "x-n": n, "x-b": b, "x-u": u } = answer.headers;
  expect({ location, cookies, n, b }).toEqual({
    location: "https://example.com",
    cookies: ["a=1", "b=2"],
    n: "1",
    b: "true",
  });
  expect(Buffer.from(`${u}`, "latin1").toString()).toBe("ä");
});

test("HEAD gives the headers of GET and no body", async () => {
  const { web } = await startTestWeb({ headers: { "x-a": "1" }, body: "12345" });
  const answer = await web("/default/f", { method: "HEAD" });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers).toMatchObject({ "x-a": "1", "content-type": HTML, "content-length": "5" });
  expect(answer.body).toBe("");
});

test.each(["developer_error", "internal_error"] as const)("a %s is told as one sentence", async (status) => {
  const runtime = createInstantRuntime(async () => outcome({ error: "at secret.js:1" }, { status }));
  const { web } = await startTestWeb(undefined, { runtime });
  const answer = await web("/default/f.json");
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error).toBe("There was an error processing your request.");
  expect(answer.headers["x-openwhisk-activation-id"]).toMatch(/^[0-9a-f]{32}$/);
});

test("a function that takes longer than is waited for is answered with where to find it", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const runtime = createInstantRuntime(async () => {
    await promise;
    return outcome({ body: "late" });
  });
  const { web, functions, get } = await startTestWeb(undefined, { runtime, limits: { blockingWaitMs: 10 } });
  const answer = await web("/default/f");
  expect(answer.statusCode).toBe(202);
  expect(answer.json()).toEqual({ error: "Response not yet ready.", code: answer.headers["x-request-id"] });
  resolve();
  await functions.drain();
  const record = await get(`/_/activations/${answer.headers["x-openwhisk-activation-id"]}`);
  expect(record.body).toMatchObject({ response: { result: { body: "late" } } });
});

describe("a function cannot forge what is not its own", () => {
  test.each([
    { "x-a": "1\r\nset-cookie: stolen=1" },
    { "x-a": "1\nb: 2" },
    { "x-a": ["ok", "1\r\n\r\n<script>"] },
    { "x-a": "\u0000" },
    { "x-a": "\u007f" },
    { "x-a\r\nb": "1" },
    { "x a": "1" },
    { "": "1" },
    { "x-ä": "1" },
    { "content-type": "text/plain\r\nset-cookie: a=1" },
  ])("a header that holds another is refused: %j", async (headers) => {
    const { web } = await startTestWeb({ headers, body: "t" });
    const answer = await web("/default/f");
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toBe("Response is not valid 'message/http'.");
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("the length of the answer, the connection and the server's own headers are the server's", async () => {
    const headers = {
      "Content-Length": "2",
      "transfer-encoding": "chunked",
      connection: "keep-alive, x-a",
      trailer: "x",
      "X-Request-Id": "mine",
      "x-openwhisk-activation-id": "mine",
      "access-control-allow-origin": "https://example.com",
      ["__proto__"]: ["1", "2"],
      constructor: "1",
    };
    const { web } = await startTestWeb(JSON.parse(JSON.stringify({ headers, body: "12345" })));
    const answer = await web("/default/f", { headers: { "x-request-id": "asked" } });
    expect(answer.body).toBe("12345");
    expect(answer.headers).toMatchObject({
      "content-length": "5",
      "x-request-id": "asked",
      "x-openwhisk-activation-id": expect.stringMatching(/^[0-9a-f]{32}$/),
      "access-control-allow-origin": "*",
    });
    expect(answer.headers).not.toHaveProperty("transfer-encoding");
    expect(answer.headers).not.toHaveProperty("trailer");
    expect(answer.headers.connection).not.toBe("keep-alive, x-a");
  });

  test.each([
    "Service-Worker-Allowed",
    "Clear-Site-Data",
    "Strict-Transport-Security",
    "Public-Key-Pins",
    "Alt-Svc",
    "NEL",
    "Report-To",
  ])("%s, which would be about all addresses of the server, is left out", async (name) => {
    const { web } = await startTestWeb({ headers: { [name]: "/", "x-other": "1" }, body: "12345" });
    const answer = await web("/default/f");
    expect([answer.statusCode, answer.body, answer.headers["x-other"]]).toEqual([200, "12345", "1"]);
    expect(answer.headers).not.toHaveProperty(name.toLowerCase());
  });
});
