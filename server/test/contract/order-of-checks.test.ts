import { expect, test } from "vitest";
import { addToken } from "../people.ts";
import { type Sending, startControlPlane } from "./control-plane.ts";
import {
  addFunction,
  addKey,
  addNamespace,
  addTrigger,
  keysOf,
  NAMESPACES,
  NO_NAMESPACE,
  TRIGGER,
  triggersOf,
} from "./things.ts";

/** One more thing is right on each step: what is wrong first decides (do-functions-api 1.3). */
type Step = {
  wrong: string;
  path: string;
  sending: Sending;
  expected: readonly [status: number, message: string | RegExp];
};

const BROKEN = { text: '{"name":' };
const PARSING = [400, "error parsing request body"] as const;

const NO_ACCESS = [401, "Unable to authenticate you."] as const;
const TOO_MANY = [429, "API rate limit exceeded."] as const;
const FORBIDDEN = [403, "You do not have permission to perform this action."] as const;

async function climb(
  send: Awaited<ReturnType<typeof startControlPlane>>["send"],
  steps: readonly Step[],
): Promise<void> {
  for (const { wrong, path, sending, expected } of steps) {
    const { status, body } = await send("POST", path, sending);
    const [wanted, message] = expected;
    expect([wrong, status, Object(body).message]).toEqual([
      wrong,
      wanted,
      typeof message === "string" ? message : expect.stringMatching(message),
    ]);
  }
}

test("creating a key: 401, 429, 403, 400 for syntax, 404, 400 for fields, 409", async () => {
  const plane = await startControlPlane({ environment: { LATCHKEY_REQUESTS_PER_HOUR: "9" } });
  const { namespace } = await addNamespace(plane);
  await addKey(plane, namespace, "taken");
  const mayOnlyRead = { scopes: ["function:read"] } as const;
  const spent = (await addToken(plane, mayOnlyRead)).token;
  for (let count = 0; count < 9; count += 1) await plane.send("GET", NAMESPACES, { token: spent });
  const reader = (await addToken(plane, mayOnlyRead)).token;
  const nowhere = keysOf(NO_NAMESPACE);
  const here = keysOf(namespace);

  await climb(plane.send, [
    { wrong: "token, syntax, namespace", path: nowhere, sending: { token: null, ...BROKEN }, expected: NO_ACCESS },
    {
      wrong: "limit, scope, syntax, namespace",
      path: nowhere,
      sending: { token: spent, ...BROKEN },
      expected: TOO_MANY,
    },
    { wrong: "scope, syntax, namespace", path: nowhere, sending: { token: reader, ...BROKEN }, expected: FORBIDDEN },
    { wrong: "syntax, namespace", path: nowhere, sending: BROKEN, expected: PARSING },
    {
      wrong: "namespace, fields",
      path: nowhere,
      sending: { json: { name: "", expires_in: "soon" } },
      expected: [404, "namespace not found"],
    },
    {
      wrong: "name, lifetime",
      path: here,
      sending: { json: { name: "", expires_in: "soon" } },
      expected: [400, "Invalid request payload: missing name field"],
    },
    {
      wrong: "lifetime, conflict",
      path: here,
      sending: { json: { name: "taken", expires_in: "soon" } },
      expected: [400, /expires_in must be/],
    },
    {
      wrong: "conflict",
      path: here,
      sending: { json: { name: "taken", expires_in: "7d" } },
      expected: [409, "The request could not be completed due to a conflict."],
    },
  ]);
});

test("creating a namespace: 400 for syntax, 400 for fields, 422 for the label, 422 for the quota", async () => {
  const plane = await startControlPlane({ environment: { LATCHKEY_NAMESPACES_PER_TEAM: "1" } });
  await addNamespace(plane, "taken");
  await climb(plane.send, [
    { wrong: "syntax", path: NAMESPACES, sending: BROKEN, expected: PARSING },
    {
      wrong: "region, label taken, quota",
      path: NAMESPACES,
      sending: { json: { label: "taken", region: "x" } },
      expected: [400, /region must be/],
    },
    {
      wrong: "label taken, quota",
      path: NAMESPACES,
      sending: { json: { label: "taken", region: "fra1" } },
      expected: [422, /already in use/],
    },
    {
      wrong: "quota",
      path: NAMESPACES,
      sending: { json: { label: "free", region: "fra1" } },
      expected: [422, "namespace limit reached"],
    },
  ]);
});

test("creating a trigger: 400 for syntax, 404, 400 for fields, 400 for the function, 409, 422", async () => {
  const plane = await startControlPlane({ environment: { LATCHKEY_TRIGGERS_PER_NAMESPACE: "1" } });
  const namespace = await addNamespace(plane);
  await addFunction(plane, namespace);
  await addTrigger(plane, namespace.namespace);
  const path = triggersOf(namespace.namespace);
  const bad = { ...TRIGGER, function: "none", scheduled_details: { cron: "never" } };
  await climb(plane.send, [
    { wrong: "syntax, namespace", path: triggersOf(NO_NAMESPACE), sending: BROKEN, expected: PARSING },
    {
      wrong: "namespace, fields",
      path: triggersOf(NO_NAMESPACE),
      sending: { json: {} },
      expected: [404, "namespace not found"],
    },
    { wrong: "fields, schedule, function", path, sending: { json: { ...bad, name: "" } }, expected: [400, /missing/] },
    { wrong: "schedule, function, conflict", path, sending: { json: bad }, expected: [400, /cron expression/] },
    {
      wrong: "function, conflict, quota",
      path,
      sending: { json: { ...TRIGGER, function: "none" } },
      expected: [400, /function not found/],
    },
    {
      wrong: "conflict, quota",
      path,
      sending: { json: TRIGGER },
      expected: [409, "The request could not be completed due to a conflict."],
    },
    {
      wrong: "quota",
      path,
      sending: { json: { ...TRIGGER, name: "second" } },
      expected: [422, "triggers limit reached"],
    },
  ]);
});

test("renaming a key: 404 for the key comes before what is wrong with the name, and that before 409", async () => {
  const plane = await startControlPlane();
  const { namespace } = await addNamespace(plane);
  const { id } = await addKey(plane, namespace, "first");
  await addKey(plane, namespace, "second");
  const rename = async (keyId: string, name: string) => {
    const { status, body } = await plane.send("PUT", `${keysOf(namespace)}/${keyId}`, { json: { name } });
    return [status, Object(body).message];
  };
  expect(await rename("dof_v1_unknown", "")).toEqual([404, "access key not found"]);
  expect(await rename("dof_v1_unknown", "second")).toEqual([404, "access key not found"]);
  expect(await rename(id, "")).toEqual([400, "Invalid request payload: missing name field"]);
  expect((await rename(id, "second"))[0]).toBe(409);
});

test("a body that is too large is refused only to callers who may send one at all", async () => {
  const { send } = await startControlPlane();
  const text = " ".repeat(1_100_000);
  expect((await send("POST", NAMESPACES, { token: null, text })).status).toBe(401);
  expect((await send("POST", NAMESPACES, { text })).status).toBe(413);
});
