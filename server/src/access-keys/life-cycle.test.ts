import { describe, expect, test } from "vitest";
import { startTestKeys } from "../../test/start-test-keys.ts";
import { OPEN } from "../../test/start-test-policy.ts";

describe("a suspended key", () => {
  test("is refused from the next request on, says why in lists, and is itself again once resumed", async () => {
    const { owner, keyPath, json, namespaceId, statusesOf, use } = await startTestKeys();
    const key = await owner.addKey(namespaceId);
    expect(await statusesOf(key)).toEqual([200]);
    const suspended = await owner.send("POST", `${keyPath(key.id)}/suspend`, { json: { reason: "lost laptop" } });
    expect(json(suspended)).toMatchObject({ access_key: { state: "suspended", state_reason: "lost laptop" } });
    const refused = await use(key);
    expect([refused.status, refused.text]).toEqual([401, expect.stringContaining("this access key is suspended")]);
    expect(refused.text).not.toContain("laptop");
    const resumed = await owner.send("POST", `${keyPath(key.id)}/resume`);
    expect(json(resumed)).toMatchObject({ access_key: { state: "active", state_reason: null } });
    expect(await statusesOf(key)).toEqual([200]);
  });

  test("can be resumed by its owner if they suspended it themselves, else by owners of the team", async () => {
    const { join, namespaceId, owner, keyPath } = await startTestKeys();
    const grace = await join();
    const other = await join();
    const { id } = await grace.addKey(namespaceId);
    const ask = async (who: typeof owner, what: string) => (await who.send("POST", `${keyPath(id)}/${what}`)).status;

    expect([await ask(grace, "suspend"), await ask(other, "resume"), await ask(grace, "resume")]).toEqual([
      200, 403, 200,
    ]);
    expect([await ask(other, "suspend"), await ask(grace, "resume"), await ask(other, "resume")]).toEqual([
      200, 403, 403,
    ]);
    // Its owner cannot make it their own doing.
    expect([await ask(grace, "suspend"), await ask(grace, "resume")]).toEqual([422, 403]);
    expect([await ask(owner, "resume"), await ask(owner, "resume")]).toEqual([200, 422]);
  });

  test("by its owner, or for lack of use, is taken over by an owner of the team who suspends it as well", async () => {
    const { clock, policy, user, join, namespaceId, owner, keyPath, statusesOf, json, entries } = await startTestKeys();
    const grace = await join();
    const [key, idle] = [await grace.addKey(namespaceId), await grace.addKey(namespaceId, "idle")];
    const ask = async (who: typeof owner, what: string, { id } = key) =>
      (await who.send("POST", `${keyPath(id)}/${what}`, { json: { reason: "incident" } })).status;
    expect([await ask(grace, "suspend"), await ask(owner, "suspend"), await ask(owner, "suspend")]).toEqual([
      200, 200, 422,
    ]);
    expect([await ask(grace, "resume"), await ask(await join(), "suspend"), ...(await statusesOf(key))]).toEqual([
      403, 422, 401,
    ]);
    const taken = { taken_over: { reason: "incident", by: grace.id } };
    expect(entries("access_key.suspend").at(-1)).toMatchObject({ actor_id: user.id, details: taken });

    clock.advance(50 * 86_400_000);
    await owner.send("PUT", "/v2/team/policy", { json: { policy: { ...OPEN, suspend_unused_days: 45 } } });
    await policy.suspendUnused();
    expect(json(await owner.send("GET", keyPath(idle.id)))).toMatchObject({ access_key: { state_reason: "unused" } });
    expect([await ask(owner, "suspend", idle), await ask(grace, "resume", idle)]).toEqual([200, 403]);
  });

  test("of a service identity can be resumed by who answers for it, if they suspended it", async () => {
    const { join, owner, addServiceIdentity, namespaceId, keyPath, json } = await startTestKeys();
    const grace = await join();
    const other = await join();
    const robot = await addServiceIdentity("robot", { responsible_id: grace.id });
    const made = await owner.send("POST", `/v2/team/service-identities/${robot}/keys`, {
      json: { namespace_id: namespaceId, name: "nightly" },
    });
    const { id } = json(made).access_key;
    const ask = async (who: typeof owner, what: string) => (await who.send("POST", `${keyPath(id)}/${what}`)).status;
    expect([await ask(grace, "suspend"), await ask(other, "resume"), await ask(grace, "resume")]).toEqual([
      200, 403, 200,
    ]);
  });

  test.each([{ reason: 17 }, { reason: "x".repeat(256) }, { reason: "a\u0007b" }])(
    "takes no reason like %j",
    async (json) => {
      const { owner, keyPath, namespaceId } = await startTestKeys();
      const { id } = await owner.addKey(namespaceId);
      expect((await owner.send("POST", `${keyPath(id)}/suspend`, { json })).status).toBe(400);
    },
  );
});

describe("keys of others", () => {
  test("any member lists, renames and deletes; nobody but their owner gets a new secret of them", async () => {
    const { join, namespaceId, keyPath, statusesOf } = await startTestKeys();
    const [grace, other] = [await join(), await join()];
    const key = await grace.addKey(namespaceId);
    const rotated = await other.send("POST", `${keyPath(key.id)}/rotate`);
    expect([rotated.status, rotated.text]).toEqual([403, expect.stringContaining("only the owner of the access key")]);
    expect(rotated.text).not.toContain("dofs_v1_");
    expect((await other.renameKey(namespaceId, key.id, "another name")).status).toBe(200);
    expect(await statusesOf(key)).toEqual([200]);
    expect((await other.removeKey(namespaceId, key.id)).status).toBe(200);
    expect(await statusesOf(key)).toEqual([401]);
  });

  test("a service identity's key is rotated by owners of the team and by who answers for it", async () => {
    const { join, owner, addServiceIdentity, namespaceId, keyPath, json } = await startTestKeys();
    const [grace, other] = [await join(), await join()];
    const robot = await addServiceIdentity("robot", { responsible_id: grace.id });
    const made = await owner.send("POST", `/v2/team/service-identities/${robot}/keys`, {
      json: { namespace_id: namespaceId, name: "nightly" },
    });
    const path = `${keyPath(json(made).access_key.id)}/rotate`;
    const statuses = [grace, other, owner].map(async (who) => (await who.send("POST", path)).status);
    expect(await Promise.all(statuses)).toEqual([200, 403, 200]);
  });
});

describe("a key that is handed over", () => {
  async function startWithRobot() {
    const keys = await startTestKeys();
    const robot = await keys.addServiceIdentity();
    const grace = await keys.join({ role: "owner" });
    const handOver = (id: string, overlap: string | 0, who = keys.owner) =>
      who.send("POST", `${keys.keyPath(id)}/hand-over`, { json: { service_identity_id: robot, overlap } });
    return { ...keys, robot, grace, handOver };
  }

  test("opens the same under its name with a secret of its own; the old one goes on until the overlap is over", async () => {
    const { grace, namespaceId, handOver, json, statusesOf, names, clock, robot } = await startWithRobot();
    const fields = { grants: ["read"], allowed_networks: ["127.0.0.0/8"], expires_in: "30d" };
    const old = await grace.addKey(namespaceId, "nightly", fields);
    const answer = await handOver(old.id, "1h");
    expect(answer.status).toBe(201);
    const { access_key: made } = json(answer);
    expect(made).toMatchObject({
      name: "nightly",
      owner: { id: robot, kind: "service" },
      grants: ["read"],
      allowed_networks: ["127.0.0.0/8"],
      expires_at: "2026-04-22T09:15:00Z",
    });
    expect(made.secret).not.toBe(old.secret);
    expect((await names()).sort()).toEqual(["nightly", "nightly (handed over)"]);
    expect(await statusesOf(old, made)).toEqual([200, 200]);
    clock.advance(3_600_000);
    expect(await statusesOf(old, made)).toEqual([401, 200]);
  });

  test("dies with its owner's membership however long the overlap; the new one lives", async () => {
    const { grace, owner, namespaceId, handOver, json, statusesOf } = await startWithRobot();
    const old = await grace.addKey(namespaceId);
    const { access_key: made } = json(await handOver(old.id, "30d"));
    expect((await owner.send("DELETE", `/v2/team/members/${grace.id}`)).status).toBe(204);
    expect(await statusesOf(old, made)).toEqual([401, 200]);
  });

  test("is gone at once without an overlap", async () => {
    const { grace, namespaceId, handOver, json, statusesOf, names } = await startWithRobot();
    const old = await grace.addKey(namespaceId, "nightly");
    const { access_key: made } = json(await handOver(old.id, 0));
    expect(await statusesOf(old, made)).toEqual([401, 200]);
    expect(await names()).toEqual(["nightly"]);
  });

  test("never lives longer for it", async () => {
    const { grace, namespaceId, handOver, statusesOf, clock } = await startWithRobot();
    const old = await grace.addKey(namespaceId, "nightly", { expires_in: "1h" });
    expect((await handOver(old.id, "24h")).text).toContain('"previous_key_expires_at":"2026-03-23T10:15:00Z"');
    clock.advance(3_600_000);
    expect(await statusesOf(old)).toEqual([401]);
  });

  test("is somebody's own, or the one who hands it over is an owner of the team", async () => {
    const { grace, join, namespaceId, handOver } = await startWithRobot();
    const old = await grace.addKey(namespaceId);
    expect((await handOver(old.id, 0, await join())).status).toBe(403);
    expect((await handOver(old.id, 0, await join({ role: "viewer" }))).status).toBe(403);
    expect((await handOver(old.id, 0)).status).toBe(201);
  });

  test("is active, and is not the service identity's already", async () => {
    const { grace, owner, namespaceId, handOver, json, keyPath } = await startWithRobot();
    const old = await grace.addKey(namespaceId);
    await owner.send("POST", `${keyPath(old.id)}/suspend`);
    expect((await handOver(old.id, 0)).status).toBe(422);
    await owner.send("POST", `${keyPath(old.id)}/resume`);
    const { access_key: made } = json(await handOver(old.id, "1h"));
    expect((await handOver(made.id, "1h")).status).toBe(422);
  });
});

test("somebody removed while a request of theirs was on its way makes no key that would come to life with them", async () => {
  const { owner, join, namespaceId, rows } = await startTestKeys();
  for (let round = 0; round < 10; round += 1) {
    const grace = await join();
    const path = `/v2/functions/namespaces/${namespaceId}/keys`;
    const created = Array.from({ length: 6 }, (_, count) =>
      grace.send("POST", path, { json: { name: `${round}-${count}` } }),
    );
    await owner.send("DELETE", `/v2/team/members/${grace.id}`);
    for (const { status } of await Promise.all(created)) expect([201, 401]).toContain(status);
    expect(rows("SELECT id FROM access_keys WHERE owner_id = ? AND deleted_at IS NULL", grace.id)).toEqual([]);
  }
});
