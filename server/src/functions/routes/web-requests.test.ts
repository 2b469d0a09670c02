import { describe, expect, test } from "vitest";
import { NAMESPACE, OTHER_NAMESPACE, principal, source } from "../../../test/start-test-functions.ts";
import { startTestWeb } from "../../../test/start-test-web.ts";

const NOT_FOUND = "The requested resource does not exist.";
const REFUSED = "Authentication is possible but has failed or not yet been provided.";
const CORS = ["access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers"];
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] as const;
const JSON_BODY = { "content-type": "application/json" };

/** Everything of an answer but what names this one request. */
const telling = (answer: { statusCode: number; headers: object; body: string }) => {
  const { "x-request-id": id, date: _, ...headers } = { ...answer.headers } as Record<string, unknown>;
  return { status: answer.statusCode, headers, body: answer.body.replace(String(id), "") };
};

describe("to a stranger, whatever cannot be called does not exist", () => {
  test("and nothing tells one reason from another", async () => {
    const { web, app, publish, put } = await startTestWeb();
    await publish("hidden", { "web-export": false });
    await publish("text", { "web-export": "true" });
    await put("/_/actions/unmarked", source("1;"));
    await put("/_/packages/p", {});
    await publish("p/hidden", { "web-export": false, "require-whisk-auth": true });
    const at = (path: string) => app.inject({ method: "POST", url: `/api/v1/web${path}`, payload: "x".repeat(99) });
    const first = telling(await at(`/${NAMESPACE}/default/none`));
    expect(first).toMatchObject({ status: 404, body: JSON.stringify({ error: NOT_FOUND, code: "" }) });
    const paths = ["default/hidden", "default/text", "default/unmarked", "default/p", "p/hidden", "p/none", "none/f"];
    for (const path of [...paths, "f/f", "default/f.xml", "default/%2F", "default/hidden/rest"]) {
      expect({ path, ...telling(await at(`/${NAMESPACE}/${path}`)) }).toEqual({ path, ...first });
    }
    for (const namespace of [OTHER_NAMESPACE, "_", "guest", NAMESPACE.toUpperCase(), "fn-x"]) {
      expect({ namespace, ...telling(await at(`/${namespace}/default/f`)) }).toEqual({ namespace, ...first });
    }
    for (const method of METHODS) expect((await web("/default/hidden", { method })).statusCode).toBe(404);
    for (const name of CORS) expect(first.headers).not.toHaveProperty(name);
  });

  test.each(["", "/", `/${NAMESPACE}`, `/${NAMESPACE}/default`, `/${NAMESPACE}/default/`])(
    "an address that names no function says what it has to name: '%s'",
    async (path) => {
      const { app } = await startTestWeb();
      const answer = await app.inject({ method: "GET", url: `/api/v1/web${path}` });
      expect(answer.statusCode).toBe(404);
      if (path.length > 1) expect(answer.json().error).toContain("the package may be 'default'");
    },
  );

  test("a function that is taken off the web is gone for the next request", async () => {
    const { web, publish } = await startTestWeb();
    expect((await web("/default/f")).statusCode).toBe(200);
    await publish("f", { "web-export": false });
    expect((await web("/default/f")).statusCode).toBe(404);
  });
});

test("every method reaches the function, which is told which it was", async () => {
  const { web } = await startTestWeb();
  for (const method of METHODS.filter((each) => each !== "HEAD" && each !== "OPTIONS")) {
    const { __ow_method, http } = (await web("/default/f/a%20b?q=1", { method })).json();
    expect({ __ow_method, http }).toMatchObject({
      __ow_method: method.toLowerCase(),
      http: { method, path: "/a%20b" },
    });
  }
  expect((await web("/default/f", { method: "TRACE" as "GET" })).statusCode).toBe(404);
});

test("through a binding the package's, the binding's and the action's parameters meet, under the caller's own", async () => {
  const { web, put, publish } = await startTestWeb();
  const parameters = (record: Record<string, string>) => Object.entries(record).map(([key, value]) => ({ key, value }));
  await put("/_/packages/p", { parameters: parameters({ a: "package", b: "package", c: "package", d: "package" }) });
  const binding = { namespace: "_", name: "p" };
  // A binding's own annotation opens nothing and closes nothing.
  const annotations = [{ key: "web-export", value: false }];
  await put("/_/packages/bound", { binding, annotations, parameters: parameters({ b: "binding", c: "binding" }) });
  await publish("p/f", {}, { c: "action", http: "stored", __ow_path: "stored" });
  const event = (await web("/bound/f?d=query&http=mine")).json();
  expect(event).toMatchObject({
    a: "package",
    b: "binding",
    c: "action",
    d: "query",
    __ow_path: "",
    http: { path: "" },
  });
});

test.each([
  { sent: "?a=1", status: 400 },
  { sent: "?b=1", status: 200 },
])("what is final cannot be replaced: $sent is a $status", async ({ sent, status }) => {
  const { web, publish } = await startTestWeb();
  await publish("f", { final: true }, { a: "mine", b: null, __ow_method: "overwritten" });
  const answer = await web(`/default/f${sent}`);
  expect(answer.statusCode).toBe(status);
  if (status === 400) {
    expect(answer.json().error).toBe("Request defines parameters that are not allowed (e.g., reserved properties).");
  }
});

test("a raw function gets query and body as they came, whatever is in them", async () => {
  const { web, publish } = await startTestWeb();
  await publish("f", { "raw-http": true, final: true }, { a: "mine" });
  const payload = '{"a":"theirs","__ow_user":"root"}';
  const answer = await web("/default/f?a=%20&__ow_path=x", { method: "POST", headers: JSON_BODY, payload });
  expect(answer.json()).toMatchObject({
    a: "mine",
    __ow_query: "a=%20&__ow_path=x",
    __ow_body: payload,
    __ow_isBase64Encoded: false,
    __ow_path: "",
    http: { body: payload, queryString: "a=%20&__ow_path=x", isBase64Encoded: false, method: "POST" },
  });
  expect(answer.json()).not.toHaveProperty("__ow_user");
});

describe("require-whisk-auth", () => {
  const withSecret = (value: string) => ({ "x-require-whisk-auth": value });
  test.each([
    { value: false, headers: {}, status: 200 },
    { value: true, headers: {}, status: 401 },
    { value: true, headers: withSecret("true"), status: 401 },
    { value: "s3cr3t", headers: withSecret("s3cr3t"), status: 200 },
    { value: "s3cr3t", headers: withSecret("s3cr3T"), status: 401 },
    { value: "s3cr3t", headers: withSecret("s3cr3t2"), status: 401 },
    { value: "s3cr3t", headers: {}, status: 401 },
    { value: "", headers: {}, status: 401 },
    { value: 12.5, headers: withSecret("12.5"), status: 200 },
    { value: 12.5, headers: withSecret("12.50"), status: 401 },
    { value: null, headers: withSecret("null"), status: 401 },
    { value: {}, headers: withSecret("{}"), status: 401 },
    { value: ["a"], headers: withSecret("a"), status: 401 },
  ])("$value with $headers is $status", async ({ value, headers, status }) => {
    const { web, publish, get } = await startTestWeb();
    await publish("f", { "require-whisk-auth": value });
    const answer = await web("/default/f", { headers });
    expect(answer.statusCode).toBe(status);
    if (status === 401) expect(answer.json()).toEqual({ error: REFUSED, code: answer.headers["x-request-id"] });
    else expect(answer.json().__ow_headers).toMatchObject(headers);
    expect((await get("/_/activations?count=true")).body).toEqual({ activations: status === 200 ? 1 : 0 });
    expect(answer.headers["access-control-allow-origin"]).toBe("*");
  });
});

describe("CORS", () => {
  test("is answered for the function, which does not run, whoever asks", async () => {
    const { web, publish, get } = await startTestWeb();
    await publish("f", { "require-whisk-auth": "s3cr3t" });
    const headers = { "access-control-request-headers": "x-mine, x-require-whisk-auth" };
    for (const sent of [{}, headers]) {
      const answer = await web("/default/f", { method: "OPTIONS", headers: sent });
      expect({ status: answer.statusCode, body: answer.body }).toEqual({ status: 200, body: "" });
      expect(answer.headers).toMatchObject({
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH",
        "access-control-allow-headers":
          sent === headers
            ? "x-mine, x-require-whisk-auth"
            : "Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent",
      });
    }
    expect((await get("/_/activations?count=true")).body).toEqual({ activations: 0 });
  });

  test("is the function's own affair where it says so, even before anybody has proved anything", async () => {
    const { web, publish } = await startTestWeb({ headers: { "access-control-allow-origin": "https://a.example" } });
    await publish("f", { "web-custom-options": true, "require-whisk-auth": true });
    const answer = await web("/default/f", { method: "OPTIONS" });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers["access-control-allow-origin"]).toBe("https://a.example");
    expect(answer.headers).not.toHaveProperty("access-control-allow-methods");
    const refused = await web("/default/f");
    expect(refused.statusCode).toBe(401);
    for (const name of CORS) expect(refused.headers).not.toHaveProperty(name);
  });

  test("the function that answers OPTIONS is told that it does", async () => {
    const { web, publish } = await startTestWeb();
    await publish("f", { "web-custom-options": true });
    expect((await web("/default/f", { method: "OPTIONS" })).json()).toMatchObject({ __ow_method: "options" });
  });
});

describe("what is too much", () => {
  const payload = "x".repeat(1_048_577);

  test.each([
    { annotations: {}, method: "POST", status: 413 },
    { annotations: {}, method: "OPTIONS", status: 413 },
    { annotations: { "require-whisk-auth": true }, method: "POST", status: 413 },
    { annotations: { "web-export": false }, method: "POST", status: 404 },
  ] as const)("a body over 1 MiB is a $status for $method $annotations", async ({ annotations, method, status }) => {
    const { web, publish } = await startTestWeb();
    await publish("f", annotations);
    const answer = await web("/default/f", { method, payload });
    expect(answer.statusCode).toBe(status);
    if (status !== 413) return;
    expect(answer.json().error).toBe("Request larger than allowed: 1048577 > 1048576 bytes.");
    expect(answer.headers["access-control-allow-origin"]).toBe("*");
  });

  test("one of 1 MiB is taken", async () => {
    const { web } = await startTestWeb({ body: "ok" });
    expect((await web("/default/f", { method: "POST", payload: payload.slice(1) })).body).toBe("ok");
  });

  test("who gives what is not theirs to give counts as well: it takes looking at the function's parameters to tell", async () => {
    const { web, publish } = await startTestWeb({ body: "ok" }, { limits: { invocationsPerMinute: 1 } });
    await publish("fixed", { final: true }, { a: "mine" });
    expect((await web("/default/fixed?a=1")).statusCode).toBe(400);
    expect((await web("/default/fixed")).statusCode).toBe(429);
  });

  test("the public counts for the namespace, which keeps its other callers waiting for the same minute", async () => {
    const { web, post, clock } = await startTestWeb({ body: "ok" }, { limits: { invocationsPerMinute: 2 } });
    expect((await web("/default/f")).statusCode).toBe(200);
    // Whoever is refused, or only asks, takes nothing from the namespace.
    await web("/default/f?__ow_user=root");
    await web("/default/f", { method: "OPTIONS" });
    expect((await web("/default/f")).statusCode).toBe(200);
    const refused = await web("/default/f");
    expect(refused.statusCode).toBe(429);
    expect(refused.json().error).toBe("Too many requests in the last minute (count: 3, allowed: 2).");
    expect((await post("/_/actions/f?blocking=true")).status).toBe(429);
    clock.advance(60_000);
    expect((await web("/default/f")).statusCode).toBe(200);
  });
});

describe("the record of a call over the web", () => {
  test("names no key and no person, and is seen by keys that read, not by every key that invokes", async () => {
    const { web, as } = await startTestWeb({ body: "ok" });
    const id = (await web("/default/f")).headers["x-openwhisk-activation-id"];
    const { status, body } = await as(principal(["read"])).get(`/_/activations/${id}`);
    expect(status).toBe(200);
    expect(body.subject).toBe("web");
    expect(body.annotations).toContainEqual({ key: "user_id", value: "web" });
    expect(body.annotations.map(({ key }: { key: string }) => key)).not.toContain("access_key_id");
    expect((await as(principal(["invoke"])).get(`/_/activations/${id}`)).status).toBe(404);
  });
});
