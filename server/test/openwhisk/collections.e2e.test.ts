import { describe, expect, test } from "vitest";
import { basic } from "../caller.ts";
import { type DataPlane, expectCases, sendTo, startDataPlane } from "./data-plane.ts";
import { badPages } from "./refused-lists.ts";

const MISSING = "The resource requires authentication, which was not supplied with the request";
const INVALID = "The supplied authentication is invalid";
const ABSENT = "The requested resource does not exist.";
const OTHER_COLLECTION = "Resource by this name exists but is not in this collection.";
const EXISTS = "resource already exists";
/** Of what a request names something in. */
const absent = (name: string) => `The requested resource '${name}' does not exist.`;
const refused = (name: string) => `The supplied authentication is not authorized to access '${name}'.`;
const FOREIGN = "The supplied authentication is not authorized to access this resource.";
const exec = (code: string) => ({ kind: "nodejs:default", code });
const MIB = 1_048_576;

/** A plane with one thing of each kind: `hello`, `sample` with `hello` in it, and `bound`, which is bound to `sample`. */
async function startFurnished(): Promise<DataPlane> {
  const plane = await startDataPlane();
  // Time stands still otherwise, and lists begin with the newest.
  const send: DataPlane["send"] = (...asked) => {
    plane.clock.advance(1);
    return plane.send(...asked);
  };
  await plane.deploy("hello", "exports.main = (args) => args;");
  await expectCases(send, [
    { ask: "PUT /namespaces/_/packages/sample", json: { parameters: [{ key: "a", value: 1 }] }, status: 200 },
    { ask: "PUT /namespaces/_/packages/empty", json: {}, status: 200 },
    {
      ask: "PUT /namespaces/_/packages/bound",
      json: { binding: { namespace: "_", name: "sample" }, parameters: [{ key: "b", value: 2 }] },
      status: 200,
    },
  ]);
  await plane.deploy("sample/hello", "exports.main = (args) => args;");
  return { ...plane, send };
}

describe("what needs no credential", () => {
  test.each(["", "/"])("GET %s: the info document with runtimes", async (path) => {
    const { url } = await startDataPlane();
    const { status, body } = await sendTo(url, `GET ${path}`, {});
    expect(status).toBe(200);
    const families = Object.values(Object(body).runtimes);
    expect(families.length).toBeGreaterThan(0);
    for (const family of families) {
      expect(family).toEqual(expect.arrayContaining([expect.objectContaining({ kind: expect.any(String) })]));
    }
  });

  test("OPTIONS on any REST path: 200 with the CORS headers and nothing else", async () => {
    const { url } = await startDataPlane();
    const paths = ["", "/", "/namespaces", "/namespaces/_/limits", "/namespaces/fn-none/actions", "/nonsense/at/all"];
    const collections = ["actions", "packages", "activations", "triggers", "rules"];
    const entities = collections.flatMap((name) => [`/namespaces/_/${name}/`, `/namespaces/_/${name}/x`]);
    for (const path of [...paths, ...entities, "/namespaces/_/actions/p/a", "/namespaces/_/activations/x/logs"]) {
      const { status, text, headers } = await sendTo(url, `OPTIONS ${path}`, {});
      expect([path, status, text]).toEqual([path, 200, ""]);
      expect(headers.get("access-control-allow-headers")).toBe(
        "Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent",
      );
    }
  });
});

test("GET /namespaces and its limits: 200, 401, 403", async () => {
  const { send, namespace, other, key, otherKey } = await startDataPlane();
  const wrong = { authorization: basic({ id: key.id, secret: otherKey.secret }) };
  await expectCases(send, [
    { ask: "GET /namespaces", status: 200, body: [namespace] },
    { ask: "GET /namespaces/", status: 200, body: [namespace] },
    { ask: "GET /namespaces", status: 200, authorization: basic(otherKey), body: [other] },
    { ask: "GET /namespaces", status: 401, authorization: null, error: MISSING },
    { ask: "GET /namespaces", status: 401, ...wrong, error: INVALID },
    { ask: "POST /namespaces", status: 405, json: {}, error: "HTTP method not allowed, supported methods: GET" },
    { ask: "GET /namespaces/_/limits", status: 200, body: { invocationsPerMinute: 600, concurrentInvocations: 120 } },
    { ask: `GET /namespaces/${namespace}/limits`, status: 200 },
    { ask: "GET /namespaces/_/limits", status: 401, authorization: null, error: MISSING },
    { ask: "GET /namespaces/_/limits", status: 401, ...wrong, error: INVALID },
    { ask: `GET /namespaces/${other}/limits`, status: 403, error: FOREIGN },
    { ask: "GET /namespaces/a%24b/limits", status: 400, error: "The namespace contains illegal characters." },
    {
      ask: `GET /namespaces/${"n".repeat(257)}/limits`,
      status: 400,
      error: "Namespace longer than allowed: 257 > 256.",
    },
    { ask: "GET /namespaces/_", status: 404, error: "The requested resource could not be found." },
    { ask: "GET /nonsense", status: 404, error: "The requested resource could not be found." },
    { ask: "GET /nonsense", status: 401, authorization: null, error: MISSING },
  ]);
});

test("GET .../actions and .../actions/{pkg}/: 200 list or count, 400, 401, 403, 404", async () => {
  const { send, namespace, other } = await startFurnished();
  const summary = { publish: false, version: "0.0.1", exec: { binary: false } };
  await expectCases(send, [
    {
      ask: "GET /namespaces/_/actions",
      status: 200,
      body: [
        { name: "hello", namespace: `${namespace}/sample`, ...summary },
        { name: "hello", namespace, ...summary },
      ],
    },
    { ask: "GET /namespaces/_/actions/?limit=1&skip=1", status: 200, body: [{ namespace }] },
    { ask: "GET /namespaces/_/actions?count=true", status: 200, body: { actions: 2 } },
    { ask: "GET /namespaces/_/actions?count=true&skip=3", status: 200, body: { actions: 0 } },
    ...badPages("actions"),
    { ask: `GET /namespaces/${other}/actions`, status: 403, error: FOREIGN },
    { ask: "GET /namespaces/_/actions/sample/", status: 200, body: [{ name: "hello" }] },
    { ask: "GET /namespaces/_/actions/sample/?count=true", status: 200, body: { actions: 1 } },
    { ask: "GET /namespaces/_/actions/bound/", status: 200, body: [{ namespace: `${namespace}/sample` }] },
    { ask: "GET /namespaces/_/actions/empty/", status: 200, body: [] },
    { ask: "GET /namespaces/_/actions/none/", status: 404, error: absent(`${namespace}/none`) },
    { ask: "GET /namespaces/_/actions/hello/", status: 409, error: OTHER_COLLECTION },
    { ask: `GET /namespaces/${other}/actions/sample/`, status: 403, error: refused(`${other}/sample`) },
  ]);
});

test("PUT .../actions/[{pkg}/]{name}: 200, 400, 403, 404, 409, 413, 415", async () => {
  const { send, namespace, other } = await startFurnished();
  const at = "PUT /namespaces/_/actions" as const;
  const body = { exec: exec("1") };
  await expectCases(send, [
    {
      ask: `${at}/new`,
      json: body,
      status: 200,
      body: { namespace, name: "new", version: "0.0.1", exec: { binary: false } },
    },
    { ask: `${at}/new?overwrite=true`, json: {}, status: 200, body: { version: "0.0.2", exec: { code: "1" } } },
    { ask: `${at}/new2?overwrite=true`, json: body, status: 200, body: { version: "0.0.1" } },
    { ask: `${at}/sample/new`, json: body, status: 200, body: { namespace: `${namespace}/sample` } },
    { ask: `PUT /namespaces/${namespace}/actions/my%20action`, json: body, status: 200, body: { name: "my action" } },
    { ask: `${at}/x`, json: {}, status: 400, error: "exec undefined" },
    {
      ask: `${at}/x`,
      status: 400,
      error: "Request entity expected but not supplied",
      headers: { "content-type": "application/json" },
    },
    { ask: `${at}/x`, json: [], status: 400, error: /^The request content was malformed:\n/ },
    {
      ask: `${at}/x`,
      text: "{",
      status: 400,
      headers: { "content-type": "application/json" },
      error: /^The request content was malformed:\n/,
    },
    {
      ask: `${at}/x`,
      json: { exec: { kind: "cobol:1", code: "1" } },
      status: 400,
      error:
        /^The request content was malformed:\nThe specified runtime 'cobol:1' is not supported by this platform. Valid values are: '/,
    },
    {
      ask: `${at}/x`,
      json: { exec: { code: "1" } },
      status: 400,
      error: "The request content was malformed:\n'kind' must be a string defined in 'exec'",
    },
    {
      ask: `${at}/x`,
      json: { ...body, limits: { timeout: 900_001 } },
      status: 400,
      error: /duration 900001 milliseconds exceeds allowed threshold of 900000 milliseconds/,
    },
    { ask: `${at}/bound/x`, json: body, status: 400, error: "Operation not permitted on package binding." },
    { ask: `${at}/a%2Fb`, json: body, status: 400, error: "The name of the entity contains illegal characters." },
    {
      ask: `${at}/${"n".repeat(257)}`,
      json: body,
      status: 400,
      error: "Name segement longer than allowed: 257 > 256.",
    },
    {
      ask: `PUT /namespaces/${other}/actions/x`,
      json: body,
      status: 403,
      error: refused(`${other}/x`),
    },
    { ask: `${at}/none/x`, json: body, status: 404, error: absent(`${namespace}/none`) },
    { ask: `${at}/default/x`, json: body, status: 404, error: absent(`${namespace}/default`) },
    { ask: `${at}/hello`, json: body, status: 409, error: EXISTS },
    { ask: `${at}/sample?overwrite=true`, json: body, status: 409, error: OTHER_COLLECTION },
    {
      ask: `${at}/x`,
      json: { ...body, parameters: [{ key: "k", value: "v".repeat(MIB) }] },
      status: 413,
      error: /^parameters larger than allowed: \d+ > 1048576 bytes\.$/,
    },
    {
      ask: `${at}/x`,
      text: JSON.stringify(body),
      headers: { "content-type": "text/plain" },
      status: 415,
      error: "The request's Content-Type is not supported. Expected:\napplication/json",
    },
    { ask: `${at}/x`, json: body, authorization: null, status: 401, error: MISSING },
  ]);
});

test("GET and DELETE .../actions/[{pkg}/]{name}: 200, 400, 403, 404, 409", async () => {
  const { send, namespace, other } = await startFurnished();
  const at = "/namespaces/_/actions" as const;
  const parameters = [
    { key: "a", value: 1 },
    { key: "b", value: 2 },
  ];
  await expectCases(send, [
    { ask: `GET ${at}/hello`, status: 200, body: { exec: { binary: false, code: "exports.main = (args) => args;" } } },
    { ask: `GET ${at}/hello?code=false`, status: 200, body: { namespace, name: "hello" } },
    { ask: `GET ${at}/sample/hello`, status: 200, body: { parameters: parameters.slice(0, 1) } },
    { ask: `GET ${at}/bound/hello?code=false`, status: 200, body: { binding: `${namespace}/bound`, parameters } },
    { ask: `GET ${at}/none`, status: 404, error: ABSENT },
    { ask: `GET ${at}/none/hello`, status: 404, error: absent(`${namespace}/none`) },
    { ask: `GET ${at}/sample`, status: 409, error: OTHER_COLLECTION },
    { ask: `GET /namespaces/${other}/actions/hello`, status: 403, error: refused(`${other}/hello`) },
    { ask: `GET ${at}/hello`, status: 401, authorization: null },
    { ask: `GET ${at}/hello?code=perhaps`, status: 400, error: /^The query parameter 'code' was malformed:\n/ },
    { ask: `DELETE ${at}/bound/hello`, status: 400, error: "Operation not permitted on package binding." },
    { ask: `DELETE /namespaces/${other}/actions/hello`, status: 403, error: refused(`${other}/hello`) },
    { ask: `DELETE ${at}/sample`, status: 409, error: OTHER_COLLECTION },
    { ask: `DELETE ${at}/none`, status: 404, error: ABSENT },
    { ask: `DELETE ${at}/sample/hello`, status: 200, body: { name: "hello", namespace: `${namespace}/sample` } },
    {
      ask: `DELETE ${at}/hello`,
      status: 200,
      headers: { "content-type": "application/json" },
      body: { name: "hello" },
    },
    { ask: `DELETE ${at}/hello`, status: 404, error: ABSENT },
    { ask: `PUT ${at}/hello`, json: { exec: exec("2") }, status: 200, body: { version: "0.0.1" } },
  ]);
  const { body } = await send(`GET ${at}/hello?code=false`);
  expect(Object(body).exec).not.toHaveProperty("code");
});

test("GET .../packages: 200 list or count, 400, 401", async () => {
  const { send, namespace, other } = await startFurnished();
  await expectCases(send, [
    {
      ask: "GET /namespaces/_/packages",
      status: 200,
      body: [
        { name: "bound", binding: { namespace, name: "sample" } },
        { name: "empty", binding: false },
        { name: "sample", binding: false },
      ],
    },
    { ask: "GET /namespaces/_/packages/?skip=2&limit=1&public=true", status: 200, body: [{ name: "sample" }] },
    { ask: "GET /namespaces/_/packages?count=true", status: 200, body: { packages: 3 } },
    // Of another namespace what it shares, which is nothing, and nothing is what there is of one that does not exist.
    { ask: `GET /namespaces/${other}/packages`, status: 200, body: [] },
    { ask: "GET /namespaces/fn-none/packages", status: 200, body: [] },
    ...badPages("packages"),
  ]);
});

test("PUT .../packages/{p}: 200, 400, 403, 409, 413", async () => {
  const { send, namespace, other } = await startFurnished();
  const at = "PUT /namespaces/_/packages" as const;
  const to = (name: string, of = "_") => ({ binding: { namespace: of, name } });
  await expectCases(send, [
    {
      ask: `${at}/new`,
      json: {},
      status: 200,
      body: { namespace, name: "new", version: "0.0.1", binding: {}, annotations: [], parameters: [] },
    },
    {
      ask: `${at}/new?overwrite=true`,
      json: { publish: true },
      status: 200,
      body: { version: "0.0.2", publish: true },
    },
    { ask: `${at}/mine`, json: to("sample"), status: 200, body: { binding: { namespace, name: "sample" } } },
    { ask: `${at}/x`, json: [], status: 400, error: /^The request content was malformed:\n/ },
    { ask: `${at}/default`, json: {}, status: 400, error: "Package name 'default' is reserved." },
    { ask: `${at}/x`, json: to("none"), status: 400, error: "Binding references a package that does not exist." },
    { ask: `${at}/x`, json: to("bound"), status: 400, error: "Cannot bind to another package binding." },
    { ask: `${at}/x`, json: to("sample", other), status: 403, error: refused(`${other}/sample`) },
    { ask: `PUT /namespaces/${other}/packages/x`, json: {}, status: 403, error: refused(`${other}/x`) },
    { ask: `${at}/new`, json: {}, status: 409, error: EXISTS },
    { ask: `${at}/hello?overwrite=true`, json: {}, status: 409, error: OTHER_COLLECTION },
    { ask: `${at}/x`, json: to("hello"), status: 409, error: "Cannot bind to a resource that is not a package." },
    // Whatever it is to be bound to.
    ...["sample", "bound", "none"].map((name) => ({
      ask: `${at}/new?overwrite=true` as const,
      json: to(name),
      status: 409,
      error: "Resource is a package and cannot be converted into a binding.",
    })),
    {
      ask: `${at}/x`,
      json: { annotations: [{ key: "k", value: "v".repeat(MIB) }] },
      status: 413,
      error: "annotations larger than allowed: 1048579 > 1048576 bytes.",
    },
    { ask: `${at}/x`, text: "{}", headers: { "content-type": "text/plain" }, status: 415 },
    { ask: "POST /namespaces/_/packages/new", json: {}, status: 405 },
  ]);
});

test("GET and DELETE .../packages/{p}: 200, 403, 404, 409", async () => {
  const { send, namespace, other } = await startFurnished();
  const at = "/namespaces/_/packages" as const;
  await expectCases(send, [
    {
      ask: `GET ${at}/sample`,
      status: 200,
      body: { binding: {}, actions: [{ name: "hello", version: "0.0.1" }], feeds: [] },
    },
    {
      ask: `GET ${at}/bound`,
      status: 200,
      body: { binding: { namespace, name: "sample" }, actions: [{ name: "hello" }] },
    },
    { ask: `GET ${at}/none`, status: 404, error: ABSENT },
    { ask: `GET ${at}/hello`, status: 409, error: OTHER_COLLECTION },
    { ask: `GET /namespaces/${other}/packages/sample`, status: 403, error: refused(`${other}/sample`) },
    { ask: `DELETE ${at}/none`, status: 404, error: ABSENT },
    { ask: `DELETE ${at}/hello`, status: 409, error: OTHER_COLLECTION },
    {
      ask: `DELETE ${at}/sample`,
      status: 409,
      error: "Package not empty (contains 1 entity). Set force param or delete package contents.",
    },
    { ask: `DELETE ${at}/bound`, status: 200, body: { name: "bound", binding: { namespace, name: "sample" } } },
    { ask: `DELETE ${at}/sample?force=true`, status: 200, body: { name: "sample", binding: {} } },
    { ask: `DELETE ${at}/sample?force=true`, status: 404, error: ABSENT },
    { ask: "GET /namespaces/_/actions/sample/hello", status: 404 },
    { ask: `DELETE ${at}/empty`, status: 200 },
  ]);
});
