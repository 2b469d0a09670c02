import { describe, expect, test } from "vitest";
import { startTestPolicy } from "../../test/start-test-policy.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

describe("unused keys", () => {
  const unused = { suspend_unused_days: 45 };

  test("are suspended to the day: since their last use, or since they were made", async () => {
    const { owner, namespaceId, latchkey, set, look, entries } = await startTestPolicy();
    const never = await owner.addKey(namespaceId, "never used");
    const used = await owner.addKey(namespaceId, "used");
    latchkey.clock.advance(HOUR_MS);
    await owner.connect(used);
    await set(unused);
    latchkey.clock.advance(45 * DAY_MS - HOUR_MS - 1);
    await latchkey.policy.suspendUnused();
    expect((await look(never)).state).toBe("active");
    latchkey.clock.advance(1);
    await latchkey.policy.suspendUnused();
    expect(await look(never)).toMatchObject({ state: "suspended", state_reason: "unused" });
    expect((await look(used)).state).toBe("active");
    expect((await owner.connect(never)).status).toBe(401);
    latchkey.clock.advance(HOUR_MS);
    await latchkey.policy.suspendUnused();
    expect((await look(used)).state).toBe("suspended");
    await latchkey.policy.suspendUnused();
    expect(entries("access_key.suspend").map(({ actor_kind, target_id }) => [actor_kind, target_id])).toEqual([
      ["system", never.id],
      ["system", used.id],
    ]);
  });

  test("count as used when the use has not been written yet", async () => {
    const { owner, namespaceId, latchkey, set, look } = await startTestPolicy();
    const key = await owner.addKey(namespaceId);
    await set(unused);
    latchkey.clock.advance(45 * DAY_MS);
    await owner.connect(key);
    await latchkey.policy.suspendUnused();
    expect((await look(key)).state).toBe("active");
  });

  test("that their owner resumes are left alone for as long again", async () => {
    const { owner, namespaceId, latchkey, set, look } = await startTestPolicy();
    const key = await owner.addKey(namespaceId);
    await set(unused);
    latchkey.clock.advance(45 * DAY_MS);
    await latchkey.policy.suspendUnused();
    expect((await look(key)).state).toBe("suspended");
    const resumed = await owner.send("POST", `/v2/functions/namespaces/${namespaceId}/keys/${key.id}/resume`);
    expect(resumed.status, resumed.text).toBe(200);
    latchkey.clock.advance(45 * DAY_MS - 1);
    await latchkey.policy.suspendUnused();
    expect((await look(key)).state).toBe("active");
    latchkey.clock.advance(1);
    await latchkey.policy.suspendUnused();
    expect((await look(key)).state).toBe("suspended");
  });

  test("stay suspended when the rule is given up", async () => {
    const { owner, namespaceId, latchkey, set, look } = await startTestPolicy();
    const key = await owner.addKey(namespaceId);
    await set(unused);
    latchkey.clock.advance(45 * DAY_MS);
    await latchkey.policy.suspendUnused();
    await set({});
    await latchkey.policy.suspendUnused();
    expect((await look(key)).state).toBe("suspended");
  });

  test("are looked at in every namespace with the rule that counts there", async () => {
    const { owner, namespaceId, latchkey, set, look } = await startTestPolicy();
    const other = await owner.addNamespace("other");
    const here = await owner.addKey(namespaceId, "here");
    const there = await owner.addKey(other, "there");
    await set({ suspend_unused_days: 10 }, { namespace: namespaceId });
    latchkey.clock.advance(10 * DAY_MS);
    await latchkey.policy.suspendUnused();
    expect([(await look(here)).state, (await look(there, other)).state]).toEqual(["suspended", "active"]);
  });

  test("are all suspended, however many they are", async () => {
    const { owner, namespaceId, latchkey, set, database } = await startTestPolicy();
    await owner.addKey(namespaceId, "one");
    database.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
      INSERT INTO access_keys (id, namespace_id, owner_id, name, grants, allowed_networks, created_at, updated_at, state, issued_seq)
      SELECT 'dof_v1_' || printf('%032x', i), namespace_id, owner_id, 'k' || i, grants, allowed_networks, created_at, updated_at, state, issued_seq
      FROM access_keys, n`);
    await set(unused);
    latchkey.clock.advance(45 * DAY_MS);
    await latchkey.policy.suspendUnused();
    expect(database.prepare("SELECT state, count(*) AS count FROM access_keys GROUP BY state").all()).toEqual([
      { state: "suspended", count: 251 },
    ]);
  });
});
