import { describe, expect, test } from "vitest";
import type { Caller, HeldKey } from "../../test/caller.ts";
import { startTestKeys } from "../../test/start-test-keys.ts";
import { OPEN } from "../../test/start-test-policy.ts";

const SCOPES = ["member", "namespace", "team"] as const;

/** Keys of two people in two namespaces; Grace's in the first one are concerned whatever is revoked. */
async function start() {
  const keys = await startTestKeys();
  const grace = await keys.join();
  const elsewhere = await keys.owner.addNamespace("elsewhere");
  const theirs = await grace.addKey(keys.namespaceId, "theirs");
  const own = await keys.owner.addKey(keys.namespaceId, "own");
  const theirsElsewhere = await grace.addKey(elsewhere, "theirs");
  const ownElsewhere = await keys.owner.addKey(elsewhere, "own");
  const all = [theirs, own, theirsElsewhere, ownElsewhere];
  const paths = {
    member: `/v2/team/members/${grace.id}`,
    namespace: `/v2/functions/namespaces/${keys.namespaceId}`,
    team: "/v2/team",
  };
  const revokeAll = (of: keyof typeof paths, json = {}, who: Caller = keys.owner) =>
    who.send("POST", `${paths[of]}/revoke-keys`, { json });
  expect(await keys.statusesOf(...all)).toEqual([200, 200, 200, 200]);
  return { ...keys, grace, elsewhere, theirs, all, revokeAll };
}

describe("revoking all", () => {
  test.each([
    { of: "member" as const, left: [401, 200, 401, 200] },
    { of: "namespace" as const, left: [401, 401, 200, 200] },
    { of: "team" as const, left: [401, 401, 401, 401] },
  ])("of a $of ends those keys for the very next request, warm as they are, and no others", async ({ of, left }) => {
    const { all, revokeAll, statusesOf, use, theirs, owner, keyPath, names } = await start();
    expect((await revokeAll(of)).status).toBe(200);
    expect(await statusesOf(...all)).toEqual(left);
    expect((await use(theirs)).text).toContain("was revoked at 2026-03-23T09:15:00Z");
    expect((await owner.send("GET", keyPath(theirs.id))).status).toBe(404);
    expect(await names()).toEqual(of === "member" ? ["own"] : []);
  });

  test.each(SCOPES)("of a %s writes one row, one change and one entry, however many keys there are", async (of) => {
    const { grace, namespaceId, revokeAll, rows, entries } = await start();
    for (let count = 0; count < 50; count += 1) await grace.addKey(namespaceId, `key ${count}`);
    const before = { keys: rows("SELECT * FROM access_keys"), changes: rows("SELECT * FROM changes").length };
    await revokeAll(of);
    expect(rows("SELECT * FROM access_keys")).toEqual(before.keys);
    expect(rows("SELECT * FROM changes").slice(before.changes)).toMatchObject([{ kind: "cutoff" }]);
    expect(rows("SELECT kind FROM access_key_cutoffs")).toEqual([{ kind: of === "member" ? "user" : of }]);
    expect(entries("access_key.revoke_all")).toMatchObject([{ target_kind: of, actor_name: "Ada" }]);
  });

  test.each(SCOPES)("of a %s leaves keys that are created afterwards alone, under the same names too", async (of) => {
    const { grace, namespaceId, revokeAll, statusesOf } = await start();
    await revokeAll(of);
    const anew = await grace.addKey(namespaceId, "theirs");
    expect(await statusesOf(anew)).toEqual([200]);
    await revokeAll(of);
    expect(await statusesOf(anew)).toEqual([401]);
  });

  test.each(SCOPES)(
    "of a %s: a key that is created meanwhile is dead if it came before, and alive if after",
    async (of) => {
      const { grace, namespaceId, revokeAll, statusesOf, rows, names } = await start();
      const create = (count: number): Promise<HeldKey> => grace.addKey(namespaceId, `key ${count}`);
      const early = Array.from({ length: 10 }, (_, count) => create(count));
      const revoked = revokeAll(of);
      const meanwhile = Array.from({ length: 10 }, (_, count) => create(10 + count));
      await revoked;
      const late = await create(20);
      const created = [...(await Promise.all([...early, ...meanwhile])), late];
      const [{ seq = 0 } = {}] = rows("SELECT seq FROM access_key_cutoffs");
      const issued = new Map(
        rows("SELECT id, issued_seq FROM access_keys").map(({ id, issued_seq }) => [id, issued_seq]),
      );
      const expected = created.map(({ id }) => (Number(issued.get(id)) > Number(seq) ? 200 : 401));
      expect(await statusesOf(...created)).toEqual(expected);
      expect(expected.at(-1)).toBe(200);
      expect((await names()).filter((name) => name.startsWith("key"))).toHaveLength(
        expected.filter((status) => status === 200).length,
      );
    },
  );

  test.each(SCOPES)("of a %s asked about first tells what it would end, and ends nothing", async (of) => {
    const { all, revokeAll, statusesOf, rows } = await start();
    const before = [rows("SELECT * FROM audit_entries"), rows("SELECT * FROM changes")];
    const { status, text } = await revokeAll(of, { dry_run: true });
    const { dry_run, count, access_keys } = JSON.parse(text);
    expect([status, dry_run, count]).toEqual([200, true, of === "team" ? 4 : 2]);
    expect(access_keys).toHaveLength(count);
    for (const key of access_keys)
      expect(key).toMatchObject({ last_used_at: "2026-03-23T09:15:00Z", last_used_from: "127.0.0.1" });
    expect(text).not.toContain("dofs_v1_");
    expect([rows("SELECT * FROM audit_entries"), rows("SELECT * FROM changes")]).toEqual(before);
    expect(await statusesOf(...all)).toEqual([200, 200, 200, 200]);
  });

  test.each(SCOPES)("of a %s is for owners of the team", async (of) => {
    const { grace, all, revokeAll, statusesOf } = await start();
    for (const json of [{}, { dry_run: true }]) expect((await revokeAll(of, json, grace)).status).toBe(403);
    expect(await statusesOf(...all)).toEqual([200, 200, 200, 200]);
  });

  test("of a service identity works as of a person", async () => {
    const { owner, addServiceIdentity, namespaceId, json, statusesOf } = await start();
    const robot = await addServiceIdentity();
    const made = await owner.send("POST", `/v2/team/service-identities/${robot}/keys`, {
      json: { namespace_id: namespaceId, name: "nightly" },
    });
    const { access_key: key } = json(made);
    await owner.send("POST", `/v2/team/members/${robot}/revoke-keys`);
    expect(await statusesOf(key)).toEqual([401]);
  });

  test("of nobody in the team is a 404", async () => {
    const { owner } = await start();
    for (const id of ["nobody", "00000000-0000-4000-8000-000000000000"])
      expect((await owner.send("POST", `/v2/team/members/${id}/revoke-keys`)).status).toBe(404);
  });
});

describe("what a removal took", () => {
  async function startRemoved() {
    const keys = await start();
    const { owner, grace, join } = keys;
    const remove = () => owner.send("DELETE", `/v2/team/members/${grace.id}`);
    const addAgain = async () => {
      const { userId, teamId } = { userId: grace.id, teamId: keys.team.id };
      keys.database
        .prepare("INSERT INTO memberships (team_id, user_id, role, created_at) VALUES (?, ?, 'member', 1)")
        .run(teamId, userId);
      return join({ of: keys.user.id });
    };
    const restore = async (json = {}) => {
      const { text } = await owner.send("POST", `/v2/team/members/${grace.id}/restore-keys`, { json });
      return JSON.parse(text);
    };
    return { ...keys, remove, addAgain, restore };
  }

  test("comes back within 24 hours, each as it was, when the person does and it is asked for", async () => {
    const { all, owner, remove, addAgain, restore, statusesOf, keyPath, theirs, clock } = await startRemoved();
    await owner.send("POST", `${keyPath(theirs.id)}/suspend`, { json: { reason: "lost laptop" } });
    await remove();
    expect(await statusesOf(...all)).toEqual([401, 200, 401, 200]);
    await addAgain();
    expect(await statusesOf(...all)).toEqual([401, 200, 401, 200]);
    clock.advance(24 * 3_600_000 - 1);
    expect((await restore({ dry_run: true })).count).toBe(2);
    expect(await statusesOf(...all)).toEqual([401, 200, 401, 200]);
    const { access_keys } = await restore();
    expect(access_keys).toHaveLength(2);
    expect(access_keys).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "theirs", state: "suspended", state_reason: "lost laptop" }),
        expect.objectContaining({ name: "theirs", state: "active" }),
      ]),
    );
    expect(await statusesOf(...all)).toEqual([401, 200, 200, 200]);
    expect((await restore()).count).toBe(0);
  });

  test("comes back as far as the policy lets a person have keys: the newest first, the others once there is room", async () => {
    const { owner, remove, addAgain, restore, namespaceId, grace, clock, keyPath } = await startRemoved();
    clock.advance(1_000);
    const expired = await grace.addKey(namespaceId, "expired", { expires_in: "1h" });
    const newest = await grace.addKey(namespaceId, "newest");
    clock.advance(3_600_000);
    await remove();
    await addAgain();
    await owner.send("PUT", "/v2/team/policy", { json: { policy: { ...OPEN, most_keys_per_person: 1 } } });
    const ids = ({ access_keys }: { access_keys: { id: string }[] }) => access_keys.map(({ id }) => id).sort();
    const both = [expired.id, newest.id].sort();
    const preview = await restore({ dry_run: true });
    expect([ids(preview), preview.left_out]).toEqual([both, 2]);
    const restored = await restore();
    expect([ids(restored), restored.left_out]).toEqual([both, 2]);
    expect(await restore()).toEqual({ access_keys: [], count: 0, left_out: 2 });
    await owner.send("DELETE", keyPath(newest.id));
    expect(await restore()).toMatchObject({ count: 1, left_out: 1 });
  });

  test("stays dead after 24 hours", async () => {
    const { remove, addAgain, restore, clock, statusesOf, all } = await startRemoved();
    await remove();
    await addAgain();
    clock.advance(24 * 3_600_000);
    expect((await restore()).count).toBe(0);
    expect(await statusesOf(...all)).toEqual([401, 200, 401, 200]);
  });

  test("does not include what was deleted, or what all were revoked with before or after", async () => {
    const { owner, remove, addAgain, restore, theirs, namespaceId, revokeAll, grace } = await startRemoved();
    const deleted = await grace.addKey(namespaceId, "deleted");
    await owner.removeKey(namespaceId, deleted.id);
    await remove();
    await addAgain();
    expect((await restore({ dry_run: true })).count).toBe(2);
    await revokeAll("namespace");
    const { access_keys } = await restore();
    expect(access_keys).toHaveLength(1);
    expect(access_keys[0].id).not.toBe(theirs.id);
  });

  test("gets another name where its own was given away", async () => {
    const { owner, remove, addAgain, restore, namespaceId, names } = await startRemoved();
    await remove();
    await owner.addKey(namespaceId, "theirs");
    await owner.addKey(namespaceId, "theirs (restored)");
    await addAgain();
    await restore();
    expect((await names()).sort()).toEqual(["own", "theirs", "theirs (restored 2)", "theirs (restored)"].sort());
  });

  test("is nobody's to have back who is not in the team", async () => {
    const { owner, remove, grace } = await startRemoved();
    await remove();
    expect((await owner.send("POST", `/v2/team/members/${grace.id}/restore-keys`)).status).toBe(404);
  });

  test("is told in the audit log, by id, going and coming", async () => {
    const { remove, addAgain, restore, entries, rows, grace } = await startRemoved();
    const ids = rows("SELECT id FROM access_keys WHERE owner_id = ? ORDER BY id", grace.id).map(({ id }) => id);
    await remove();
    await addAgain();
    await restore();
    for (const verb of ["member.remove", "access_key.restore"])
      for (const id of ids)
        expect([verb, JSON.stringify(entries(verb))]).toEqual([verb, expect.stringContaining(String(id))]);
  });
});
