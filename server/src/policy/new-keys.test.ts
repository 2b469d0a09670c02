import { createServiceIdentity } from "@latchkey/contract/service-identities";
import { describe, expect, test } from "vitest";
import { createCaller } from "../../test/caller.ts";
import { startTestPolicy } from "../../test/start-test-policy.ts";

async function start() {
  const policy = await startTestPolicy();
  const { owner, namespaceId } = policy;
  let asked = 0;
  const ask = async (fields: object, by = owner, namespace = namespaceId) => {
    asked += 1;
    const json = { name: `key ${asked}`, ...fields };
    const { status, text } = await by.send("POST", `/v2/functions/namespaces/${namespace}/keys`, { json });
    return status === 201 ? "created" : `${status} ${JSON.parse(text).message}`;
  };
  return { ...policy, ask };
}

describe("a key that breaks a rule is refused with the rule and its limit:", () => {
  test("longest lifetime", async () => {
    const { set, ask } = await start();
    await set({ longest_lifetime_days: 90, never_allowed: false });
    expect(await ask({ expires_in: "90d" })).toBe("created");
    expect(await ask({ expires_in: "2161h" })).toBe(
      "422 The team's policy allows access keys to live at most 90 days; ask for 90d or less.",
    );
  });

  test("never", async () => {
    const { set, ask } = await start();
    await set({ never_allowed: false });
    expect(await ask({ expires_in: "3650d" })).toBe("created");
    for (const forEver of [{}, { expires_in: "never" }])
      expect(await ask(forEver)).toBe(
        "422 The team's policy does not allow access keys that never expire; say how long it is to live, such as 30d.",
      );
  });

  test("networks", async () => {
    const { set, ask, namespaceId } = await start();
    await set({ allowed_networks: ["10.0.0.0/8", "192.0.2.0/24"] }, { namespace: namespaceId });
    expect(await ask({ allowed_networks: ["10.1.0.0/16", "192.0.2.7"] })).toBe("created");
    expect(await ask({})).toBe("created");
    expect(await ask({ allowed_networks: ["10.1.0.0/16", "198.51.100.0/24"] })).toBe(
      "422 This namespace's policy allows access keys to be used from 10.0.0.0/8, 192.0.2.0/24; ask for networks within those.",
    );
  });

  test("most keys of a person: those that live, in the scope where the rule is", async () => {
    const { set, ask, owner, namespaceId, latchkey } = await start();
    const other = await owner.addNamespace("other");
    const first = await owner.addKey(namespaceId, "first");
    await owner.addKey(namespaceId, "soon over", { expires_in: "1h" });
    await set({ most_keys_per_person: 2 }, { namespace: namespaceId });
    const refused =
      "422 This namespace's policy allows a person at most 2 access keys, and there are 2; delete one first.";
    expect(await ask({})).toBe(refused);
    expect(await ask({}, owner, other)).toBe("created");
    latchkey.clock.advance(3_600_000);
    expect(await ask({})).toBe("created");
    expect(await ask({})).toBe(refused);
    await owner.removeKey(namespaceId, first.id);
    expect(await ask({})).toBe("created");
    await set({ most_keys_per_person: 3 });
    expect(await ask({}, owner, other)).toBe(
      "422 The team's policy allows a person at most 3 access keys, and there are 3; delete one first.",
    );
  });

  test("most keys of a person, however many are asked for at once", async () => {
    const { set, ask, owner, namespaceId } = await start();
    await set({ most_keys_per_person: 3 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask({})));
    expect(answers.filter((answer) => answer === "created")).toHaveLength(3);
    const { text } = await owner.send("GET", `/v2/functions/namespaces/${namespaceId}/keys`);
    expect(JSON.parse(text).count).toBe(3);
  });

  test("who creates keys for service identities: owners, until the team leaves it to members", async () => {
    const { set, team, owner, latchkey, namespaceId, get } = await start();
    expect((await get()).policy.service_keys).toBe("owners");
    const { text } = await owner.send("POST", "/v2/team/service-identities", { json: { name: "pipeline" } });
    const { id } = createServiceIdentity.answers[201].parse(JSON.parse(text)).service_identity;
    const member = createCaller(latchkey.url, (await team.join("Bob", "member")).session);
    const path = `/v2/team/service-identities/${id}/keys`;
    const create = async (by: typeof owner, name: string) => {
      const json = { namespace_id: namespaceId, name, expires_in: "30d" };
      const answer = await by.send("POST", path, { json });
      return answer.status === 201 ? "created" : `${answer.status} ${JSON.parse(answer.text).message}`;
    };
    const refused = "422 The team's policy lets owners alone create access keys for service identities; ask an owner.";
    expect(await create(owner, "by an owner")).toBe("created");
    expect(await create(member, "by a member")).toBe(refused);
    await set({ service_keys: "members" });
    expect(await create(member, "by a member")).toBe("created");
    await set({ service_keys: "owners" }, { namespace: namespaceId });
    expect(await create(member, "by a member again")).toBe(refused.replace("The team's", "This namespace's"));
  });
});

test("a refused key leaves nothing behind, not even its name", async () => {
  const { set, ask, database, entries } = await start();
  await set({ never_allowed: false });
  const before = database.prepare("SELECT count(*) AS count FROM access_key_secrets").get();
  await ask({ name: "ci" });
  expect(entries("access_key.create")).toEqual([]);
  expect(database.prepare("SELECT count(*) AS count FROM access_key_secrets").get()).toEqual(before);
  expect(await ask({ name: "ci", expires_in: "1h" })).toBe("created");
});

test("a key is handed over as a new key: every rule applies to it", async () => {
  const { set, owner, namespaceId } = await start();
  const key = await owner.addKey(namespaceId);
  const { text } = await owner.send("POST", "/v2/team/service-identities", { json: { name: "pipeline" } });
  const { id } = createServiceIdentity.answers[201].parse(JSON.parse(text)).service_identity;
  await set({ never_allowed: false, longest_lifetime_days: 10 }, { grace: 30 });
  const handOver = () =>
    owner.send("POST", `/v2/functions/namespaces/${namespaceId}/keys/${key.id}/hand-over`, {
      json: { service_identity_id: id },
    });
  const refused = await handOver();
  expect([refused.status, JSON.parse(refused.text).message]).toEqual([
    422,
    "The team's policy allows access keys to live at most 10 days; ask for 10d or less.",
  ]);
  expect((await owner.connect(key)).status).toBe(200);
  await set({ never_allowed: false, longest_lifetime_days: 30 });
  expect((await handOver()).status).toBe(201);
});

test("rotating stands under no rule: nothing of the key that a rule is about changes", async () => {
  const { set, owner, namespaceId } = await start();
  const key = await owner.addKey(namespaceId);
  await set({ longest_lifetime_days: 1, never_allowed: false, most_keys_per_person: 1 });
  const rotated = await owner.rotateKey(namespaceId, key.id, 0);
  expect((await owner.connect(rotated)).status).toBe(200);
});

test.each([
  ["a rule is missing", { longest_lifetime_days: undefined }, "longest_lifetime_days must be a whole number"],
  ["no day", { longest_lifetime_days: 0 }, "longest_lifetime_days must be a whole number from 1 to 3650"],
  [
    "more than keys ever live",
    { suspend_unused_days: 3651 },
    "suspend_unused_days must be a whole number from 1 to 3650",
  ],
  ["no network", { allowed_networks: [] }, "allowed_networks must not be empty; null for anywhere"],
  ["what is no network", { allowed_networks: ["10.0.0"] }, "allowed_networks must be addresses or CIDR ranges"],
  [
    "a limit beside never",
    { longest_lifetime_days: 90 },
    "a longest lifetime leaves no room for keys that never expire",
  ],
])("a policy is refused where %s", async (_, changes, message) => {
  const { owner, get } = await start();
  const before = await get();
  const policy = { ...before.policy, service_keys: "members", ...changes };
  const { status, text } = await owner.send("PUT", "/v2/team/policy", { json: { policy } });
  expect([status, JSON.parse(text).message]).toEqual([400, expect.stringContaining(message)]);
  expect(await get()).toEqual(before);
});
