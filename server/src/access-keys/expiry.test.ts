import { describe, expect, test } from "vitest";
import { startTestKeys } from "../../test/start-test-keys.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HEADER = "latchkey-credential-expires-at";

describe("every answer to a key says when its credential ends", () => {
  test("the key's own end, or nothing if there is none", async () => {
    const { owner, namespaceId, use } = await startTestKeys();
    const [short, forever] = [
      await owner.addKey(namespaceId, "short", { expires_in: "1h" }),
      await owner.addKey(namespaceId, "forever"),
    ];
    for (const _ of ["cold", "warm"]) {
      expect((await use(short)).headers.get(HEADER)).toBe("2026-03-23T10:15:00Z");
      expect((await use(forever)).headers.get(HEADER)).toBeNull();
    }
  });

  test("the end of a secret that is being rotated out, if it comes first", async () => {
    const { owner, namespaceId, use } = await startTestKeys();
    const key = await owner.addKey(namespaceId, "ci", { expires_in: "2h" });
    const renewed = await owner.rotateKey(namespaceId, key.id, "1h");
    expect((await use(key)).headers.get(HEADER)).toBe("2026-03-23T10:15:00Z");
    expect((await use(renewed)).headers.get(HEADER)).toBe("2026-03-23T11:15:00Z");
    const again = await owner.rotateKey(namespaceId, key.id, "24h");
    expect((await use(again)).headers.get(HEADER)).toBe("2026-03-23T11:15:00Z");
  });

  test("errors too, once it is clear who calls; before that, nothing", async () => {
    const { owner, namespaceId, use, clock } = await startTestKeys();
    const key = await owner.addKey(namespaceId, "ci", { expires_in: "1h", grants: ["read"] });
    const missing = await use(key, "/api/v1/namespaces/_/actions/nothing");
    expect([missing.status, missing.headers.get(HEADER)]).toEqual([404, "2026-03-23T10:15:00Z"]);
    clock.advance(HOUR_MS);
    const refused = await use(key);
    expect([refused.status, refused.headers.get(HEADER)]).toEqual([401, null]);
  });
});

describe("of keys that end soon", () => {
  const MAIL = { LATCHKEY_SMTP_URL: "smtp://127.0.0.1:1", LATCHKEY_MAIL_FROM: "latchkey@example.com" };

  async function start() {
    const keys = await startTestKeys(MAIL);
    await keys.owner.send("PUT", "/v2/team/webhook", { json: { url: "https://localhost/", events: ["key.expiring"] } });
    let told = 0;
    /** Who has been told since the last time this was asked, after the hourly look at things. */
    const news = async () => {
      await keys.accessKeys.tellOfExpiry();
      const all = keys.rows("SELECT channel, recipient FROM outbox WHERE kind LIKE 'key%' ORDER BY rowid");
      const fresh = all.slice(told);
      told = all.length;
      return fresh.map(({ channel, recipient }) => recipient ?? channel);
    };
    const days = () => keys.rows("SELECT days FROM expiry_notices ORDER BY rowid").map((row) => row["days"]);
    return { ...keys, news, days };
  }

  test("their owner and the webhook are told 30, 7 and 1 days before, once each", async () => {
    const { owner, namespaceId, news, days, clock } = await start();
    await owner.addKey(namespaceId, "ci", { expires_in: "60d" });
    const seen: [hour: number, count: number][] = [];
    for (let hour = 0; hour <= 61 * 24; hour += 1) {
      const fresh = await news();
      if (fresh.length > 0) {
        expect(fresh).toEqual(["ada@example.com", "webhook"]);
        seen.push([hour, fresh.length]);
      }
      if (hour === 30 * 24) expect(days()).toEqual([30]);
      clock.advance(HOUR_MS);
    }
    expect(seen).toEqual([
      [30 * 24, 2],
      [53 * 24, 2],
      [59 * 24, 2],
    ]);
  }, 60_000);

  test("only the nearest is told after a standstill", async () => {
    const { owner, namespaceId, news, days, clock } = await start();
    await owner.addKey(namespaceId, "ci", { expires_in: "60d" });
    clock.advance(59 * DAY_MS + HOUR_MS);
    expect(await news()).toHaveLength(2);
    expect(days()).toEqual([1]);
    expect(await news()).toEqual([]);
  });

  test("those are told anew whose end is another one", async () => {
    const { owner, namespaceId, news, clock, database } = await start();
    const { id } = await owner.addKey(namespaceId, "ci", { expires_in: "60d" });
    clock.advance(55 * DAY_MS);
    expect(await news()).toHaveLength(2);
    database.prepare("UPDATE access_keys SET expires_at = expires_at + 1000 WHERE id = ?").run(id);
    expect(await news()).toHaveLength(2);
    expect(await news()).toEqual([]);
  });

  test("nobody is told of one that was made for less time than that, of one that is dead, or whose owner left", async () => {
    const { owner, join, namespaceId, news, clock } = await start();
    const grace = await join();
    await owner.addKey(namespaceId, "day", { expires_in: "1d" });
    await owner.addKey(namespaceId, "week", { expires_in: "7d" });
    const deleted = await owner.addKey(namespaceId, "deleted", { expires_in: "31d" });
    await owner.removeKey(namespaceId, deleted.id);
    await grace.addKey(namespaceId, "theirs", { expires_in: "31d" });
    await owner.send("DELETE", `/v2/team/members/${grace.id}`);
    clock.advance(2 * DAY_MS);
    expect(await news()).toEqual([]);
    clock.advance(4.5 * DAY_MS);
    expect(await news()).toEqual(["ada@example.com", "webhook"]);
  });

  test("nobody is told of one that was revoked with all others", async () => {
    const { owner, namespaceId, news, clock } = await start();
    await owner.addKey(namespaceId, "ci", { expires_in: "31d" });
    await owner.send("POST", "/v2/team/revoke-keys");
    clock.advance(2 * DAY_MS);
    expect(await news()).toEqual([]);
  });

  test("a service identity's are told to who answers for it and to the owners of the team", async () => {
    const { owner, join, addServiceIdentity, namespaceId, news, clock } = await start();
    const grace = await join();
    const robot = await addServiceIdentity("robot", { responsible_id: grace.id });
    const json = { namespace_id: namespaceId, name: "nightly", expires_in: "31d" };
    await owner.send("POST", `/v2/team/service-identities/${robot}/keys`, { json });
    clock.advance(2 * DAY_MS);
    expect(await news()).toEqual([`${grace.id}@example.com`, "ada@example.com", "webhook"]);
  });

  test("many are told of as well, each once", async () => {
    const { owner, namespaceId, news, clock, database } = await start();
    const { id } = await owner.addKey(namespaceId, "ci", { expires_in: "31d" });
    const copy =
      database.prepare(`INSERT INTO access_keys (id, namespace_id, owner_id, name, grants, allowed_networks, expires_at,
      created_at, updated_at, state, issued_seq) SELECT ?, namespace_id, owner_id, ?, grants, allowed_networks, expires_at,
      created_at, updated_at, state, issued_seq FROM access_keys WHERE id = ?`);
    for (let count = 0; count < 130; count += 1) copy.run(`copy ${count}`, `copy ${count}`, id);
    clock.advance(2 * DAY_MS);
    expect(await news()).toHaveLength(2 * 131);
    expect(await news()).toEqual([]);
  });
});
