import { expect, test } from "vitest";
import { basic } from "../caller.ts";
import { type DataPlane, eventually, expectCases, startDataPlane } from "./data-plane.ts";

const at = "/namespaces/_/actions" as const;
const sequence = (...components: unknown[]) => ({ exec: { kind: "sequence", components } });
const MALFORMED = "The request content was malformed:\n";

/** A plane with steps to make sequences of. */
async function startWithSteps() {
  const plane = await startDataPlane();
  await plane.deploy("add", "exports.main = ({ n, by = 1, ...rest }) => ({ n: n + by, ...rest });");
  await plane.deploy("double", "exports.main = ({ n }) => ({ n: n * 2 });");
  await plane.deploy("fails", "exports.main = () => ({ error: 'as told' });");
  await plane.deploy("throws", "exports.main = () => 7;");
  return plane;
}

const recordOf = async ({ send }: DataPlane, id: string) => {
  const path = `GET /namespaces/_/activations/${id}`;
  return Object(
    (
      await eventually(
        () => send(path),
        ({ status }) => status !== 404,
      )
    ).body,
  );
};

test("PUT of a sequence: 200 with its components in full, 400 for what cannot be one", async () => {
  const { send, namespace } = await startWithSteps();
  const full = [`/${namespace}/add`, `/${namespace}/double`];
  await expectCases(send, [
    {
      ask: `PUT ${at}/both`,
      json: { ...sequence("/_/add", `/${namespace}/double`), parameters: [{ key: "mine", value: 1 }] },
      status: 200,
      body: {
        exec: { kind: "sequence", components: full },
        parameters: [{ key: "_actions", value: full }],
        annotations: expect.arrayContaining([{ key: "exec", value: "sequence" }]),
      },
    },
    { ask: `GET ${at}/both`, status: 200, body: { exec: { kind: "sequence", components: full } } },
    {
      ask: `PUT ${at}/both?overwrite=true`,
      json: {},
      status: 200,
      body: { version: "0.0.2", exec: { components: full } },
    },
    { ask: `PUT ${at}/nested`, json: sequence("/_/both", "/_/double"), status: 200 },
    { ask: `PUT ${at}/x`, json: sequence(), status: 400, error: /No component specified for the sequence\.$/ },
    { ask: `PUT ${at}/x`, json: sequence("/_/none"), status: 400, error: "Sequence component does not exist." },
    { ask: `PUT ${at}/x`, json: sequence("/_/x"), status: 400, error: "Sequence may not refer to itself." },
    {
      ask: `PUT ${at}/both?overwrite=true`,
      json: sequence("/_/nested"),
      status: 400,
      error: "Sequence may not refer to itself.",
    },
    {
      ask: `PUT ${at}/x`,
      json: sequence(...Array(51).fill("/_/add")),
      status: 400,
      error: "Too many actions in the sequence.",
    },
    {
      ask: `PUT ${at}/x`,
      json: { exec: { kind: "sequence" } },
      status: 400,
      error: `${MALFORMED}'components' must be defined for sequence kind`,
    },
    {
      ask: `PUT ${at}/x`,
      json: { exec: { kind: "sequence", components: "a" } },
      status: 400,
      error: `${MALFORMED}'components' must be an array`,
    },
    {
      ask: `PUT ${at}/x`,
      json: sequence("add"),
      status: 400,
      error: /The fully qualified name of the entity must contain at least the namespace and the name of the entity\.$/,
    },
  ]);
  const { exec } = Object((await send(`GET ${at}/both`)).body);
  expect(Object.keys(exec).sort()).toEqual(["components", "kind"]);
});

test("POST to a sequence: result by result, until one fails; each step on record with its cause", async () => {
  const plane = await startWithSteps();
  const { send, deploy, namespace } = plane;
  await deploy("web-steps", "exports.main = ({ n, http }) => ({ body: { n, http: http === undefined } });");
  await expectCases(send, [
    { ask: `PUT ${at}/both`, json: sequence("/_/add", "/_/double"), status: 200 },
    { ask: `PUT ${at}/nested`, json: sequence("/_/both", "/_/add"), status: 200 },
    { ask: `PUT ${at}/halted`, json: sequence("/_/add", "/_/fails", "/_/double"), status: 200 },
    { ask: `PUT ${at}/broken`, json: sequence("/_/throws", "/_/double"), status: 200 },
    {
      ask: `PUT ${at}/page`,
      json: { ...sequence("/_/double", "/_/web-steps"), annotations: [{ key: "web-export", value: true }] },
      status: 200,
    },
    { ask: `POST ${at}/both?blocking=true&result=true`, json: { n: 1 }, status: 200, body: { n: 4 } },
    { ask: `POST ${at}/nested?blocking=true&result=true`, json: { n: 1 }, status: 200, body: { n: 5 } },
    { ask: `POST ${at}/halted?blocking=true&result=true`, json: { n: 1 }, status: 502, body: { error: "as told" } },
    {
      ask: `POST ${at}/broken?blocking=true`,
      json: {},
      status: 502,
      body: { response: { status: "action developer error" } },
    },
    // What the payload calls an error stops nothing.
    { ask: `POST ${at}/both?blocking=true&result=true`, json: { n: 1, error: "of the caller" }, status: 502 },
    { ask: `POST ${at}/both`, json: { n: 1 }, status: 202, body: { activationId: expect.any(String) } },
    { ask: `GET /web/${namespace}/default/page?n=2`, authorization: null, status: 200, body: { n: 4, http: true } },
  ]);
  const answer = await send(`POST ${at}/nested?blocking=true`, { json: { n: 1 } });
  const outer = await recordOf(plane, Object(answer.body).activationId);
  expect(outer).toMatchObject({
    name: "nested",
    response: { result: { n: 5 } },
    logs: [expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)],
    annotations: expect.arrayContaining([
      { key: "topmost", value: true },
      { key: "kind", value: "sequence" },
      { key: "path", value: `${namespace}/nested` },
    ]),
  });
  expect(outer).not.toHaveProperty("cause");
  const [inner, last] = await Promise.all(outer.logs.map((id: string) => recordOf(plane, id)));
  const causedBy = { key: "causedBy", value: "sequence" };
  for (const step of [inner, last]) {
    expect(step).toMatchObject({ cause: outer.activationId, annotations: expect.arrayContaining([causedBy]) });
  }
  expect([inner.name, last.name]).toEqual(["both", "add"]);
  expect(inner.annotations).toContainEqual({ key: "topmost", value: false });
  expect(outer.duration).toBe(inner.duration + last.duration);

  await expectCases(send, [
    { ask: `DELETE ${at}/double`, status: 200 },
    {
      ask: `POST ${at}/both?blocking=true&result=true`,
      json: { n: 1 },
      status: 502,
      body: { error: "Sequence component does not exist." },
    },
  ]);
});

test("a conductor says which action is next, until it says none", async () => {
  const plane = await startWithSteps();
  const { send, deploy, namespace } = plane;
  const conductor = { annotations: [{ key: "conductor", value: true }] };
  await deploy(
    "leads",
    `exports.main = ({ n, step = 0 }) => step === 2 ? { params: { n } }
      : { action: step === 0 ? "add" : "double", params: { n }, state: { step: step + 1 } };`,
    conductor,
  );
  await deploy(
    "lost",
    "exports.main = ({ error }) => (error === undefined ? { action: 'none' } : { error });",
    conductor,
  );
  await deploy("gives-up", "exports.main = () => ({ error: 'enough' });", conductor);
  await expectCases(send, [
    { ask: `POST ${at}/leads?blocking=true&result=true`, json: { n: 1 }, status: 200, body: { n: 4 } },
    { ask: `POST ${at}/gives-up?blocking=true&result=true`, json: {}, status: 502, body: { error: "enough" } },
    {
      ask: `POST ${at}/lost?blocking=true&result=true`,
      json: {},
      status: 502,
      body: { error: `Failed to resolve action with name '${namespace}/none' during composition.` },
    },
  ]);
  const answer = await send(`POST ${at}/leads?blocking=true`, { json: { n: 1 } });
  const record = await recordOf(plane, Object(answer.body).activationId);
  expect(record.annotations).toContainEqual({ key: "conductor", value: true });
  const steps = await Promise.all(record.logs.map((id: string) => recordOf(plane, id)));
  expect(steps.map(({ name }) => name)).toEqual(["leads", "add", "leads", "double", "leads"]);
  for (const { cause } of steps) expect(cause).toBe(record.activationId);
});

test("a package that is shared can be listed, bound and run from another namespace, and no other can", async () => {
  const { send, deploy, namespace, otherKey, other } = await startDataPlane();
  await expectCases(send, [
    {
      ask: "PUT /namespaces/_/packages/shared",
      json: { publish: true, parameters: [{ key: "a", value: 1 }] },
      status: 200,
    },
    { ask: "PUT /namespaces/_/packages/private", json: {}, status: 200 },
  ]);
  await deploy("shared/echo", "exports.main = (args) => args;");
  await deploy("private/echo", "exports.main = (args) => args;");
  const foreign = { authorization: basic(otherKey) };
  await expectCases(send, [
    {
      ask: `GET /namespaces/${namespace}/packages`,
      ...foreign,
      status: 200,
      body: [{ name: "shared", publish: true }],
    },
    {
      ask: `POST /namespaces/${namespace}/actions/shared/echo?blocking=true&result=true`,
      ...foreign,
      json: { b: 2 },
      status: 200,
      body: { a: 1, b: 2 },
    },
    { ask: `POST /namespaces/${namespace}/actions/private/echo?blocking=true`, ...foreign, json: {}, status: 403 },
    { ask: `PUT /namespaces/${namespace}/actions/shared/echo?overwrite=true`, ...foreign, json: {}, status: 403 },
    { ask: `DELETE /namespaces/${namespace}/packages/shared?force=true`, ...foreign, status: 403 },
    {
      ask: "PUT /namespaces/_/packages/mine",
      ...foreign,
      json: { binding: { namespace, name: "shared" } },
      status: 200,
    },
    {
      ask: "PUT /namespaces/_/packages/no",
      ...foreign,
      json: { binding: { namespace, name: "private" } },
      status: 403,
    },
    {
      ask: `POST /namespaces/${other}/actions/mine/echo?blocking=true`,
      ...foreign,
      json: {},
      status: 200,
      body: { namespace: other, response: { result: { a: 1 } } },
    },
    { ask: "GET /namespaces/_/activations?count=true", status: 200, body: { activations: 0 } },
    { ask: "GET /namespaces/_/activations?count=true", ...foreign, status: 200, body: { activations: 2 } },
  ]);
});

test("a function that asks for a key gets one that is not its caller's, and that is dead once it has ended", async () => {
  const { send, deploy, url, key } = await startDataPlane();
  await deploy(
    "asks",
    `exports.main = async (_args, { apiKey, apiHost }) => {
      const headers = { authorization: "Basic " + Buffer.from(apiKey).toString("base64") };
      const answer = await fetch(apiHost + "/api/v1/namespaces", { headers });
      return { apiKey, status: answer.status, same: process.env.__OW_API_KEY === apiKey };
    };`,
    { annotations: [{ key: "provide-api-key", value: true }] },
  );
  await deploy(
    "silent",
    "exports.main = (_args, { apiKey }) => ({ apiKey, environment: process.env.__OW_API_KEY ?? null });",
  );
  const { body } = await send(`POST ${at}/asks?blocking=true&result=true`);
  expect(body).toMatchObject({ status: 200, same: true });
  const { apiKey } = Object(body);
  expect(apiKey).toMatch(/^[^:]+:[^:]+$/);
  expect(apiKey).not.toContain(key.secret);
  const authorization = `Basic ${Buffer.from(apiKey).toString("base64")}`;
  expect((await fetch(`${url}/api/v1/namespaces`, { headers: { authorization } })).status).toBe(401);
  await expectCases(send, [
    { ask: `POST ${at}/silent?blocking=true&result=true`, status: 200, body: { apiKey: "", environment: null } },
  ]);
});
