import { describe, expect, test } from "vitest";
import { startTestKeys } from "../../test/start-test-keys.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe("a rotation", () => {
  async function start() {
    const keys = await startTestKeys();
    const old = await keys.owner.addKey(keys.namespaceId);
    const renewed = await keys.owner.rotateKey(keys.namespaceId, old.id, "4h");
    const { endIdleSecrets } = keys.accessKeys;
    return { ...keys, old, renewed, endIdleSecrets };
  }

  test("ends early once the new secret was used and the old one was idle for a quarter of the overlap", async () => {
    const { statusesOf, old, renewed, endIdleSecrets, clock, entries } = await start();
    await statusesOf(renewed);
    clock.advance(HOUR_MS - 1);
    await endIdleSecrets();
    expect(await statusesOf(old, renewed)).toEqual([200, 200]);
    clock.advance(HOUR_MS - 1);
    await endIdleSecrets();
    expect(entries("access_key.end_secret")).toEqual([]);
    clock.advance(1);
    await endIdleSecrets();
    expect(await statusesOf(old, renewed)).toEqual([401, 200]);
    expect(entries("access_key.end_secret")).toMatchObject([
      { actor_kind: "system", actor_name: "rotation", target_id: old.id, details: { name: "ci" } },
    ]);
    await endIdleSecrets();
    expect(entries("access_key.end_secret")).toHaveLength(1);
  });

  test("goes on while nobody has used the new secret, however idle the old one is", async () => {
    const { statusesOf, old, endIdleSecrets, clock } = await start();
    clock.advance(3 * HOUR_MS);
    await endIdleSecrets();
    expect(await statusesOf(old)).toEqual([200]);
  });

  test("goes on while the old secret is in use, and ends when it was to end", async () => {
    const { statusesOf, old, renewed, endIdleSecrets, clock } = await start();
    for (let minutes = 0; minutes < 240; minutes += 30) {
      expect(await statusesOf(old, renewed)).toEqual([200, 200]);
      await endIdleSecrets();
      clock.advance(30 * MINUTE_MS);
    }
    expect(await statusesOf(old, renewed)).toEqual([401, 200]);
  });
});

describe("the first use of a key from an address", () => {
  async function start() {
    const keys = await startTestKeys({ LATCHKEY_TRUST_PROXY: "true" });
    const key = await keys.owner.addKey(keys.namespaceId);
    const useFrom = async (address: string, held = key) => {
      const authorization = `Basic ${Buffer.from(`${held.id}:${held.secret}`).toString("base64")}`;
      const headers = { authorization, "x-forwarded-for": address };
      return (await fetch(`${keys.url}/api/v1/namespaces`, { headers })).status;
    };
    /** What has been told, after writing behind. */
    const told = async () => {
      await keys.accessKeys.writeBehind();
      return keys.entries("access_key.first_use").map(({ details }) => details.addresses);
    };
    return { ...keys, key, useFrom, told };
  }

  test("is told in the audit log, once", async () => {
    const { key, useFrom, told, entries } = await start();
    for (const address of ["203.0.113.7", "203.0.113.7", "203.0.113.8"]) expect(await useFrom(address)).toBe(200);
    expect(await told()).toEqual([["203.0.113.7", "203.0.113.8"]]);
    expect(entries("access_key.first_use")).toMatchObject([{ target_id: key.id, credential_id: key.id }]);
    await useFrom("203.0.113.7");
    expect(await told()).toHaveLength(1);
    await useFrom("2001:db8::1");
    expect(await told()).toEqual([["203.0.113.7", "203.0.113.8"], ["2001:db8::1"]]);
  });

  test("is another one for every key", async () => {
    const { owner, namespaceId, useFrom, told } = await start();
    const other = await owner.addKey(namespaceId, "other");
    await useFrom("203.0.113.7");
    await useFrom("203.0.113.7", other);
    expect(await told()).toHaveLength(2);
  });

  test("of a wrong secret is none", async () => {
    const { key, owner, namespaceId, useFrom, told } = await start();
    const other = await owner.addKey(namespaceId, "other");
    expect(await useFrom("203.0.113.7", { id: key.id, secret: other.secret })).toBe(401);
    expect(await told()).toEqual([]);
  });

  test("is told of many keys bit by bit, and of none twice", async () => {
    const { owner, namespaceId, useFrom, told } = await start();
    const keys = [];
    for (let count = 0; count < 120; count += 1) keys.push(await owner.addKey(namespaceId, `key ${count}`));
    for (const held of keys) await useFrom("203.0.113.7", held);
    expect(await told()).toHaveLength(100);
    expect(await told()).toHaveLength(120);
    expect(await told()).toHaveLength(120);
  }, 30_000);

  test("is not forgotten when it cannot be told: it is told later", async () => {
    const { database, useFrom, told } = await start();
    database.exec("CREATE TRIGGER block BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'blocked'); END");
    await useFrom("203.0.113.7");
    await expect(told()).rejects.toThrow("blocked");
    database.exec("DROP TRIGGER block");
    expect(await told()).toEqual([["203.0.113.7"]]);
  });
});
