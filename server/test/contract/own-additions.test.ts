import { rotateAccessKey } from "@latchkey/contract/access-keys";
import { describe, expect, test } from "vitest";
import { startControlPlane } from "./control-plane.ts";
import { addKey, addNamespace, connect, keysOf, listKeys, NO_KEY } from "./things.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

async function startWithKey(fields: object = {}) {
  const plane = await startControlPlane();
  const { namespace, api_host } = await addNamespace(plane);
  const key = await addKey(plane, namespace, "ci", fields);
  const path = `${keysOf(namespace)}/${key.id}`;
  const rotate = async (json?: unknown) => {
    const answer = await plane.send("POST", `${path}/rotate`, { json });
    expect(answer.status).toBe(200);
    return rotateAccessKey.answers[200].parse(answer.body);
  };
  /** The status that the data plane answers to each secret. */
  const statusOf = async (...secrets: string[]) => {
    const answers = await Promise.all(secrets.map((secret) => connect(api_host, { id: key.id, secret })));
    return answers.map(({ status }) => status);
  };
  return { plane, namespace, key, path, rotate, statusOf };
}

describe("GET .../keys/{key_id}, which DigitalOcean does not have", () => {
  test("200: the key as the list shows it", async () => {
    const { plane, namespace, path } = await startWithKey();
    const [listed] = await listKeys(plane, namespace);
    expect(await plane.send("GET", path)).toMatchObject({ status: 200, body: { access_key: listed } });
  });

  test("404: once it is deleted", async () => {
    const { plane, path } = await startWithKey();
    await plane.send("DELETE", path);
    expect(await plane.send("GET", path)).toMatchObject({ status: 404, body: { message: "access key not found" } });
  });
});

describe("POST .../keys/{key_id}/rotate", () => {
  test("200: another secret under the same id; nothing else of the key changes", async () => {
    const { key, rotate, plane, namespace } = await startWithKey({ expires_in: "30d" });
    plane.clock.advance(HOUR_MS);
    const { access_key, previous_secret_expires_at } = await rotate();
    expect(access_key).toEqual({ ...key, secret: access_key.secret });
    expect(access_key.secret).not.toBe(key.secret);
    expect(previous_secret_expires_at).toBe("2026-03-24T10:15:00Z");
    const { secret: _, ...listed } = key;
    expect(await listKeys(plane, namespace)).toEqual([listed]);
  });

  test("200: both secrets work until the overlap is over, and then the new one alone; 24 hours unless said", async () => {
    const { key, rotate, plane, statusOf } = await startWithKey();
    const { access_key } = await rotate();
    plane.clock.advance(DAY_MS - 1);
    expect(await statusOf(key.secret, access_key.secret)).toEqual([200, 200]);
    plane.clock.advance(1);
    expect(await statusOf(key.secret, access_key.secret)).toEqual([401, 200]);
  });

  test.each([{ overlap: 0 }, { overlap: "0" }])(
    "200: with $overlap the old secret is dead with the very next request",
    async (json) => {
      const { key, rotate, statusOf } = await startWithKey();
      expect(await statusOf(key.secret)).toEqual([200]);
      const { access_key } = await rotate(json);
      expect(await statusOf(key.secret, access_key.secret)).toEqual([401, 200]);
    },
  );

  test("200: rotated again, the secret before the last keeps the end it was given", async () => {
    const { key, rotate, plane, statusOf } = await startWithKey();
    const { access_key: second } = await rotate({ overlap: "2h" });
    const { access_key: third } = await rotate({ overlap: "30d" });
    expect(await statusOf(key.secret, second.secret, third.secret)).toEqual([200, 200, 200]);
    plane.clock.advance(2 * HOUR_MS);
    expect(await statusOf(key.secret, second.secret, third.secret)).toEqual([401, 200, 200]);
  });

  test("200: five secrets are good at a time; one more ends the oldest at once, and says so", async () => {
    const { key, rotate, statusOf } = await startWithKey();
    const secrets = [key.secret];
    const ended: unknown[] = [];
    for (const overlap of ["1h", "30d", "2h", "30d", "30d", "30d"]) {
      const { access_key, secrets_ended } = await rotate({ overlap });
      secrets.push(access_key.secret);
      ended.push(secrets_ended);
    }
    expect(ended).toEqual([0, 0, 0, 0, 1, 1]);
    expect(await statusOf(...secrets)).toEqual([401, 401, 200, 200, 200, 200, 200]);
    expect((await rotate({ overlap: 0 })).secrets_ended).toBe(0);
  });

  test("400: an overlap that is none, or is longer than 30 days", async () => {
    const { key, path, plane, statusOf } = await startWithKey();
    for (const overlap of ["31d", "721h", "1w", "-1h", "+1h", "1.5h", "", "never", null, 1, -1, true, [], {}]) {
      const { status, body } = await plane.send("POST", `${path}/rotate`, { json: { overlap } });
      const message = expect.stringMatching(/overlap must be/);
      expect([overlap, status, body]).toEqual([overlap, 400, expect.objectContaining({ id: "bad_request", message })]);
    }
    expect(await statusOf(key.secret)).toEqual([200]);
  });

  test("404: an unknown key", async () => {
    const { plane, namespace } = await startWithKey();
    const answer = await plane.send("POST", `${keysOf(namespace)}/${NO_KEY}/rotate`);
    expect(answer).toMatchObject({ status: 404, body: { message: "access key not found" } });
  });

  test("422: a key that has expired", async () => {
    const { plane, path } = await startWithKey({ expires_in: "1h" });
    plane.clock.advance(HOUR_MS);
    const answer = await plane.send("POST", `${path}/rotate`);
    expect(answer).toMatchObject({ status: 422, body: { id: "unprocessable_entity" } });
  });
});

describe("grants and allowed_networks of a new key", () => {
  test("201: as given; networks in their canonical form", async () => {
    const grants = ["read", "invoke:billing/*", "deploy:billing/report"];
    const { key } = await startWithKey({ grants, allowed_networks: ["127.0.0.1", "10.0.0.0/8"] });
    expect(key).toMatchObject({ grants, allowed_networks: ["127.0.0.1/32", "10.0.0.0/8"] });
  });

  test("400: what is none", async () => {
    const { plane, namespace } = await startWithKey();
    const refused = [
      ...[[], "full", ["everything"], ["full:x"], ["invoke:"], [7], Array.from({ length: 65 }, () => "read")].map(
        (grants) => ({ grants }),
      ),
      ...["127.0.0.1", ["127.1"], ["300.0.0.1"], ["10.0.0.0/33"], ["somewhere"], [""], [null]].map(
        (allowed_networks) => ({
          allowed_networks,
        }),
      ),
    ];
    for (const [index, fields] of refused.entries()) {
      const json = { name: `key ${index}`, ...fields };
      const { status, body } = await plane.send("POST", keysOf(namespace), { json });
      expect([fields, status, Object(body).id]).toEqual([fields, 400, "bad_request"]);
    }
  });
});
