import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { createAccessKey, deleteAccessKey, listAccessKeys, renameAccessKey } from "./access-keys.ts";
import { createClient } from "./client.ts";
import { ApiError, InvalidRequestError, UnreachableError } from "./client-errors.ts";
import { listNamespaces } from "./namespaces.ts";
import { route } from "./route.ts";
import { streamed } from "./shapes.ts";

const SECRET = "dofs_v1_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const conceal = (value: string) => ({ reveal: () => value });
const token = { kind: "token", token: conceal("dop_v1_feedbeef") } as const;
const accessKey = { kind: "access_key", id: "dof_v1_0123", secret: conceal(SECRET) } as const;

/** A data-plane route with all that a route can have. */
const invoke = route({
  id: "action.invoke",
  summary: "",
  method: "POST",
  path: "/api/v1/namespaces/{namespace}/actions/{action}",
  dialect: "openwhisk",
  credential: "access_key",
  params: z.object({ namespace: z.string(), action: z.string() }),
  query: z.object({ blocking: z.boolean().optional(), limit: z.int().optional(), name: z.string().optional() }),
  body: z.record(z.string(), z.unknown()).optional(),
  answers: { 200: z.unknown(), 202: z.object({ activationId: z.string() }), 502: z.unknown(), 204: null },
  errors: [404],
});
const here = { namespace: "_", action: "hello" };

/** A real server that answers every request the same way and keeps what it was asked. */
let server: Server;
let answer: { status?: number; headers?: Record<string, string>; body?: unknown };
let asked: { line: string; headers: NodeJS.Dict<string | string[]>; body: string }[];
const listener: RequestListener = async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  asked.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
  response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
  response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
};
const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const controlPlane = () => createClient({ baseUrl: address(), credential: token, userAgent: "test/1" });
const dataPlane = () => createClient({ baseUrl: `${address()}/gw.co/`, credential: accessKey });

beforeAll(async () => {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answer = { body: {} };
  asked = [];
});

/** What a call that must fail fails with. */
const failure = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (value) => expect.fail(`answered ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );

describe("what is sent", () => {
  test("a token goes as a bearer token, with the caller's user agent and nothing a GET has no use for", async () => {
    answer = { body: { namespaces: [] } };
    await controlPlane().call(listNamespaces);
    expect(asked).toMatchObject([{ line: "GET /v2/functions/namespaces", body: "" }]);
    expect(asked[0]?.headers).toMatchObject({ authorization: "Bearer dop_v1_feedbeef", "user-agent": "test/1" });
    expect(asked[0]?.headers["accept"]).toBe("application/json");
    expect(asked[0]?.headers).not.toHaveProperty("content-type");
  });

  test("an access key goes as HTTP Basic, below the path that an api_host may end in", async () => {
    await dataPlane().call(invoke, { params: here });
    expect(asked[0]?.line).toBe("POST /gw.co/api/v1/namespaces/_/actions/hello");
    expect(asked[0]?.headers["authorization"]).toBe(`Basic ${btoa(`dof_v1_0123:${SECRET}`)}`);
  });

  test("without a body there is none, not even an empty one", async () => {
    await dataPlane().call(invoke, { params: here });
    expect(asked[0]?.headers).not.toHaveProperty("content-type");
    expect(asked[0]?.body).toBe("");
  });

  test("a body goes as JSON", async () => {
    await dataPlane().call(invoke, { params: here, body: { greeting: "grüß" } });
    expect(asked[0]?.headers["content-type"]).toBe("application/json");
    expect(asked[0]?.body).toBe('{"greeting":"grüß"}');
  });

  test("names are percent-encoded, so that none of them becomes a path or a query", async () => {
    await dataPlane().call(invoke, { params: { namespace: "a b/c?d=e#f", action: "100%.&@" } });
    expect(asked[0]?.line).toBe("POST /gw.co/api/v1/namespaces/a%20b%2Fc%3Fd%3De%23f/actions/100%25.%26%40");
  });

  test.each(["", ".", ".."])(
    "a name of %j is refused, because the request would become one for something else",
    async (key_id) => {
      answer = { status: 204 };
      const error = await failure(controlPlane().call(deleteAccessKey, { params: { namespace_id: "fn-1", key_id } }));
      expect(error).toBeInstanceOf(InvalidRequestError);
      expect(asked).toEqual([]);
    },
  );

  test("query parameters that are undefined are left out, false and 0 are not", async () => {
    const query = { blocking: false, limit: 0, name: undefined };
    await dataPlane().call(invoke, { params: here, query });
    expect(asked[0]?.line).toBe("POST /gw.co/api/v1/namespaces/_/actions/hello?blocking=false&limit=0");
  });
});

describe("what comes back", () => {
  test("an answer is told apart by its status", async () => {
    answer = { status: 202, body: { activationId: "abc" }, headers: { "x-request-id": "r1" } };
    const given = await dataPlane().call(invoke, { params: here });
    expect(given).toMatchObject({ status: 202, body: { activationId: "abc" } });
    expect(given.headers.get("x-request-id")).toBe("r1");
  });

  test("fields this client does not know are kept", async () => {
    answer = { body: { namespaces: [], next: "page" } };
    expect((await controlPlane().call(listNamespaces)).body).toEqual({ namespaces: [], next: "page" });
  });

  test("an empty answer has a null body", async () => {
    answer = { status: 204, body: "" };
    const given = await controlPlane().call(deleteAccessKey, { params: { namespace_id: "fn-1", key_id: "k" } });
    expect(given).toMatchObject({ status: 204, body: null });
  });

  test("a 200 that is not what the route promises is an error, not data", async () => {
    answer = { body: { namespaces: "none" } };
    const error = await failure(controlPlane().call(listNamespaces));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error).toHaveProperty("message", expect.stringMatching(/namespace\.list.*not from this API.*namespaces: /));
  });

  test("a page of HTML with status 200 is an error, not data, even where any JSON would do", async () => {
    answer = { body: "<html>Welcome to nginx</html>" };
    expect(await failure(controlPlane().call(listNamespaces))).toBeInstanceOf(UnreachableError);
    expect(await failure(dataPlane().call(invoke, { params: here }))).toBeInstanceOf(UnreachableError);
  });
});

describe("refusals", () => {
  test("DigitalOcean's error body gives message and request id", async () => {
    answer = { status: 404, body: { id: "not_found", message: "access key not found", request_id: "r-7" } };
    const error = await failure(controlPlane().call(listAccessKeys, { params: { namespace_id: "fn-1" } }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 404, kind: "not_found", message: "access key not found", requestId: "r-7" });
    expect(error).toMatchObject({ route: { id: "accessKey.list", credential: "token" } });
  });

  test("OpenWhisk's error body gives message and request id", async () => {
    answer = { status: 401, body: { error: "The supplied authentication is invalid", code: "c0de" } };
    const error = await failure(dataPlane().call(invoke, { params: here }));
    expect(error).toMatchObject({ status: 401, kind: "unauthorized", requestId: "c0de" });
    expect(error).toHaveProperty("message", "The supplied authentication is invalid");
  });

  test("a function's own failure is an answer, the API's with the same status is a refusal", async () => {
    answer = { status: 502, body: { error: "I broke" } };
    expect(await dataPlane().call(invoke, { params: here })).toMatchObject({ status: 502, body: { error: "I broke" } });
    answer = { status: 502, body: { error: "no capacity", code: "c0de" } };
    expect(await failure(dataPlane().call(invoke, { params: here }))).toMatchObject({ kind: "unavailable" });
  });

  test("a proxy's page of HTML is summed up by its status", async () => {
    answer = { status: 413, body: "<html>too big</html>", headers: { "x-request-id": "r9" } };
    const error = await failure(controlPlane().call(listNamespaces));
    expect(error).toMatchObject({
      kind: "too_large",
      message: "the server answered 413 Payload Too Large",
      requestId: "r9",
    });
  });

  test("a request to wait is told", async () => {
    answer = { status: 429, body: { message: "API rate limit exceeded." }, headers: { "retry-after": "7" } };
    expect(await failure(controlPlane().call(listNamespaces))).toMatchObject({
      kind: "rate_limited",
      retryAfterSeconds: 7,
    });
  });

  test("a redirect is not followed with the credential, but told", async () => {
    answer = { status: 301, headers: { location: "https://functions.example/" } };
    const error = await failure(controlPlane().call(listNamespaces));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error).toHaveProperty("message", expect.stringContaining("a redirect to https://functions.example/"));
    expect(asked).toHaveLength(1);
  });
});

describe("no answer", () => {
  test("nobody listening: the address and the reason in one sentence", async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
    const baseUrl = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
    await new Promise((resolve) => gone.close(resolve));
    const error = await failure(createClient({ baseUrl, credential: token }).call(listNamespaces));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error).toMatchObject({
      message: `Cannot reach ${baseUrl}: connection refused`,
      code: "ECONNREFUSED",
      baseUrl,
    });
  });

  test("a connection that breaks off in the middle of an answer", async () => {
    const cut = createServer((_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("{", () => response.destroy());
    });
    await new Promise<void>((resolve) => cut.listen(0, "127.0.0.1", resolve));
    const baseUrl = `http://127.0.0.1:${(cut.address() as AddressInfo).port}`;
    const error = await failure(createClient({ baseUrl, credential: token }).call(listNamespaces));
    cut.close();
    expect(error).toMatchObject({
      name: "UnreachableError",
      message: `Cannot reach ${baseUrl}: the connection was closed`,
    });
  });

  test.each(["localhost:3233", "ftp://127.0.0.1", "http://user:pw@127.0.0.1", "http://127.0.0.1?x=1", ""])(
    "%j is refused as an address",
    (baseUrl) => {
      expect(() => createClient({ baseUrl, credential: token })).toThrow(InvalidRequestError);
    },
  );
});

describe("credentials stay out of errors", () => {
  test("an address with a password is refused without being quoted", () => {
    expect(() => createClient({ baseUrl: "http://u:hunter2@127.0.0.1", credential: token })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
    );
  });

  const pasted = `${SECRET}\nand more`;
  test.each([
    { what: "a token", credential: { kind: "token", token: conceal(pasted) } },
    { what: "an access key", credential: { kind: "access_key", id: "dof_v1_0", secret: conceal(pasted) } },
  ] as const)("$what that cannot be a header is refused without being quoted", ({ credential }) => {
    let message = "";
    try {
      createClient({ baseUrl: "http://127.0.0.1", credential });
    } catch (error) {
      message = error instanceof InvalidRequestError ? error.message : "";
    }
    expect(message).toContain("characters that it cannot have");
    expect(message).not.toContain("dofs_v1_");
  });
});

test("types: credentials, inputs and answers come from the route", async () => {
  answer = { body: { access_keys: [], count: 0 } };
  const client = controlPlane();
  const { body } = await client.call(listAccessKeys, { params: { namespace_id: "fn-1" } });
  expectTypeOf(body.access_keys[0]?.expires_at).toEqualTypeOf<string | null | undefined>();

  type CallIt = () => unknown;
  const misuses: CallIt[] = [
    // @ts-expect-error a token is no credential for the data plane
    () => client.call(invoke, { params: here }),
    // @ts-expect-error the namespace is missing
    () => client.call(listAccessKeys),
    // @ts-expect-error the name is missing
    () => client.call(renameAccessKey, { params: { namespace_id: "fn-1", key_id: "k" }, body: {} }),
    // @ts-expect-error the body is missing
    () => client.call(createAccessKey, { params: { namespace_id: "fn-1" } }),
  ];
  expect(misuses).toHaveLength(4);
});

describe("an answer in pieces", () => {
  const getStory = route({
    id: "story.get",
    summary: "",
    method: "GET",
    path: "/story/{name}",
    dialect: "digitalocean",
    credential: "token",
    params: z.object({ name: z.string() }),
    query: z.object({ from: z.string().optional() }),
    answers: { 200: streamed("text/plain") },
    errors: [404],
  });
  const read = async () => {
    let text = "";
    for await (const piece of await controlPlane().stream(getStory, { params: { name: "a b" }, query: { from: "1" } }))
      text += piece;
    return text;
  };

  test("is read as it is, letters of several bytes included", async () => {
    answer = { headers: { "content-type": "text/plain" }, body: "e😀".repeat(100_000) };
    expect(await read()).toBe("e😀".repeat(100_000));
    expect(asked.map(({ line, headers }) => [line, headers["authorization"]])).toEqual([
      ["GET /story/a%20b?from=1", "Bearer dop_v1_feedbeef"],
    ]);
  });

  test("that is refused says so", async () => {
    answer = { status: 404, body: { id: "not_found", message: "no such story", request_id: "r" } };
    await expect(read()).rejects.toThrow(ApiError);
    await expect(read()).rejects.toThrow("no such story");
  });

  test("that is a redirect is none of ours", async () => {
    answer = { status: 302, headers: { location: "https://elsewhere.example.com/" } };
    await expect(read()).rejects.toThrow(UnreachableError);
  });

  test("that breaks off is told from one that ends", async () => {
    answer = { headers: { "content-length": "100", connection: "close" }, body: "once" };
    await expect(read()).rejects.toThrow(UnreachableError);
  });
});
