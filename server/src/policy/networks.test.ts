import { describe, expect, test } from "vitest";
import { startTestPolicy } from "../../test/start-test-policy.ts";

describe("the networks of a policy", () => {
  test("are in force for the next request, also for who was connected a moment ago", async () => {
    const { owner, namespaceId, set, useFrom } = await startTestPolicy();
    const key = await owner.addKey(namespaceId);
    expect((await useFrom(key, "203.0.113.9")).status).toBe(200);
    await set({ allowed_networks: ["203.0.113.0/24"] });
    expect((await useFrom(key, "203.0.113.9")).status).toBe(200);
    await set({ allowed_networks: ["203.0.113.0/29"] });
    const refused = await useFrom(key, "203.0.113.9");
    expect([refused.status, refused.text]).toEqual([401, expect.stringContaining("may not be used from 203.0.113.9")]);
    await set({});
    expect((await useFrom(key, "203.0.113.9")).status).toBe(200);
  });

  test("tightened by another process are in force for the next request, too", async () => {
    const { owner, namespaceId, set, useFrom, database } = await startTestPolicy();
    const key = await owner.addKey(namespaceId);
    await set({ allowed_networks: ["203.0.113.0/24"] });
    expect((await useFrom(key, "203.0.113.9")).status).toBe(200);
    database.exec(`UPDATE policies SET allowed_networks = '["10.0.0.0/8"]'`);
    expect((await useFrom(key, "203.0.113.9")).status).toBe(401);
  });

  test("of team and namespace have to hold both; where they have nothing in common, nobody gets in", async () => {
    const { owner, namespaceId, set, useFrom } = await startTestPolicy();
    const other = await owner.addNamespace("other");
    const here = await owner.addKey(namespaceId, "here");
    const there = await owner.addKey(other, "there");
    await set({ allowed_networks: ["203.0.113.0/24", "10.0.0.0/8"] });
    await set({ allowed_networks: ["203.0.0.0/16"] }, { namespace: namespaceId });
    const statuses = async (address: string) => [
      (await useFrom(here, address)).status,
      (await useFrom(there, address)).status,
    ];
    expect(await statuses("203.0.113.1")).toEqual([200, 200]);
    expect(await statuses("10.1.1.1")).toEqual([401, 200]);
    expect(await statuses("203.0.1.1")).toEqual([401, 401]);
    const { in_force, effects } = await set({ allowed_networks: ["192.0.2.0/24"] }, { namespace: namespaceId });
    expect(in_force.allowed_networks).toEqual([]);
    expect(effects.keys.map(({ effects: all }) => all.map(({ kind }) => kind))).toEqual([
      ["last_address_refused", "no_network_left"],
    ]);
    expect(await statuses("192.0.2.1")).toEqual([401, 401]);
  });

  test("beside those of the key itself", async () => {
    const { owner, namespaceId, set, useFrom } = await startTestPolicy();
    const key = await owner.addKey(namespaceId, "ci", { allowed_networks: ["203.0.113.0/24"] });
    await set({ allowed_networks: ["203.0.113.0/25", "10.0.0.0/8"] });
    expect((await useFrom(key, "203.0.113.1")).status).toBe(200);
    expect((await useFrom(key, "203.0.113.200")).status).toBe(401);
    expect((await useFrom(key, "10.0.0.1")).status).toBe(401);
  });

  test("of a deleted namespace are forgotten", async () => {
    const { owner, namespaceId, set, database } = await startTestPolicy();
    await set({ allowed_networks: ["10.0.0.0/8"] }, { namespace: namespaceId });
    await owner.removeNamespace(namespaceId);
    expect(database.prepare("SELECT * FROM policies").all()).toEqual([]);
  });
});
