import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startControlPlane } from "./control-plane.ts";
import { addKey, addNamespace, connect, keysOf, listKeys, NO_KEY, NO_NAMESPACE } from "./things.ts";

const PUBLISHED_FIELDS = ["id", "name", "expires_at", "created_at", "updated_at"];
const OWN_FIELDS = ["last_used_at", "state", "state_reason", "owner", "grants", "allowed_networks"];
const FIELDS = [...PUBLISHED_FIELDS, ...OWN_FIELDS].sort();
const TAKEN = { id: "conflict", message: "The request could not be completed due to a conflict." };
const NO_SUCH_KEY = { id: "not_found", message: "access key not found" };
const NO_SUCH_NAMESPACE = { id: "not_found", message: "namespace not found" };
const MISSING_NAME = "Invalid request payload: missing name field";
const HOUR_MS = 3_600_000;
const START = "2026-03-23T09:15:00Z";

async function startWithNamespace() {
  const plane = await startControlPlane();
  const { namespace: namespaceId, api_host } = await addNamespace(plane);
  return { plane, namespaceId, api_host, keys: keysOf(namespaceId) };
}

const badNames = [
  { what: "no name", name: undefined, message: MISSING_NAME },
  { what: "an empty name", name: "", message: MISSING_NAME },
  { what: "a name of spaces", name: " \t ", message: MISSING_NAME },
  { what: "a name that is null", name: null, message: MISSING_NAME },
  { what: "a name that is a number", name: 7, message: MISSING_NAME },
  { what: "a name that is a list", name: ["ci"], message: MISSING_NAME },
  { what: "a name that is too long", name: "x".repeat(256), message: /longer than 255/ },
  { what: "a line break in the name", name: "a\nb", message: /control characters/ },
  { what: "an escape sequence in the name", name: "\u001b[2J", message: /control characters/ },
  { what: "a name that is written backwards", name: "a\u202eb", message: /control characters/ },
];
const badRequest = (message: string | RegExp) =>
  expect.objectContaining({
    id: "bad_request",
    message: typeof message === "string" ? message : expect.stringMatching(message),
  });

describe("POST .../keys", () => {
  test("201: all fields, the secret among them; times and nulls as documented", async () => {
    const { plane, keys, namespaceId } = await startWithNamespace();
    const { status, body } = await plane.send("POST", keys, { json: { name: "ci-deploy", expires_in: "7d" } });
    expect(status).toBe(201);
    const { access_key: key } = Object(body);
    expect(Object.keys(key).sort()).toEqual([...FIELDS, "secret"].sort());
    expect(key).toMatchObject({
      id: expect.stringMatching(/^dof_v1_[0-9a-f]{32}$/),
      name: "ci-deploy",
      secret: expect.stringMatching(/^[A-Za-z0-9_-]{32,}$/),
      expires_at: "2026-03-30T09:15:00Z",
      created_at: START,
      updated_at: START,
      last_used_at: null,
      state_reason: null,
      state: "active",
      owner: { id: plane.user.id, name: "Ada", kind: "person" },
      grants: ["full"],
      allowed_networks: [],
    });
    expect(key.secret).not.toContain(key.id);
    expect((await addKey(plane, namespaceId, "prod")).expires_at).toBeNull();
  });

  test("201: id and secret open the namespace at once, at its API host and at the root", async () => {
    const { plane, namespaceId, api_host } = await startWithNamespace();
    const key = await addKey(plane, namespaceId, "first");
    for (const host of [api_host, plane.url])
      expect(await connect(host, key)).toEqual({ status: 200, body: [namespaceId] });
    expect(await connect(api_host, { ...key, secret: (await addKey(plane, namespaceId, "second")).secret })).toEqual({
      status: 401,
      body: { error: "The supplied authentication is invalid", code: expect.stringMatching(/./) },
    });
  });

  test("201: nothing that is stored contains the secret", async () => {
    const { plane, namespaceId } = await startWithNamespace();
    const { secret, id } = await addKey(plane, namespaceId, "first");
    const files = readdirSync(plane.folder.path, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const stored = files.map((file) => readFileSync(join(file.parentPath, file.name), "latin1")).join();
    expect(stored).toContain(id);
    for (const part of [secret, secret.slice("dofs_v1_".length), secret.slice(8, 40)]) {
      expect(stored).not.toContain(part);
      expect(stored).not.toContain(Buffer.from(part).toString("base64").slice(0, 32));
    }
  });

  test("201: names in any script, trimmed, of up to 255 characters", async () => {
    const { plane, namespaceId } = await startWithNamespace();
    const names = ["x".repeat(255), "a b:c/d", "Schlüssel 鍵 🔑"];
    for (const name of names) await addKey(plane, namespaceId, ` ${name}\t`);
    expect((await listKeys(plane, namespaceId)).map(({ name }) => name).sort()).toEqual(names.sort());
  });

  test("201: fields that nobody knows are ignored", async () => {
    const { plane, namespaceId } = await startWithNamespace();
    const fields = { id: NO_KEY, secret: "mine", created_at: "2020-01-01T00:00:00Z", owner: "me", state: "revoked" };
    expect(await addKey(plane, namespaceId, "ci", fields)).toMatchObject({
      state: "active",
      created_at: START,
      owner: { name: "Ada" },
    });
  });

  test("400: no name, or one that names nothing or upsets a terminal", async () => {
    const { plane, keys } = await startWithNamespace();
    for (const { what, name, message } of badNames) {
      const answer = await plane.send("POST", keys, { json: { name } });
      expect([what, answer.status, answer.body]).toEqual([what, 400, badRequest(message)]);
    }
    expect((await plane.send("GET", keys)).body).toEqual({ access_keys: [], count: 0 });
  });

  test("400: no body, or one that is no object", async () => {
    const { plane, keys } = await startWithNamespace();
    expect(await plane.send("POST", keys)).toMatchObject({ status: 400, body: badRequest(MISSING_NAME) });
    for (const text of ["", "null", "[]", '"ci"', "7"])
      expect([text, (await plane.send("POST", keys, { text })).body]).toEqual([text, badRequest(MISSING_NAME)]);
    for (const text of ["name=ci", "{", "{}{}", "\u0000"])
      expect([text, (await plane.send("POST", keys, { text })).body]).toEqual([
        text,
        badRequest("error parsing request body"),
      ]);
  });

  test("404: an unknown namespace", async () => {
    const { send } = await startControlPlane();
    const answer = await send("POST", keysOf(NO_NAMESPACE), { json: { name: "ci" } });
    expect(answer).toMatchObject({ status: 404, body: NO_SUCH_NAMESPACE });
  });

  test("409: a name that is taken, to the letter; deleting frees it, expiring does not", async () => {
    const { plane, namespaceId, keys } = await startWithNamespace();
    const { id } = await addKey(plane, namespaceId, "ci", { expires_in: "1h" });
    expect(await plane.send("POST", keys, { json: { name: " ci " } })).toMatchObject({ status: 409, body: TAKEN });
    await addKey(plane, namespaceId, "CI");
    const { namespace: other } = await addNamespace(plane, "other");
    await addKey(plane, other, "ci");
    plane.clock.advance(2 * HOUR_MS);
    expect((await plane.send("POST", keys, { json: { name: "ci" } })).status).toBe(409);
    await plane.send("DELETE", `${keys}/${id}`);
    await addKey(plane, namespaceId, "ci");
  });

  test("409 or 201: of two requests for one name at the same time exactly one succeeds", async () => {
    const { plane, keys } = await startWithNamespace();
    const json = { name: "ci" };
    const answers = await Promise.all(Array.from({ length: 8 }, () => plane.send("POST", keys, { json })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
  });
});

describe("GET .../keys", () => {
  test("200: [] and 0 when there are none", async () => {
    const { plane, keys } = await startWithNamespace();
    expect(await plane.send("GET", keys)).toMatchObject({ status: 200, body: { access_keys: [], count: 0 } });
  });

  test("200: every key, expired ones too, with the same fields and no secret; count is their number", async () => {
    const { plane, namespaceId, keys } = await startWithNamespace();
    await addKey(plane, namespaceId, "short", { expires_in: "1h" });
    plane.clock.advance(HOUR_MS);
    await addKey(plane, namespaceId, "long");
    const { body } = await plane.send("GET", keys);
    const { access_keys: listed, count } = Object(body);
    expect(count).toBe(2);
    for (const key of listed) expect(Object.keys(key).sort()).toEqual(FIELDS);
    expect(listed).toMatchObject([
      { name: "short", state: "expired", expires_at: "2026-03-23T10:15:00Z" },
      { name: "long", state: "active", expires_at: null },
    ]);
  });

  test("200: the last use of a key, which does not move updated_at", async () => {
    const { plane, namespaceId, api_host } = await startWithNamespace();
    const key = await addKey(plane, namespaceId, "first");
    plane.clock.advance(HOUR_MS);
    await connect(api_host, key);
    expect(await listKeys(plane, namespaceId)).toMatchObject([
      { last_used_at: "2026-03-23T10:15:00Z", updated_at: START },
    ]);
  });

  test("404: an unknown namespace", async () => {
    const { send } = await startControlPlane();
    expect(await send("GET", keysOf(NO_NAMESPACE))).toMatchObject({ status: 404, body: NO_SUCH_NAMESPACE });
  });
});

describe("PUT .../keys/{key_id}", () => {
  test("200: only the name and updated_at change; the old secret goes on working", async () => {
    const { plane, namespaceId, api_host, keys } = await startWithNamespace();
    const { secret, ...before } = await addKey(plane, namespaceId, "old", { expires_in: "7d" });
    plane.clock.advance(HOUR_MS);
    const json = { name: " new ", expires_in: "never", expiration: "1h", id: NO_KEY, secret: "x", grants: ["read"] };
    const answer = await plane.send("PUT", `${keys}/${before.id}`, { json });
    const after = { ...before, name: "new", updated_at: "2026-03-23T10:15:00Z" };
    expect(answer).toMatchObject({ status: 200, body: { access_key: after } });
    expect(Object.keys(Object(answer.body).access_key).sort()).toEqual(FIELDS);
    expect(await listKeys(plane, namespaceId)).toEqual([after]);
    expect((await connect(api_host, { id: before.id, secret })).status).toBe(200);
  });

  test("200: renaming to the present name", async () => {
    const { plane, namespaceId, keys } = await startWithNamespace();
    const { id } = await addKey(plane, namespaceId, "ci");
    expect((await plane.send("PUT", `${keys}/${id}`, { json: { name: "ci" } })).status).toBe(200);
  });

  test("400: no name, or one that names nothing or upsets a terminal", async () => {
    const { plane, namespaceId, keys } = await startWithNamespace();
    const { id } = await addKey(plane, namespaceId, "ci");
    for (const { what, name, message } of badNames) {
      const answer = await plane.send("PUT", `${keys}/${id}`, { json: { name } });
      expect([what, answer.status, answer.body]).toEqual([what, 400, badRequest(message)]);
    }
    expect(await listKeys(plane, namespaceId)).toMatchObject([{ name: "ci", updated_at: START }]);
  });

  test("404: an unknown key, an unknown namespace", async () => {
    const { plane, keys } = await startWithNamespace();
    const json = { name: "x" };
    expect(await plane.send("PUT", `${keys}/${NO_KEY}`, { json })).toMatchObject({ status: 404, body: NO_SUCH_KEY });
    const elsewhere = `${keysOf(NO_NAMESPACE)}/${NO_KEY}`;
    expect(await plane.send("PUT", elsewhere, { json })).toMatchObject({ status: 404, body: NO_SUCH_NAMESPACE });
  });

  test("409: the name of another key", async () => {
    const { plane, namespaceId, keys } = await startWithNamespace();
    await addKey(plane, namespaceId, "ci");
    const { id } = await addKey(plane, namespaceId, "prod");
    expect(await plane.send("PUT", `${keys}/${id}`, { json: { name: "ci" } })).toMatchObject({
      status: 409,
      body: TAKEN,
    });
  });
});

describe("DELETE .../keys/{key_id}", () => {
  test("200 {} for callers who accept JSON, as all API clients do; 204 for the others, such as curl", async () => {
    const { plane, namespaceId, keys } = await startWithNamespace();
    const accepted = [
      ["application/json", 200, "{}"],
      ["application/json, text/plain, */*", 200, "{}"],
      ["text/plain;q=0.5, Application/JSON", 200, "{}"],
      ["*/*", 204, ""],
      ["text/plain", 204, ""],
    ] as const;
    for (const [accept, status, text] of accepted) {
      const { id } = await addKey(plane, namespaceId, "ci");
      const answer = await plane.send("DELETE", `${keys}/${id}`, { accept });
      expect([accept, answer.status, answer.text]).toEqual([accept, status, text]);
    }
    expect(await listKeys(plane, namespaceId)).toEqual([]);
  });

  test("200: the key is dead with the very next request, warm or cold; other keys are not", async () => {
    const { plane, namespaceId, api_host, keys } = await startWithNamespace();
    const [warm, cold, other] = await Promise.all(
      ["warm", "cold", "other"].map((name) => addKey(plane, namespaceId, name)),
    );
    if (warm === undefined || cold === undefined || other === undefined) throw new Error("no keys");
    for (const key of [warm, other]) expect((await connect(api_host, key)).status).toBe(200);
    for (const key of [warm, cold]) {
      expect((await plane.send("DELETE", `${keys}/${key.id}`)).status).toBe(200);
      expect(await connect(api_host, key)).toMatchObject({
        status: 401,
        body: { error: expect.stringMatching(/^The supplied authentication is invalid/) },
      });
      expect((await connect(api_host, other)).status).toBe(200);
    }
  });

  test("404: an unknown key, a second time, an unknown namespace", async () => {
    const { plane, namespaceId, keys } = await startWithNamespace();
    const { id } = await addKey(plane, namespaceId, "ci");
    await plane.send("DELETE", `${keys}/${id}`);
    for (const gone of [id, NO_KEY, "nonsense"])
      expect(await plane.send("DELETE", `${keys}/${gone}`)).toMatchObject({ status: 404, body: NO_SUCH_KEY });
    const elsewhere = `${keysOf(NO_NAMESPACE)}/${id}`;
    expect(await plane.send("DELETE", elsewhere)).toMatchObject({ status: 404, body: NO_SUCH_NAMESPACE });
  });
});
