import { SCOPES } from "@latchkey/contract/route";
import { describe, expect, test } from "vitest";
import { addToken, endMembership } from "../people.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { NAMESPACE_OPERATIONS, OPERATIONS } from "./operations.ts";
import {
  addFunction,
  addKey,
  addNamespace,
  addTrigger,
  keysOf,
  NAMESPACES,
  NO_KEY,
  NO_NAMESPACE,
  triggersOf,
} from "./things.ts";

const UNAUTHORIZED = { id: "unauthorized", message: "Unable to authenticate you." };
const FORBIDDEN = { id: "forbidden", message: "You do not have permission to perform this action." };
const NOT_OPENABLE = { id: "forbidden", message: "not allowed to get namespace" };
const DAY_MS = 86_400_000;

async function startWithKey() {
  const plane = await startControlPlane();
  return { plane, ...(await addThings(plane)) };
}

/** A namespace with a key and a trigger in it. */
async function addThings(plane: ControlPlane, label?: string) {
  const namespace = await addNamespace(plane, label);
  const { id: keyId, secret } = await addKey(plane, namespace.namespace, "first");
  await addFunction(plane, namespace);
  await addTrigger(plane, namespace.namespace);
  return { namespaceId: namespace.namespace, keyId, secret };
}

describe("401: who calls is not known", () => {
  test("every operation, without a token", async () => {
    const { send } = await startControlPlane();
    for (const { name, method, path, json } of OPERATIONS) {
      const answer = await send(method, path({ namespaceId: NO_NAMESPACE, keyId: NO_KEY }), {
        token: null,
        json: json?.("new"),
      });
      expect([name, answer.status, answer.body]).toEqual([name, 401, expect.objectContaining(UNAUTHORIZED)]);
    }
  });

  test("every credential that is not a living token gets the same answer", async () => {
    const { plane, keyId, secret } = await startWithKey();
    const expired = await addToken(plane, { expiresAt: plane.clock.now() });
    const left = await addToken(plane);
    await endMembership(plane, left);
    const unknown = `dop_v1_${"0".repeat(64)}`;
    const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

    const headers = [
      `Bearer ${unknown}`,
      `Bearer ${expired.token}`,
      `Bearer ${left.token}`,
      // A key is never a control-plane credential, in no form.
      `Bearer ${secret}`,
      `Bearer ${keyId}:${secret}`,
      basic(keyId, secret),
      basic(plane.token, ""),
      plane.token,
      `Token ${plane.token}`,
      "Bearer",
      "Bearer ",
      `Bearer ${plane.token} ${plane.token}`,
      "Bearer é",
      `Bearer ${"a".repeat(4000)}`,
    ];
    for (const authorization of headers) {
      const answer = await plane.send("GET", NAMESPACES, { token: null, headers: { authorization } });
      expect([authorization, answer.status, answer.body]).toEqual([
        authorization,
        401,
        expect.objectContaining(UNAUTHORIZED),
      ]);
    }
  });

  test("a token works until the instant at which it expires, and not at it", async () => {
    const plane = await startControlPlane();
    const { token } = await addToken(plane, { expiresAt: plane.clock.now() + DAY_MS });
    plane.clock.advance(DAY_MS - 1);
    expect((await plane.send("GET", NAMESPACES, { token })).status).toBe(200);
    plane.clock.advance(1);
    expect((await plane.send("GET", NAMESPACES, { token })).status).toBe(401);
  });

  test("the scheme's name may be in any case", async () => {
    const { send, token } = await startControlPlane();
    const headers = { authorization: `bearer ${token}` };
    expect((await send("GET", NAMESPACES, { token: null, headers })).status).toBe(200);
  });

  test.each(["/v2/functions", "/v2/anything/else"])("the unknown address %s, without a token", async (path) => {
    const { send } = await startControlPlane();
    expect(await send("GET", path, { token: null })).toMatchObject({ status: 401, body: UNAUTHORIZED });
    expect(await send("GET", path)).toMatchObject({
      status: 404,
      body: { id: "not_found", message: "The resource you requested could not be found." },
    });
  });
});

describe("403: who calls may not do that", () => {
  test.each(OPERATIONS)("$name, with each scope alone", async ({ name, method, path, json, scopes, status }) => {
    const plane = await startControlPlane({ environment: { LATCHKEY_NAMESPACES_PER_TEAM: "20" } });
    for (const scope of SCOPES) {
      const { namespaceId, keyId } = await addThings(plane, scope);
      // Their own key: not everything may be done to somebody else's.
      const { token } = await addToken(plane, { of: plane.user.id, scopes: [scope] });
      const answer = await plane.send(method, path({ namespaceId, keyId }), {
        token,
        json: json?.(`new ${scope.replace(":", " ")}`),
      });
      if (scope === "function:admin" || scopes.includes(scope)) expect([scope, answer.status]).toEqual([scope, status]);
      // Whoever may list a namespace is told that it may not be opened; to others that is forbidden like the rest.
      else if (name === "get namespace" && scope === "function:read")
        expect(answer).toMatchObject({ status: 403, body: NOT_OPENABLE });
      else expect([scope, answer.status, answer.body]).toEqual([scope, 403, expect.objectContaining(FORBIDDEN)]);
    }
  });

  test("a viewer's token reads what shows no secret and does nothing else, whatever its scopes say", async () => {
    const allowed = ["list namespaces", "list triggers", "get trigger"];
    const { plane, namespaceId, keyId } = await startWithKey();
    const { token } = await addToken(plane, { role: "viewer" });
    for (const { name, method, path, json } of OPERATIONS) {
      const { status } = await plane.send(method, path({ namespaceId, keyId }), { token, json: json?.("new") });
      expect([name, status]).toEqual([name, allowed.includes(name) ? 200 : 403]);
    }
  });

  test("a refused operation changes nothing", async () => {
    const { plane, namespaceId, keyId } = await startWithKey();
    const { token } = await addToken(plane, { scopes: ["function:read"] });
    const look = () =>
      Promise.all([keysOf(namespaceId), triggersOf(namespaceId)].map((path) => plane.send("GET", path)));
    const before = await look();
    for (const { method, path, json } of NAMESPACE_OPERATIONS)
      await plane.send(method, path({ namespaceId, keyId }), { token, json: json?.("new") });
    expect((await look()).map(({ text }) => text)).toEqual(before.map(({ text }) => text));
  });
});

describe("GET /v1/oauth/token/info", () => {
  test("200: says what the presented token is", async () => {
    const { send, clock } = await startControlPlane();
    const answer = await send("GET", "/v1/oauth/token/info");
    expect(answer).toMatchObject({ status: 200, body: { scopes: [...SCOPES], created_at: clock.now() / 1000 } });
    expect(Number.isSafeInteger(Object(answer.body)["resource_owner_id"])).toBe(true);
  });

  test("401: without a token", async () => {
    const { send } = await startControlPlane();
    expect((await send("GET", "/v1/oauth/token/info", { token: null })).status).toBe(401);
  });
});
