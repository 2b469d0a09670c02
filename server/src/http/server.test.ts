import { describe, expect, test } from "vitest";
import { basic, bearer, createCaller } from "../../test/caller.ts";
import { openConnection, sayRaw } from "../../test/raw-http.ts";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";

const LIST = "/v2/functions/namespaces";
const OWN = "/api/v1/namespaces";

async function start(environment: Record<string, string> = {}) {
  const latchkey = await startTestLatchkey({ environment });
  const caller = createCaller(latchkey.url, latchkey.token);
  const namespaceId = await caller.addNamespace();
  const key = await caller.addKey(namespaceId);
  const token = `Authorization: ${bearer(latchkey.token)}`;
  const credential = `Authorization: ${basic(key)}`;
  const say = (...lines: string[]) => sayRaw(latchkey.url, `${lines.join("\r\n")}\r\n\r\n`);
  /** The server is well if it answers somebody else as always. */
  const isWell = async () => (await caller.connect(key)).status === 200;
  return { ...latchkey, caller, namespaceId, key, bearer: token, basic: credential, say, isWell };
}

describe("where a request is addressed to", () => {
  test.each([
    ["the path", OWN],
    ["a path below the API host's segment", `/faas-fra1.co${OWN}`],
    ["a path below a segment without a name", `/.co${OWN}`],
    ["an absolute target, as through a proxy", `http://faas-fra1.example.co${OWN}`],
    ["an absolute target below a segment", `http://127.0.0.1/faas-fra1.co${OWN}`],
  ])("may be %s", async (_what, target) => {
    const { say, basic, namespaceId } = await start();
    const answer = await say(`GET ${target} HTTP/1.1`, "Host: x", basic);
    expect([answer?.status, answer?.body]).toEqual([200, JSON.stringify([namespaceId])]);
  });

  test.each([
    ["percent signs that encode nothing", "/v2/functions/namespaces/%zz", 400],
    ["a broken UTF-8 sequence", "/v2/functions/namespaces/%c3%28", 400],
    ["an encoded zero", "/v2/functions/namespaces/%00/keys", 401],
    ["dots to climb on", "/v2/functions/../../etc/passwd", 401],
    ["two slashes", `/${LIST}`, 404],
    ["a very long name", `/v2/functions/namespaces/${"x".repeat(9000)}/keys`, 400],
    ["nothing but a query", "/?x", 200],
  ])("may be written with %s, and is answered all the same", async (_what, target, status) => {
    const { say, isWell } = await start();
    const answer = await say(`GET ${target} HTTP/1.1`, "Host: x");
    expect(answer?.status).toBe(status);
    expect(await isWell()).toBe(true);
  });
});

describe("who is talking is not believed beyond what the proxy added", () => {
  test.each([
    { what: "by default, no header at all", proxy: "false", forwarded: "203.0.113.7", allowed: "127.0.0.1" },
    { what: "behind a proxy, what it says", proxy: "true", forwarded: "203.0.113.7", allowed: "203.0.113.7" },
    {
      what: "behind a proxy, not what the caller said before",
      proxy: "true",
      forwarded: "198.51.100.1, 203.0.113.7",
      allowed: "203.0.113.7",
    },
  ])("$what", async ({ proxy, forwarded, allowed }) => {
    const { caller, namespaceId, say } = await start({ LATCHKEY_TRUST_PROXY: proxy });
    const addresses = ["127.0.0.1", "203.0.113.7", "198.51.100.1"];
    const accepted: string[] = [];
    for (const address of addresses) {
      const key = await caller.addKey(namespaceId, `from ${address}`, { allowed_networks: [address] });
      const answer = await say(
        `GET ${OWN} HTTP/1.1`,
        "Host: x",
        `X-Forwarded-For: ${forwarded}`,
        `Authorization: ${basic(key)}`,
      );
      if (answer?.status === 200) accepted.push(address);
    }
    expect(accepted).toEqual([allowed]);
  });
});

describe("headers that callers send", () => {
  test("come back nowhere but as a request id, and never as a header of their own", async () => {
    const { say, basic } = await start();
    const ids = ["mine", "a b", "a\tb", "sid_x", "x".repeat(200), "a;b", '"'];
    for (const id of ids) {
      const answer = await say(`GET ${OWN} HTTP/1.1`, "Host: x", `X-Request-ID: ${id}`, "X-Evil: 1", basic);
      const echoed = /^x-request-id: (.*)$/im.exec(answer?.head ?? "")?.[1];
      expect(echoed).toMatch(id === "mine" ? /^mine$/ : /^[0-9A-Za-z]{32}$/);
      expect(answer?.head.toLowerCase()).not.toContain("x-evil");
    }
  });

  test.each([
    ["a line end within a value", `X-Request-ID: a\rX-Evil: 1`],
    ["a value that goes on in the next line", "X-Request-ID: a\r\n X-Evil: 1"],
    ["a zero byte", "X-Request-ID: a\0b"],
    ["a name with a blank", "X Request: a"],
    ["a length that is no number", "Content-Length: many"],
    ["two lengths", "Content-Length: 1\r\nContent-Length: 2"],
    ["a length beside chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked"],
    ["no host", null],
  ])("are refused when there is %s", async (_what, line) => {
    const { say, isWell, basic } = await start();
    const answer = await say(`GET ${OWN} HTTP/1.1`, ...(line === null ? [] : ["Host: x", line]), basic);
    expect(answer?.status).toBe(400);
    expect(answer?.head.toLowerCase()).not.toContain("x-evil");
    expect(await isWell()).toBe(true);
  });

  test("may not be endless", async () => {
    const { say, isWell } = await start();
    expect((await say(`GET ${OWN} HTTP/1.1`, "Host: x", `X: ${"x".repeat(100_000)}`))?.status).toBe(431);
    expect(await isWell()).toBe(true);
  });

  test("of the server give away neither what it is written in nor its version", async () => {
    const { say } = await start();
    for (const path of [OWN, LIST, "/healthz", "/nowhere"])
      expect((await say(`GET ${path} HTTP/1.1`, "Host: x"))?.head).not.toMatch(/^(server|x-powered-by|via):/im);
  });
});

describe("methods", () => {
  test("HEAD is GET without the body, refusals included", async () => {
    const { url, key, namespaceId } = await start();
    const head = async (authorization: string) => {
      const response = await fetch(url + OWN, { method: "HEAD", headers: { authorization } });
      const { status, headers } = response;
      return { status, length: headers.get("content-length"), body: await response.text() };
    };
    const length = String(JSON.stringify([namespaceId]).length);
    expect(await head(basic(key))).toEqual({ status: 200, length, body: "" });
    expect(await head("Basic x")).toMatchObject({ status: 401, body: "" });
  });

  test("that no route knows are refused, to callers with a credential by what there is instead", async () => {
    const { say, bearer, basic, isWell } = await start();
    expect((await say(`PATCH ${LIST} HTTP/1.1`, "Host: x"))?.status).toBe(401);
    const control = await say(`PATCH ${LIST} HTTP/1.1`, "Host: x", bearer);
    expect([control?.status, /^allow: (.*)$/im.exec(control?.head ?? "")?.[1]]).toEqual([405, "GET, POST"]);
    expect((await say(`DELETE ${OWN} HTTP/1.1`, "Host: x", basic))?.status).toBe(405);
    expect((await say(`TRACE ${OWN} HTTP/1.1`, "Host: x", basic))?.status).toBe(405);
    for (const method of ["PROPFIND", "PURGE", "CONNECT", "get", "GETT"]) {
      const answer = await say(`${method} ${OWN} HTTP/1.1`, "Host: x", basic);
      expect([method, answer === null || answer.status >= 400]).toEqual([method, true]);
    }
    expect(await isWell()).toBe(true);
  });

  test.each([
    ["PUT", "/v2/nonsense", 404],
    ["PUT", "/api/v1/nonsense", 404],
    ["PATCH", LIST, 405],
    ["PUT", OWN, 405],
  ])("%s %s is refused for that, whatever body comes with it", async (method, path, status) => {
    const { say, basic, bearer } = await start();
    const credential = path.startsWith("/v2") ? bearer : basic;
    for (const type of [";", "application/json;;", "text/plain"]) {
      const body = ["Content-Length: 2", `Content-Type: ${type}`, "", "{}"];
      const known = await say(`${method} ${path} HTTP/1.1`, "Host: x", credential, ...body);
      expect([type, known?.status, known?.body]).toEqual([type, status, expect.stringMatching(/"(code|request_id)":/)]);
      const stranger = await say(`${method} ${path} HTTP/1.1`, "Host: x", ...body);
      expect([type, stranger?.status]).toEqual([type, 401]);
    }
  });

  test("OPTIONS is answered on the data plane without a credential, for browsers", async () => {
    const { say } = await start();
    const answer = await say(`OPTIONS ${OWN} HTTP/1.1`, "Host: x");
    expect(answer?.status).toBe(200);
    expect(answer?.head).toMatch(/^access-control-allow-methods:/im);
  });
});

describe("several requests on one connection", () => {
  test("are answered in their order, those that are refused too", async () => {
    const { url, basic, bearer } = await start();
    const connection = await openConnection(url);
    const requests = [
      [`GET ${OWN} HTTP/1.1`, basic],
      [`GET ${OWN} HTTP/1.1`],
      [`GET ${LIST} HTTP/1.1`, bearer],
      ["GET /nowhere HTTP/1.1"],
      [`GET ${OWN} HTTP/1.1`, basic],
    ];
    connection.send(requests.map((lines) => [...lines, "Host: x", "", ""].join("\r\n")).join(""));
    const statuses: (number | undefined)[] = [];
    for (const _ of requests) statuses.push((await connection.receive())?.status);
    expect(statuses).toEqual([200, 401, 200, 404, 200]);
  });

  test.each([
    { what: "an unread body of a caller who is not known", authorized: false, body: "x".repeat(200_000), status: 401 },
    { what: "a body that is no JSON", authorized: true, body: "{", status: 400 },
    { what: "a body that is nothing", authorized: true, body: "", status: 400 },
  ])("go on after $what", async ({ authorized, body, status }) => {
    const { url, bearer } = await start();
    const connection = await openConnection(url);
    const head = [
      `POST ${LIST} HTTP/1.1`,
      "Host: x",
      `Content-Length: ${body.length}`,
      ...(authorized ? [bearer] : []),
    ];
    connection.send(`${head.join("\r\n")}\r\n\r\n${body}`);
    expect((await connection.receive())?.status).toBe(status);
    connection.send([`GET ${LIST} HTTP/1.1`, "Host: x", bearer, "", ""].join("\r\n"));
    expect((await connection.receive())?.status).toBe(200);
  });
});

describe("bodies", () => {
  const post = (length: string, bearer: string) =>
    [`POST ${LIST} HTTP/1.1`, "Host: x", bearer, length, "", ""].join("\r\n");

  test("that are announced too large are refused before they are sent", async () => {
    const { url, bearer, isWell } = await start();
    const connection = await openConnection(url);
    connection.send(post("Content-Length: 1000000000", bearer));
    const answer = await connection.receive();
    expect([answer?.status, JSON.parse(answer?.body ?? "").id]).toEqual([413, "payload_too_large"]);
    expect(await isWell()).toBe(true);
  });

  test("that turn out too large are refused on the way", async () => {
    const { url, bearer, isWell } = await start();
    const connection = await openConnection(url);
    connection.send(post("Transfer-Encoding: chunked", bearer));
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    for (let sent = 0; sent < 20; sent += 1) connection.send(chunk);
    expect((await connection.receive())?.status).toBe(413);
    expect(await isWell()).toBe(true);
  });

  test("that stop half-way keep nobody else waiting, and change nothing", async () => {
    const { url, bearer, caller, isWell } = await start();
    const body = JSON.stringify({ label: "half", region: "fra1" });
    const connections = await Promise.all(Array.from({ length: 50 }, () => openConnection(url)));
    for (const connection of connections) {
      connection.send(post(`Content-Length: ${body.length}`, bearer));
      connection.send(body.slice(0, -1));
    }
    expect(await isWell()).toBe(true);
    for (const connection of connections) connection.hangUp();
    expect(await isWell()).toBe(true);
    expect((await caller.send("GET", LIST)).text).not.toContain("half");
  });

  test("that never end are not waited for for ever", async () => {
    const { app } = await start();
    const { requestTimeout, headersTimeout } = app.server;
    expect([requestTimeout > 0, requestTimeout <= 600_000, headersTimeout > 0]).toEqual([true, true, true]);
  });

  test("arrive in pieces of any size", async () => {
    const { url, bearer } = await start();
    const connection = await openConnection(url);
    const text = JSON.stringify({ label: "πieces", region: "fra1" });
    connection.send(post(`Content-Length: ${Buffer.byteLength(text)}`, bearer));
    for (const byte of Buffer.from(text)) {
      connection.send(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    expect((await connection.receive())?.status).toBe(200);
  });

  test.each([
    [
      "names of things that every object has",
      '{"__proto__":{"label":"p","region":"fra1"},"constructor":{"prototype":{}}}',
      400,
    ],
    ["a label hidden in a prototype", '{"region":"fra1","__proto__":{"label":"hidden"}}', 400],
    ["a prototype in the wrapper", '{"namespace":{"label":"w","Region":"fra1","__proto__":{"isAdmin":true}}}', 200],
    ["the same name twice", '{"label":"first","label":"last","region":"fra1"}', 200],
    ["a list", "[]", 400],
    ["a word", "null", 400],
    ["a number", "1e999", 400],
    ["lists within lists", `${"[".repeat(400_000)}${"]".repeat(400_000)}`, 400],
    ["objects within objects", `${'{"a":'.repeat(150_000)}1${"}".repeat(150_000)}`, 400],
    ["a label within lists", `{"region":"fra1","label":${"[".repeat(400_000)}${"]".repeat(400_000)}}`, 400],
  ])("may hold %s; it changes nothing but what was asked for", async (_what, body, status) => {
    const { url, token, isWell } = await start();
    const response = await fetch(url + LIST, { method: "POST", headers: { authorization: bearer(token) }, body });
    expect([response.status, (await response.text()).length < 2000]).toEqual([status, true]);
    const untouched: { isAdmin?: unknown; label?: unknown } = {};
    expect([untouched.isAdmin, untouched.label]).toEqual([undefined, undefined]);
    expect(await isWell()).toBe(true);
  });

  test.each([
    [
      "a function's parameters",
      "PUT",
      "/api/v1/namespaces/_/actions/deep",
      (deep: string) =>
        `{"exec":{"kind":"nodejs:default","code":"exports.main = (a) => a"},"parameters":[{"key":"deep","value":${deep}}]}`,
    ],
    [
      "a function's arguments",
      "POST",
      "/api/v1/namespaces/_/actions/echo?blocking=true",
      (deep: string) => `{"deep":${deep}}`,
    ],
  ])("may be nested very deeply in %s: an answer, and a server that is well", async (_what, method, path, bodyOf) => {
    const { url, key, caller, isWell } = await start();
    expect((await caller.deploy(key, "echo", "exports.main = (a) => a")).status).toBe(200);
    for (const depth of [1000, 300_000]) {
      const body = bodyOf(`${"[".repeat(depth)}${"]".repeat(depth)}`);
      const headers = { authorization: basic(key), "content-type": "application/json" };
      const response = await fetch(url + path, { method, headers, body });
      await response.text();
      expect([depth, response.status === 500]).toEqual([depth, false]);
      expect(await isWell()).toBe(true);
    }
  });
});

test("a caller who hangs up at once, again and again, does no harm", async () => {
  const { url, basic, isWell } = await start();
  for (let times = 0; times < 100; times += 1) {
    const connection = await openConnection(url);
    connection.send([`GET ${OWN} HTTP/1.1`, "Host: x", basic, "", ""].join("\r\n"));
    connection.hangUp();
  }
  expect(await isWell()).toBe(true);
});
