import { createAccessKey } from "@latchkey/contract/access-keys";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DEEDS,
  type Deed,
  HOUR_MS,
  histories,
  keysOf,
  type Reach,
  reachOf,
  type Seen,
  startHistory,
} from "./history-deeds.ts";

/** Seconds on a machine at rest; beside others that keep it busy, a server's start alone has taken ten. */
const PATIENCE = { timeout: 120_000 };

/** Does one thing after the other, trying every key in between; then asks about each of these moments. */
async function liveAndTell(deeds: readonly Deed[]): Promise<void> {
  const world = await startHistory();
  const seen: Seen[] = [await world.look()];
  for (const deed of deeds) {
    world.latchkey.clock.advance(1);
    await deed(world);
    seen.push(await world.look());
  }
  world.latchkey.clock.advance(1);
  for (const { at, reach } of seen) {
    const told = new Map<string, Reach>();
    for (const namespace of world.namespaces) {
      const { callers } = await world.ask(namespace, { at: new Date(at).toISOString() });
      for (const { access_key, grants, allowed_networks } of callers) {
        if (allowed_networks === null || allowed_networks.includes("127.0.0.0/8"))
          told.set(access_key.id, reachOf(grants));
      }
    }
    const done = ([, what]: [string, Reach]) => what !== "";
    expect([...told].filter(done).sort(), new Date(at).toISOString()).toEqual([...reach].filter(done).sort());
  }
}

describe("who could call at a time in the past is who was let in at that time:", PATIENCE, () => {
  const { create, createForRobot, pass } = DEEDS;
  const DAY_AND_MORE_MS = 30 * HOUR_MS;
  test.each<[what: string, deeds: readonly Deed[]]>([
    ["a key expires", [create(1, 0, "1h"), pass(HOUR_MS - 3), pass(1), pass(1)]],
    ["a key is suspended, and resumed", [create(1, 0), DEEDS.suspend(0), DEEDS.resume(0)]],
    ["a key is deleted, another one reported", [create(1, 0), create(1, 0), DEEDS.remove(0), DEEDS.report(1)]],
    ["a key is handed over", [create(1, 0), DEEDS.handOver(0, "1h"), DEEDS.rename(0), pass(HOUR_MS)]],
    ["a key is handed over at once", [create(1, 0), DEEDS.handOver(0, 0)]],
    ["a person is demoted", [create(1, 0), DEEDS.setRole(0, "viewer"), DEEDS.setRole(0, "owner")]],
    ["a robot is demoted, then deleted", [createForRobot(0), DEEDS.setRobotRole("viewer"), DEEDS.removeRobot()]],
    [
      "a person is removed, and comes back to their keys",
      [create(1, 0), create(1, 1), DEEDS.endMember(0, "owner"), DEEDS.comeBack(0, false), DEEDS.comeBack(0, true)],
    ],
    [
      "a person leaves, and starts anew",
      [create(2, 0), DEEDS.endMember(1, "themselves"), DEEDS.comeBack(1, false), create(2, 0)],
    ],
    [
      "a person comes back to keys that a policy shortens",
      [
        ...[create(1, 0), pass(DAY_AND_MORE_MS), DEEDS.endMember(0, "owner"), DEEDS.setPolicy("team", null, 1)],
        ...[DEEDS.comeBack(0, true), pass(8 * 24 * HOUR_MS)],
      ],
    ],
    [
      "a policy shortens keys",
      [create(1, 0), create(1, 1), pass(DAY_AND_MORE_MS), DEEDS.setPolicy("namespace", null, 1)],
    ],
    [
      "policies allow networks",
      [
        ...[create(1, 0), create(1, 1), DEEDS.setPolicy("team", ["127.0.0.0/8"], null)],
        ...[DEEDS.setPolicy("namespace", ["10.0.0.0/8"], null), DEEDS.setPolicy("namespace", null, null)],
        DEEDS.setPolicy("team", ["10.0.0.0/8"], null),
      ],
    ],
    ["nobody uses a key", [create(1, 0), createForRobot(1), DEEDS.suspendUnused(), DEEDS.resume(0)]],
    ["all keys of a person are revoked", [create(1, 0), create(2, 0), DEEDS.revokeAll("user", 0), create(1, 0)]],
    [
      "all keys to a namespace are revoked",
      [create(1, 0), create(1, 1), DEEDS.revokeAll("namespace", 1), create(1, 1)],
    ],
    ["all keys of the team are revoked", [create(0, 0), createForRobot(1), DEEDS.revokeAll("team", 0), create(0, 0)]],
    ["a namespace is deleted", [create(1, 0), create(1, 1), DEEDS.removeNamespace()]],
  ])("%s", (_, deeds) => liveAndTell(deeds));

  test("whatever else happens", async () => {
    await fc.assert(fc.asyncProperty(histories, liveAndTell), { numRuns: 8, interruptAfterTimeLimit: 40_000 });
  });
});

describe("an answer", PATIENCE, () => {
  test("names who, through which key, what, from where and until when; and what is different", async () => {
    const { owner, team, latchkey, namespaceId, ask } = await startHistory();
    const { clock } = latchkey;
    const moment = () => {
      const at = new Date(clock.now()).toISOString();
      clock.advance(1000);
      return at;
    };
    const bob = await team.join("Rob", "member");
    const created = await team.send(bob.session, "POST", keysOf(namespaceId), {
      name: "laptop",
      expires_in: "30d",
      allowed_networks: ["203.0.113.0/24"],
    });
    const key = createAccessKey.answers[201].parse(created.body).access_key;
    const first = moment();
    await owner.send("PUT", `/v2/team/members/${bob.id}`, { json: { role: "viewer" } });
    const second = moment();
    await owner.send("DELETE", `/v2/team/members/${bob.id}`);
    const third = moment();

    const whole = {
      owner: { id: bob.id, name: "Rob", kind: "person" },
      role: "member",
      access_key: { id: key.id, name: "laptop" },
      grants: ["full"],
      allowed_networks: ["203.0.113.0/24"],
      until: key.expires_at,
    };
    const demoted = { ...whole, role: "viewer", grants: ["read"] };
    expect(await ask(namespaceId, { at: first })).toEqual({
      namespace_id: namespaceId,
      at: first,
      callers: [whole],
      difference: null,
    });
    const since = async (at: string, compared_to: string) => (await ask(namespaceId, { at, compared_to })).difference;
    expect(await since(second, first)).toEqual({
      compared_to: first,
      gained: [],
      lost: [],
      changed: [{ before: whole, after: demoted }],
    });
    expect(await since(third, second)).toEqual({ compared_to: second, gained: [], lost: [demoted], changed: [] });
    expect(await since(second, third)).toEqual({ compared_to: third, gained: [demoted], lost: [], changed: [] });
    expect((await ask(namespaceId)).callers).toEqual([]);
  });

  test("calls people what they called themselves at the time", async () => {
    const { owner, team, latchkey, namespaceId, ask } = await startHistory();
    await owner.addKey(namespaceId);
    const before = new Date(latchkey.clock.now()).toISOString();
    latchkey.clock.advance(1000);
    await team.send(latchkey.token, "PUT", "/v2/account", { name: "Ada Lovelace" });
    expect((await ask(namespaceId, { at: before })).callers).toMatchObject([{ owner: { name: "Ada" } }]);
    expect((await ask(namespaceId)).callers).toMatchObject([{ owner: { name: "Ada Lovelace" } }]);
  });

  test("is there for a namespace that was deleted, to its team alone", async () => {
    const { owner, latchkey, namespaceId, ask } = await startHistory();
    await owner.addKey(namespaceId);
    const before = new Date(latchkey.clock.now()).toISOString();
    latchkey.clock.advance(1000);
    await owner.removeNamespace(namespaceId);
    expect((await ask(namespaceId, { at: before })).callers).toHaveLength(1);
    expect((await ask(namespaceId)).callers).toEqual([]);
    const nowhere = `/v2/functions/namespaces/fn-00000000-0000-4000-8000-000000000000/access`;
    expect((await owner.send("GET", nowhere)).status).toBe(404);
  });

  test("is refused where entries are gone, rather than given with gaps", async () => {
    const { latchkey, owner, namespaceId } = await startHistory({ LATCHKEY_AUDIT_RETENTION_DAYS: "30" });
    const key = await owner.addKey(namespaceId);
    latchkey.clock.advance(60 * 24 * HOUR_MS);
    await latchkey.auditLog.prune();
    expect((await owner.connect(key)).status).toBe(200);
    const { status, text } = await owner.send("GET", `/v2/functions/namespaces/${namespaceId}/access`);
    expect([status, JSON.parse(text).message]).toEqual([
      422,
      expect.stringMatching(/^The audit log was pruned: .* is gone/),
    ]);
  });

  test.each([
    ["a time to come", "2030-01-01T00:00:00Z", 422, "That time has not come yet"],
    ["no time", "yesterday", 400, "at: must be a time as in RFC 3339"],
    ["a time without a zone", "2026-01-01T00:00:00", 400, "at: must be a time as in RFC 3339"],
  ])("is refused for %s", async (_, at, expected, message) => {
    const { owner, namespaceId } = await startHistory();
    const { status, text } = await owner.send("GET", `/v2/functions/namespaces/${namespaceId}/access?at=${at}`);
    expect([status, JSON.parse(text).message]).toEqual([expected, expect.stringContaining(message)]);
  });
});
