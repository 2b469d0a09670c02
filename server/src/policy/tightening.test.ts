import type { PolicyInput } from "@latchkey/contract/policy";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HeldKey } from "../../test/caller.ts";
import { startTestPolicy } from "../../test/start-test-policy.ts";

const DAY_MS = 86_400_000;

async function start() {
  const policy = await startTestPolicy();
  const { latchkey } = policy;
  const inDays = (days: number) => `${new Date(latchkey.clock.now() + days * DAY_MS).toISOString().slice(0, 19)}Z`;
  return { ...policy, inDays };
}
const ninety = { longest_lifetime_days: 90, never_allowed: false };

describe("a shorter life", () => {
  test("ends keys when they are as old as keys may be, and leaves old ones the grace", async () => {
    const { owner, namespaceId, latchkey, set, look, inDays } = await start();
    const old = await owner.addKey(namespaceId, "old");
    latchkey.clock.advance(200 * DAY_MS);
    const young = await owner.addKey(namespaceId, "young");
    const short = await owner.addKey(namespaceId, "short", { expires_in: "30d" });
    const { effects } = await set(ninety, { grace: 14 });
    expect(effects.keys.map(({ name, expires_at, effects: all }) => [name, expires_at, all])).toEqual([
      ["old", null, [{ kind: "expiry_shortened", expires_at: inDays(14) }]],
      ["young", null, [{ kind: "expiry_shortened", expires_at: inDays(90) }]],
    ]);
    expect((await look(old)).expires_at).toBe(inDays(14));
    expect((await look(young)).expires_at).toBe(inDays(90));
    expect((await look(short)).expires_at).toBe(inDays(30));
  });

  test("without grace ends old keys at once, also for who is connected", async () => {
    const { owner, namespaceId, latchkey, set } = await start();
    const key = await owner.addKey(namespaceId);
    latchkey.clock.advance(91 * DAY_MS);
    expect((await owner.connect(key)).status).toBe(200);
    await set(ninety, { grace: 0 });
    const { status, text } = await owner.connect(key);
    expect(status).toBe(401);
    expect(text).toContain("this access key expired at");
  });

  test("is over to the second", async () => {
    const { owner, namespaceId, latchkey, set } = await start();
    const key = await owner.addKey(namespaceId);
    await set(ninety);
    latchkey.clock.advance(90 * DAY_MS - 1);
    expect((await owner.connect(key)).status).toBe(200);
    latchkey.clock.advance(1);
    expect((await owner.connect(key)).status).toBe(401);
  });

  test("leaves one entry for the policy and one for each key that it changes, and no other key's", async () => {
    const { owner, namespaceId, set, entries, latchkey } = await start();
    const key = await owner.addKey(namespaceId, "for ever");
    await owner.addKey(namespaceId, "short", { expires_in: "1d" });
    await set(ninety);
    const end = latchkey.clock.now() + 90 * DAY_MS;
    expect(entries("policy.set", "access_key.shorten")).toEqual([
      {
        actor_kind: "person",
        verb: "policy.set",
        target_id: latchkey.team.id,
        details: expect.objectContaining({
          grace_days: 7,
          policy: expect.objectContaining(ninety),
          previous: expect.objectContaining({ longest_lifetime_days: null, never_allowed: true }),
        }),
      },
      {
        actor_kind: "person",
        verb: "access_key.shorten",
        target_id: key.id,
        details: expect.objectContaining({ name: "for ever", previous_expires_at: null, expires_at: end }),
      },
    ]);
  });

  test("given up again, gives no key its time back", async () => {
    const { owner, namespaceId, set, look, inDays } = await start();
    const key = await owner.addKey(namespaceId);
    await set(ninety);
    const { effects } = await set({});
    expect(effects.keys).toEqual([]);
    expect((await look(key)).expires_at).toBe(inDays(90));
  });

  test("of a namespace is no other namespace's", async () => {
    const { owner, namespaceId, set, look } = await start();
    const other = await owner.addNamespace("other");
    const there = await owner.addKey(other, "there");
    await owner.addKey(namespaceId, "here");
    const { effects, in_force } = await set(ninety, { namespace: namespaceId });
    expect(effects.keys.map(({ name }) => name)).toEqual(["here"]);
    expect(in_force.service_keys).toBe("owners");
    expect((await look(there, other)).expires_at).toBeNull();
  });

  test("and a key that is created at the same time: either was refused, or the policy has seen it", async () => {
    const { owner, namespaceId, set, latchkey } = await start();
    for (let round = 0; round < 5; round += 1) {
      await set({});
      const names = Array.from({ length: 8 }, (_, index) => `key ${round}.${index}`);
      const creating = names.map((name) =>
        owner.send("POST", `/v2/functions/namespaces/${namespaceId}/keys`, { json: { name } }),
      );
      await Promise.all([set(ninety), ...creating]);
    }
    const { text } = await owner.send("GET", `/v2/functions/namespaces/${namespaceId}/keys`);
    const { access_keys } = JSON.parse(text) as { access_keys: { expires_at: string | null }[] };
    const latest = latchkey.clock.now() + 90 * DAY_MS;
    expect(access_keys.length).toBeGreaterThan(0);
    for (const { expires_at } of access_keys) expect(Date.parse(expires_at ?? "9999")).toBeLessThanOrEqual(latest);
  });
});

describe("a key that a removal took and restoring gives back", () => {
  test("ends as early as if it had been there when the policy was tightened", async () => {
    const { owner, team, latchkey, namespaceId, set, look, inDays } = await start();
    const bob = await team.join("Bob", "member");
    const bobs = await team.send(bob.session, "POST", `/v2/functions/namespaces/${namespaceId}/keys`, {
      name: "bob's",
    });
    expect(bobs.status).toBe(201);
    const key = (bobs.body as { access_key: HeldKey }).access_key;
    latchkey.clock.advance(200 * DAY_MS);
    await owner.send("DELETE", `/v2/team/members/${bob.id}`);
    await set(ninety);
    expect((await owner.connect(key)).status).toBe(401);
    const again = await team.invite(bob.email, "member");
    expect((await team.accept(again.secret)).status).toBeLessThan(300);
    const restored = await owner.send("POST", `/v2/team/members/${bob.id}/restore-keys`, { json: {} });
    expect(restored.status, restored.text).toBe(200);
    expect((await look(key)).expires_at).toBe(inDays(7));
    expect((await owner.connect(key)).status).toBe(200);
  });
});

describe("the preview", () => {
  test("changes nothing and leaves no entry", async () => {
    const { owner, namespaceId, preview, database, get } = await start();
    await owner.addKey(namespaceId);
    const contents = () =>
      ["access_keys", "policies", "audit_entries", "changes"].map((table) =>
        database.prepare(`SELECT * FROM ${table}`).all(),
      );
    const before = contents();
    const { effects, policy } = await preview({ ...ninety, allowed_networks: ["10.0.0.0/8"] }, { grace: 0 });
    expect(effects.keys).toHaveLength(1);
    expect(policy.longest_lifetime_days).toBe(90);
    expect(contents()).toEqual(before);
    expect((await get()).policy.longest_lifetime_days).toBeNull();
  });

  test("says who has more keys than a person may have, which stay", async () => {
    const { owner, namespaceId, preview, latchkey } = await start();
    for (const name of ["a", "b", "c"]) await owner.addKey(namespaceId, name);
    const { effects } = await preview({ most_keys_per_person: 2 });
    expect(effects).toEqual({
      keys: [],
      people_above_most_keys: [{ owner: { id: latchkey.user.id, name: "Ada", kind: "person" }, keys: 3, most: 2 }],
    });
  });

  test("says what setting the policy then does, key by key", async () => {
    const { owner, namespaceId, latchkey, preview, set, look, useFrom } = await start();
    const other = await owner.addNamespace("other");
    let round = 0;
    const limit = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: null });
    const policies: fc.Arbitrary<Partial<PolicyInput>> = fc
      .record({
        longest_lifetime_days: limit(60),
        never_allowed: fc.boolean(),
        most_keys_per_person: limit(3),
        suspend_unused_days: limit(60),
        allowed_networks: fc.constantFrom<string[] | null>(
          null,
          ["10.0.0.0/8"],
          ["10.0.0.0/8", "192.0.2.0/24"],
          ["192.0.2.0/24"],
        ),
      })
      .map((policy) => ({ ...policy, never_allowed: policy.never_allowed && policy.longest_lifetime_days === null }));
    const keys = fc.array(
      fc.record({
        elsewhere: fc.boolean(),
        expires_in: fc.constantFrom("never", "20d", "80d"),
        network: fc.constantFrom([], ["10.1.0.0/16"], ["192.0.2.0/25"]),
        used: fc.constantFrom(null, "10.1.0.1", "192.0.2.1", "198.51.100.1"),
        daysLater: fc.integer({ min: 0, max: 15 }),
      }),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(
        keys,
        policies,
        fc.integer({ min: 0, max: 20 }),
        fc.boolean(),
        async (made, tighter, grace, ofTeam) => {
          round += 1;
          await set({}, { namespace: namespaceId });
          await set({});
          const held: { key: HeldKey; namespace: string }[] = [];
          for (const [index, { elsewhere, expires_in, network, used, daysLater }] of made.entries()) {
            const namespace = elsewhere ? other : namespaceId;
            const key = await owner.addKey(namespace, `${round}.${index}`, { expires_in, allowed_networks: network });
            if (used !== null) await useFrom(key, used);
            held.push({ key, namespace });
            latchkey.clock.advance(daysLater * DAY_MS + 1);
          }
          const where = { grace, ...(ofTeam ? {} : { namespace: namespaceId }) };
          const announced = await preview(tighter, where);
          const done = await set(tighter, where);
          expect(done).toEqual(announced);
          const effectsOf = ({ id }: HeldKey) => announced.effects.keys.find((key) => key.id === id)?.effects ?? [];
          await latchkey.policy.suspendUnused();
          for (const { key, namespace } of held) {
            const shown = await look(key, namespace);
            for (const effect of effectsOf(key)) {
              if (effect.kind === "expiry_shortened") expect(shown.expires_at).toBe(effect.expires_at);
              if (effect.kind === "last_address_refused" && shown.state === "active")
                expect((await useFrom(key, effect.address)).status).toBe(401);
            }
            const isAnnounced = effectsOf(key).some(({ kind }) => kind === "suspended_by_next_sweep");
            if (isAnnounced) expect(["suspended", "expired"]).toContain(shown.state);
            else expect(shown.state).not.toBe("suspended");
          }
          for (const { key, namespace } of held) await owner.removeKey(namespace, key.id);
        },
      ),
      { numRuns: 25, interruptAfterTimeLimit: 20_000 },
    );
  }, 40_000);
});
