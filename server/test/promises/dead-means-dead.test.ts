import { describe, expect, test } from "vitest";
import { createCaller, type HeldKey } from "../caller.ts";
import { addToken } from "../people.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";
import { writeAsStranger } from "../stranger.ts";

const HOUR_MS = 3_600_000;

/** A server, an owner who calls it, a namespace, and a key that has just been used a few times. */
async function startWithWarmKey(fields: object = {}) {
  const latchkey = await startTestLatchkey();
  const caller = createCaller(latchkey.url, latchkey.token);
  const namespaceId = await caller.addNamespace();
  const key = await caller.addKey(namespaceId, "warm", fields);
  const use = async (held: HeldKey = key) => (await caller.connect(held)).status;
  for (let times = 0; times < 3; times += 1) expect(await use()).toBe(200);
  return { ...latchkey, caller, namespaceId, key, use };
}

describe("a key that was used a moment ago is refused on the very next request once", () => {
  test("it was deleted", async () => {
    const { caller, namespaceId, key, use } = await startWithWarmKey();
    expect((await caller.removeKey(namespaceId, key.id)).status).toBe(200);
    expect(await use()).toBe(401);
  });

  test("it was deleted after a quiet night", async () => {
    const { caller, namespaceId, key, use, clock } = await startWithWarmKey();
    clock.advance(12 * HOUR_MS);
    await caller.removeKey(namespaceId, key.id);
    expect(await use()).toBe(401);
  });

  test("its namespace was deleted", async () => {
    const { caller, namespaceId, use } = await startWithWarmKey();
    expect((await caller.removeNamespace(namespaceId)).status).toBe(204);
    expect(await use()).toBe(401);
  });

  test("it was rotated without overlap; its new secret works", async () => {
    const { caller, namespaceId, key, use } = await startWithWarmKey();
    const renewed = await caller.rotateKey(namespaceId, key.id, 0);
    expect([await use(), await use(renewed)]).toEqual([401, 200]);
  });

  test("its owner was removed by somebody's tool; so is the owner's token, and nobody else's", async () => {
    const latchkey = await startWithWarmKey();
    const { folder, namespaceId, url, use } = latchkey;
    const { token, userId } = await addToken(latchkey, { role: "member" });
    const leaver = createCaller(url, token);
    const theirs = await leaver.addKey(namespaceId, "theirs");
    expect([await use(theirs), (await leaver.send("GET", "/v2/functions/namespaces")).status]).toEqual([200, 200]);
    await writeAsStranger(folder.database, `DELETE FROM memberships WHERE user_id = '${userId}'`);
    expect([await use(theirs), (await leaver.send("GET", "/v2/functions/namespaces")).status]).toEqual([401, 401]);
    expect(await use()).toBe(200);
  });

  const WRITES = {
    "marked as deleted": "UPDATE access_keys SET state = 'revoked', deleted_at = 1, state_changed_at = 1",
    suspended: "UPDATE access_keys SET state = 'suspended', state_reason = 'lost laptop'",
    "given an expiry in the past": "UPDATE access_keys SET expires_at = 1",
    "robbed of its secrets": "DELETE FROM access_key_secrets",
    "bound to another network": `UPDATE access_keys SET allowed_networks = '["203.0.113.0/24"]'`,
    erased: "DELETE FROM access_key_secrets; DELETE FROM access_keys",
    "moved to another namespace": `
      INSERT INTO namespaces SELECT 'fn-00000000-0000-4000-8000-000000000000', team_id, 'other', region, 'other', 1, 1, NULL
        FROM namespaces;
      UPDATE access_keys SET namespace_id = 'fn-00000000-0000-4000-8000-000000000000'`,
    "orphaned by the deletion of its namespace's row": "UPDATE namespaces SET deleted_at = 1",
  };
  const FEED = `UPDATE change_counter SET last_seq = last_seq + 1;
    INSERT INTO changes (seq, kind, target_id, at) SELECT last_seq, 'access_key', (SELECT id FROM access_keys), 1 FROM change_counter`;

  test.each(Object.entries(WRITES))("it was %s by another process", async (_what, sql) => {
    const { folder, use } = await startWithWarmKey();
    await writeAsStranger(folder.database, sql);
    expect(await use()).toBe(401);
  });

  test("it was suspended by another process that tells of it in the feed, as a second server would", async () => {
    const { folder, use } = await startWithWarmKey();
    await writeAsStranger(folder.database, `${WRITES.suspended}; ${FEED}`);
    expect(await use()).toBe(401);
  });

  test("it was suspended by another process while this one was busy with other keys", async () => {
    const { folder, caller, namespaceId, use } = await startWithWarmKey();
    const other = await caller.addKey(namespaceId, "other");
    const suspended = writeAsStranger(folder.database, `${WRITES.suspended} WHERE name = 'warm'`);
    for (let round = 0; round < 30; round += 1) await caller.renameKey(namespaceId, other.id, `other ${round}`);
    await suspended;
    expect([await use(), await use(other)]).toEqual([401, 200]);
  });
});

test("a server that cannot tell whether a key still lives refuses it, however often it is asked", async () => {
  const { folder, use } = await startWithWarmKey();
  await writeAsStranger(folder.database, "ALTER TABLE changes RENAME TO hidden");
  expect([await use(), await use(), await use()]).toEqual([500, 500, 500]);
  await writeAsStranger(folder.database, "ALTER TABLE hidden RENAME TO changes");
  expect(await use()).toBe(200);
});

describe("time alone ends access", () => {
  test("a key is refused from its expiry on, to the millisecond, and told so", async () => {
    const { clock, caller, key, use } = await startWithWarmKey({ expires_in: "1h" });
    clock.advance(HOUR_MS - 1);
    expect(await use()).toBe(200);
    clock.advance(1);
    const { status, text } = await caller.connect(key);
    expect(status).toBe(401);
    expect(text).toContain("this access key expired at 2026-03-23T10:15:00Z");
  });

  test("a rotated secret is refused from the end of its overlap on; until then both work", async () => {
    const { clock, caller, namespaceId, key, use } = await startWithWarmKey();
    const renewed = await caller.rotateKey(namespaceId, key.id, "1h");
    clock.advance(HOUR_MS - 1);
    expect([await use(), await use(renewed)]).toEqual([200, 200]);
    clock.advance(1);
    expect([await use(), await use(renewed)]).toEqual([401, 200]);
  });

  test("rotating again never gives an old secret more time than it had", async () => {
    const { clock, caller, namespaceId, key, use } = await startWithWarmKey();
    const second = await caller.rotateKey(namespaceId, key.id, "1h");
    const third = await caller.rotateKey(namespaceId, key.id, "24h");
    clock.advance(HOUR_MS);
    expect([await use(), await use(second), await use(third)]).toEqual([401, 200, 200]);
    await caller.rotateKey(namespaceId, key.id, 0);
    expect([await use(), await use(second), await use(third)]).toEqual([401, 401, 401]);
  });

  test("rotation does not outlive the key's own expiry", async () => {
    const { clock, caller, namespaceId, key, use } = await startWithWarmKey({ expires_in: "1h" });
    const renewed = await caller.rotateKey(namespaceId, key.id, "24h");
    clock.advance(HOUR_MS);
    expect([await use(), await use(renewed)]).toEqual([401, 401]);
  });
});

describe("a change of role bites at once", () => {
  test("a member who became a viewer can still look with the key, and no longer deploy", async () => {
    const latchkey = await startTestLatchkey();
    const { url, folder } = latchkey;
    const namespaceId = await createCaller(url, latchkey.token).addNamespace();
    const { token, userId } = await addToken(latchkey, { role: "member" });
    const member = createCaller(url, token);
    const key = await member.addKey(namespaceId);
    expect((await member.deploy(key, "hello")).status).toBe(200);

    await writeAsStranger(folder.database, `UPDATE memberships SET role = 'viewer' WHERE user_id = '${userId}'`);
    expect((await member.connect(key)).status).toBe(200);
    expect((await member.deploy(key, "hello")).status).toBe(403);
    expect((await member.removeKey(namespaceId, key.id)).status).toBe(403);

    await writeAsStranger(folder.database, `UPDATE memberships SET role = 'member' WHERE user_id = '${userId}'`);
    expect((await member.deploy(key, "hello")).status).toBe(200);
  });
});

describe("while many requests are under way", () => {
  test("none that starts after a deletion was answered is accepted", async () => {
    const { caller, namespaceId } = await startWithWarmKey();
    for (let round = 0; round < 10; round += 1) {
      const key = await caller.addKey(namespaceId, `key ${round}`);
      let isDeleted = false;
      const accepted = { before: 0, after: 0 };
      const useRepeatedly = async () => {
        for (let request = 0; request < 15; request += 1) {
          const startedAfter = isDeleted;
          const { status } = await caller.connect(key);
          if (status === 200) accepted[startedAfter ? "after" : "before"] += 1;
        }
      };
      const users = Array.from({ length: 8 }, useRepeatedly);
      await caller.connect(key);
      await caller.removeKey(namespaceId, key.id);
      isDeleted = true;
      await Promise.all(users);
      expect(accepted.before).toBeGreaterThan(0);
      expect(accepted.after).toBe(0);
    }
  });

  test("none that starts after a rotation without overlap was answered is accepted with the old secret", async () => {
    const { caller, namespaceId, key } = await startWithWarmKey();
    let held = key;
    for (let round = 0; round < 10; round += 1) {
      const before = held;
      const during = Array.from({ length: 8 }, () => caller.connect(before));
      held = await caller.rotateKey(namespaceId, key.id, 0);
      const after = await Promise.all(Array.from({ length: 8 }, () => caller.connect(before)));
      expect(after.map(({ status }) => status)).toEqual(after.map(() => 401));
      expect((await caller.connect(held)).status).toBe(200);
      await Promise.all(during);
    }
  });
});
