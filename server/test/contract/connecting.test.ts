import { describe, expect, test } from "vitest";
import { addToken, endMembership } from "../people.ts";
import { startControlPlane } from "./control-plane.ts";
import { addKey, addNamespace, keysOf, NAMESPACES, NO_KEY } from "./things.ts";

const INVALID = "The supplied authentication is invalid";
const MISSING = "The resource requires authentication, which was not supplied with the request";
const HOUR_MS = 3_600_000;

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

/** What clients connect with: one call to the data plane, whose answer they judge a credential by. */
async function startWithKey() {
  const plane = await startControlPlane();
  const { namespace, api_host, uuid } = await addNamespace(plane);
  const key = await addKey(plane, namespace, "ci", { expires_in: "2h" });
  const ask = async (authorization: string | null) => {
    const headers = authorization === null ? {} : { authorization };
    const response = await fetch(`${api_host}/api/v1/namespaces`, { headers });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return { plane, namespace, uuid, key, ask };
}

describe("GET {api_host}/api/v1/namespaces", () => {
  test("200: exactly one name, the namespace's id", async () => {
    const { key, namespace, ask } = await startWithKey();
    const answer = await ask(basic(key.id, key.secret));
    expect([answer.status, answer.body]).toEqual([200, [namespace]]);
    expect(answer.headers.get("x-request-id")).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  test("401 with both fields that doctl looks for, and the scheme to use", async () => {
    const { key, ask } = await startWithKey();
    const answer = await ask(basic(key.id, "wrong"));
    expect([answer.status, answer.body]).toEqual([401, { error: INVALID, code: answer.headers.get("x-request-id") }]);
    expect(answer.headers.get("www-authenticate")).toBe('Basic realm="OpenWhisk secure realm"');
  });

  test("401, the same for everything that is not a key and its secret", async () => {
    const { plane, key, uuid, ask } = await startWithKey();
    const { namespace: other } = await addNamespace(plane, "other");
    const otherKey = await addKey(plane, other, "ci");
    const credentials = {
      "a wrong secret": basic(
        key.id,
        key.secret.replace(/.$/, (last) => (last === "a" ? "b" : "a")),
      ),
      "another key's secret": basic(key.id, otherKey.secret),
      "an unknown id": basic(NO_KEY, key.secret),
      "the secret alone": basic(key.secret, ""),
      "the legacy pair, which is not in use": basic(uuid, "x".repeat(64)),
      "a bearer": `Bearer ${key.id}:${key.secret}`,
      "an API token": `Bearer ${plane.token}`,
      "an API token in Basic": basic(plane.token, ""),
      "what is not Base64": "Basic %%%",
      "nothing behind the scheme": "Basic ",
    };
    for (const [what, authorization] of Object.entries(credentials)) {
      const { status, body } = await ask(authorization);
      expect([what, status, Object(body).error]).toEqual([what, 401, INVALID]);
    }
    const { status, body } = await ask(null);
    expect([status, Object(body).error]).toEqual([401, MISSING]);
  });

  test("401 with the reason, to who proved the secret: expired, revoked", async () => {
    const { plane, namespace, key, ask } = await startWithKey();
    const doomed = await addKey(plane, namespace, "doomed");
    plane.clock.advance(HOUR_MS);
    await plane.send("DELETE", `${keysOf(namespace)}/${doomed.id}`);
    plane.clock.advance(HOUR_MS);
    const expired = "this access key expired at 2026-03-23T11:15:00Z. Create a new one.";
    expect(await ask(basic(key.id, key.secret))).toMatchObject({
      status: 401,
      body: { error: `${INVALID}: ${expired}` },
    });
    const revoked = "this access key was revoked at 2026-03-23T10:15:00Z. Create a new one.";
    expect(await ask(basic(doomed.id, doomed.secret))).toMatchObject({
      status: 401,
      body: { error: `${INVALID}: ${revoked}` },
    });
    expect(await ask(basic(doomed.id, key.secret))).toMatchObject({ status: 401, body: { error: INVALID } });
  });

  test("401 once the owner is no longer in the team, warm or not; nobody else's key changes its answer", async () => {
    const { plane, namespace, key, ask } = await startWithKey();
    const member = await addToken(plane, { role: "member" });
    const made = await plane.send("POST", keysOf(namespace), { token: member.token, json: { name: "member's" } });
    const { id, secret } = Object(made.body).access_key;
    expect((await ask(basic(id, secret))).status).toBe(200);
    await endMembership(plane, member);
    expect((await ask(basic(id, secret))).status).toBe(401);
    expect((await ask(basic(key.id, key.secret))).status).toBe(200);
    expect((await plane.send("GET", NAMESPACES, { token: member.token })).status).toBe(401);
  });

  test("401 once the namespace is deleted", async () => {
    const { plane, namespace, key, ask } = await startWithKey();
    expect((await ask(basic(key.id, key.secret))).status).toBe(200);
    await plane.send("DELETE", `${NAMESPACES}/${namespace}`);
    expect((await ask(basic(key.id, key.secret))).status).toBe(401);
  });
});

test("GET {api_host}/api/v1 says without a credential what runs here, as doctl and the deployer read it", async () => {
  const plane = await startControlPlane();
  const { api_host } = await addNamespace(plane);
  for (const path of ["/api/v1", "/api/v1/", "/"]) {
    const response = await fetch(`${api_host}${path}`);
    expect([path, response.status]).toEqual([path, 200]);
    const { runtimes } = Object(await response.json());
    expect(runtimes.nodejs).toContainEqual(expect.objectContaining({ kind: expect.any(String), default: true }));
  }
});
