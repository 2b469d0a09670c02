import { expect, test } from "vitest";
import { basic } from "../caller.ts";
import { type DataPlane, eventually, expectCases, startDataPlane } from "./data-plane.ts";
import { badPages } from "./refused-lists.ts";

const ABSENT = "The requested resource does not exist.";
const OTHER_COLLECTION = "Resource by this name exists but is not in this collection.";
const EXISTS = "resource already exists";
const ECHO = "exports.main = (args) => args;";
const MALFORMED = /^The request content was malformed:\n/;
const ID = /^[0-9a-f]{32}$/;
const at = "/namespaces/_/triggers" as const;
const rules = "/namespaces/_/rules" as const;

/** A plane with an action, a packaged one, a trigger `tick` and a rule `onTick` from it to the packaged action. */
async function startFurnished() {
  const plane = await startDataPlane();
  await plane.deploy("echo", ECHO);
  await expectCases(plane.send, [{ ask: "PUT /namespaces/_/packages/sample", json: {}, status: 200 }]);
  await plane.deploy("sample/echo", ECHO);
  await expectCases(plane.send, [
    {
      ask: `PUT ${at}/tick`,
      json: {
        parameters: [
          { key: "from", value: "trigger" },
          { key: "a", value: 0 },
        ],
      },
      status: 200,
    },
    { ask: `PUT ${rules}/onTick`, json: { trigger: "/_/tick", action: "/_/sample/echo" }, status: 200 },
  ]);
  return plane;
}

const recordOf = ({ send }: DataPlane, id: unknown) =>
  eventually(
    () => send(`GET /namespaces/_/activations/${id}`),
    ({ status }) => status !== 404,
  );

test("GET .../triggers: 200 list or count, 400, 401, 403", async () => {
  const { send, namespace, other } = await startFurnished();
  await expectCases(send, [
    { ask: `PUT ${at}/tock`, json: {}, status: 200 },
    { ask: `GET ${at}?limit=0`, status: 200, body: [{ namespace, publish: false, annotations: [] }, { namespace }] },
    { ask: `GET ${at}/?limit=1&skip=1`, status: 200, body: [{ namespace }] },
    { ask: `GET ${at}?count=true`, status: 200, body: { triggers: 2 } },
    { ask: `GET /namespaces/${other}/triggers`, status: 403 },
    ...badPages("triggers"),
  ]);
});

test("PUT, GET and DELETE .../triggers/{t}: 200, 400, 401, 403, 404, 409, 413, 415", async () => {
  const { send, namespace, other } = await startFurnished();
  const rule = { action: { path: `${namespace}/sample`, name: "echo" }, status: "active" };
  await expectCases(send, [
    {
      ask: `PUT ${at}/new`,
      json: {},
      status: 200,
      body: { namespace, name: "new", version: "0.0.1", publish: false, annotations: [], parameters: [], limits: {} },
    },
    {
      ask: `PUT ${at}/new?overwrite=true`,
      json: { parameters: [{ key: "a", value: 1 }], annotations: [{ key: "k", value: "v" }] },
      status: 200,
      body: { version: "0.0.2", parameters: [{ key: "a", value: 1 }] },
    },
    { ask: `PUT ${at}/new2?overwrite=true`, json: { limits: {}, publish: false, version: "1.0.0" }, status: 200 },
    { ask: `PUT ${at}/fed`, json: { annotations: [{ key: "feed", value: "/_/sample/echo" }] }, status: 200 },
    { ask: `PUT ${at}/tick`, json: {}, status: 409, error: EXISTS },
    { ask: `PUT ${at}/echo?overwrite=true`, json: {}, status: 409, error: OTHER_COLLECTION },
    {
      ask: "PUT /namespaces/_/actions/tick?overwrite=true",
      json: { exec: { kind: "nodejs:default", code: "1" } },
      status: 409,
      error: OTHER_COLLECTION,
    },
    { ask: `PUT ${at}/x`, json: [], status: 400, error: MALFORMED },
    { ask: `PUT ${at}/x`, json: { parameters: {} }, status: 400, error: MALFORMED },
    {
      ask: `PUT ${at}/x`,
      json: { annotations: [{ key: "feed", value: 7 }] },
      status: 400,
      error: /Feed name is not valid/,
    },
    { ask: `PUT ${at}/a%2Fb`, json: {}, status: 400, error: "The name of the entity contains illegal characters." },
    { ask: `PUT ${at}/x`, json: { parameters: [{ key: "k", value: "v".repeat(1_048_576) }] }, status: 413 },
    { ask: `PUT ${at}/x`, text: "{}", headers: { "content-type": "text/plain" }, status: 415 },
    { ask: `PUT ${at}/x`, json: {}, authorization: null, status: 401 },
    { ask: `PUT /namespaces/${other}/triggers/x`, json: {}, status: 403 },
    { ask: `GET ${at}/tick`, status: 200, body: { name: "tick", rules: { [`${namespace}/onTick`]: rule } } },
    { ask: `GET ${at}/none`, status: 404, error: ABSENT },
    { ask: `GET ${at}/echo`, status: 409, error: OTHER_COLLECTION },
    { ask: "GET /namespaces/_/actions/tick", status: 409, error: OTHER_COLLECTION },
    { ask: `GET /namespaces/${other}/triggers/tick`, status: 403 },
    { ask: `DELETE ${at}/none`, status: 404, error: ABSENT },
    { ask: `DELETE ${at}/echo`, status: 409, error: OTHER_COLLECTION },
    { ask: `DELETE ${at}/new`, status: 200, headers: { "content-type": "application/json" }, body: { name: "new" } },
    { ask: `GET ${at}/new`, status: 404, error: ABSENT },
    { ask: `DELETE ${at}/tick`, status: 200, body: { name: "tick" } },
    { ask: `GET ${rules}/onTick`, status: 200, body: { status: "inactive" } },
  ]);
  expect(Object((await send(`GET ${at}/new2`)).body)).not.toHaveProperty("rules");
});

test("POST .../triggers/{t}: 202 and a record of what it set off, 204 without an active rule, 400, 404, 413, 415, 429", async () => {
  const plane = await startFurnished();
  const { send, deploy, namespace, other } = plane;
  const fired = await send(`POST ${at}/tick`, { json: { a: 1 }, headers: { "x-mine": "yes" } });
  expect([fired.status, fired.headers.get("x-openwhisk-activation-id")]).toEqual([202, expect.stringMatching(ID)]);
  const record = await recordOf(plane, Object(fired.body).activationId);
  expect(record.body).toMatchObject({ namespace, name: "tick", response: { success: true, result: { a: 1 } } });
  expect(Object(record.body)).not.toHaveProperty("end");
  expect(Object(record.body)).not.toHaveProperty("duration");
  const [line] = Object(record.body).logs.map((text: string) => JSON.parse(text));
  expect(line).toEqual({
    statusCode: 0,
    success: true,
    activationId: expect.stringMatching(ID),
    rule: `${namespace}/onTick`,
    action: `${namespace}/sample/echo`,
  });
  const ran = await recordOf(plane, line.activationId);
  expect(ran.body).toMatchObject({
    name: "echo",
    response: { result: { from: "trigger", a: 1, __ow_headers: { "x-mine": "yes" } } },
  });
  expect(Object(ran.body)).not.toHaveProperty("cause");
  expect(ran.text).not.toContain(basic(plane.key).slice(6));

  await deploy("fixed", ECHO, { annotations: [{ key: "final", value: true }], parameters: [{ key: "a", value: 9 }] });
  await expectCases(send, [
    { ask: `PUT ${rules}/refused`, json: { trigger: "/_/tick", action: "/_/fixed" }, status: 200 },
    { ask: `PUT ${rules}/asleep`, json: { trigger: "/_/tick", action: "/_/echo" }, status: 200 },
    { ask: `POST ${rules}/asleep`, json: { status: "inactive" }, status: 200 },
  ]);
  const mixed = await recordOf(plane, Object((await send(`POST ${at}/tick`, { json: { a: 1 } })).body).activationId);
  const lines = Object(mixed.body).logs.map((text: string) => JSON.parse(text));
  const byRule = Object.fromEntries(lines.map((one: { rule: string }) => [one.rule.replace(/.*\//, ""), one]));
  expect(byRule).toMatchObject({
    onTick: { statusCode: 0, success: true },
    refused: { statusCode: 1, success: false, error: expect.any(String) },
    asleep: {
      statusCode: 1,
      success: false,
      error: `Rule '${namespace}/asleep' is inactive, action '${namespace}/echo' was not activated.`,
    },
  });

  await expectCases(send, [
    { ask: `PUT ${at}/lonely`, json: {}, status: 200 },
    { ask: `POST ${at}/lonely`, json: {}, status: 204 },
    { ask: `POST ${at}/lonely`, status: 204 },
    { ask: `POST ${at}/tick`, status: 202, headers: { "content-type": "application/json" } },
    { ask: `POST ${at}/tick`, json: [1], status: 400, error: MALFORMED },
    {
      ask: `POST ${at}/tick`,
      text: "{",
      headers: { "content-type": "application/json" },
      status: 400,
      error: MALFORMED,
    },
    { ask: `POST ${at}/none`, json: {}, status: 404, error: ABSENT },
    { ask: `POST ${at}/echo`, json: {}, status: 409, error: OTHER_COLLECTION },
    { ask: `POST /namespaces/${other}/triggers/tick`, json: {}, status: 403 },
    { ask: `POST ${at}/tick`, json: { a: "x".repeat(1_048_576) }, status: 413 },
    { ask: `POST ${at}/tick`, text: "a=1", headers: { "content-type": "text/plain" }, status: 415 },
    { ask: `POST ${at}/tick`, json: {}, authorization: null, status: 401 },
  ]);
  const lonely = await send(`POST ${at}/lonely`);
  expect([lonely.text, lonely.headers.get("x-openwhisk-activation-id")]).toEqual(["", null]);
});

test("GET .../rules: 200 list or count, without a status; 400, 401, 403", async () => {
  const { send, namespace, other } = await startFurnished();
  await expectCases(send, [
    { ask: `GET ${rules}`, status: 200, body: [{ namespace, name: "onTick", version: "0.0.1", publish: false }] },
    { ask: `GET ${rules}/?count=true`, status: 200, body: { rules: 1 } },
    { ask: `GET /namespaces/${other}/rules`, status: 403 },
    ...badPages("rules"),
  ]);
  const [item] = Object((await send(`GET ${rules}`)).body);
  expect(item).not.toHaveProperty("status");
});

test("PUT, GET and DELETE .../rules/{r}: 200, 400, 401, 403, 404, 409, 415", async () => {
  const { send, namespace, other } = await startFurnished();
  const body = { trigger: "/_/tick", action: "/_/echo" };
  const shape = {
    ...{ namespace, name: "new", version: "0.0.1", publish: false, annotations: [], status: "active" },
    trigger: { path: namespace, name: "tick" },
    action: { path: namespace, name: "echo" },
  };
  const VALID = /rule requires a valid trigger and a valid action/;
  await expectCases(send, [
    { ask: `PUT ${rules}/new`, json: body, status: 200, body: shape },
    {
      ask: `PUT ${rules}/objects`,
      json: { trigger: { path: "_", name: "tick" }, action: { path: `${namespace}/sample`, name: "echo" } },
      status: 200,
      body: { action: { path: `${namespace}/sample`, name: "echo" } },
    },
    { ask: `PUT ${rules}/new`, json: body, status: 409, error: EXISTS },
    { ask: `PUT ${rules}/echo?overwrite=true`, json: body, status: 409, error: OTHER_COLLECTION },
    { ask: `POST ${rules}/new`, json: { status: "inactive" }, status: 200 },
    {
      ask: `PUT ${rules}/new?overwrite=true`,
      json: { action: "/_/sample/echo" },
      status: 200,
      body: { version: "0.0.2", status: "inactive", trigger: { name: "tick" }, action: { name: "echo" } },
    },
    { ask: `PUT ${rules}/x`, json: {}, status: 400, error: VALID },
    { ask: `PUT ${rules}/x`, json: { trigger: "/_/tick" }, status: 400, error: VALID },
    {
      ask: `PUT ${rules}/x`,
      json: { ...body, trigger: "/_/none" },
      status: 400,
      error: `trigger /${namespace}/none does not exist`,
    },
    {
      ask: `PUT ${rules}/x`,
      json: { ...body, action: "/_/none" },
      status: 400,
      error: `action /${namespace}/none does not exist`,
    },
    { ask: `PUT ${rules}/x`, json: { ...body, trigger: 7 }, status: 400 },
    { ask: `PUT ${rules}/x`, json: [], status: 400, error: MALFORMED },
    { ask: `PUT ${rules}/x`, text: "{}", headers: { "content-type": "text/plain" }, status: 415 },
    { ask: `PUT ${rules}/x`, json: body, authorization: null, status: 401 },
    { ask: `PUT /namespaces/${other}/rules/x`, json: body, status: 403 },
    { ask: `GET ${rules}/new`, status: 200, body: { status: "inactive" } },
    { ask: `GET ${rules}/none`, status: 404, error: ABSENT },
    { ask: `GET ${rules}/tick`, status: 409, error: OTHER_COLLECTION },
    { ask: `GET /namespaces/${other}/rules/new`, status: 403 },
    { ask: `DELETE ${rules}/none`, status: 404, error: ABSENT },
    { ask: `DELETE ${rules}/tick`, status: 409, error: OTHER_COLLECTION },
    { ask: `DELETE ${rules}/onTick`, status: 200, body: { name: "onTick", status: "inactive" } },
    { ask: `GET ${rules}/onTick`, status: 404, error: ABSENT },
  ]);
});

test("POST .../rules/{r}: 200 without a body, as often as one likes; 400, 401, 403, 404", async () => {
  const { send, other } = await startFurnished();
  for (const status of ["inactive", "inactive", "active", "active"]) {
    const answer = await send(`POST ${rules}/onTick`, { json: { status } });
    expect([answer.status, answer.text]).toEqual([200, ""]);
    await expectCases(send, [{ ask: `GET ${rules}/onTick`, status: 200, body: { status } }]);
  }
  await expectCases(send, [
    { ask: `POST ${rules}/onTick`, json: { status: "asleep" }, status: 400, error: MALFORMED },
    { ask: `POST ${rules}/onTick`, json: {}, status: 400, error: MALFORMED },
    { ask: `POST ${rules}/none`, json: { status: "active" }, status: 404, error: ABSENT },
    { ask: `POST ${rules}/onTick`, json: { status: "active" }, authorization: null, status: 401 },
    { ask: `POST /namespaces/${other}/rules/onTick`, json: { status: "active" }, status: 403 },
    { ask: `DELETE ${at}/tick`, status: 200 },
    {
      ask: `POST ${rules}/onTick`,
      json: { status: "active" },
      status: 404,
      error: "Only rules with existing triggers can be activated",
    },
  ]);
});
