import { describe, expect, test } from "vitest";
import { createCaller } from "../../test/caller.ts";
import { startTestKeys } from "../../test/start-test-keys.ts";
import { createTeam } from "../../test/team.ts";

/** A server whose log is kept, with a key, and somebody without any credential who found something. */
async function start(environment: Record<string, string> = {}) {
  const keys = await startTestKeys(environment);
  const key = await keys.owner.addKey(keys.namespaceId);
  const report = (secret: unknown) =>
    keys.owner.send("POST", "/v2/keys/revoke", { authorization: "", json: { secret } });
  const PASSING = ["date", "x-request-id", "connection", "keep-alive"];
  /** All there is to see of the answer. */
  const answerTo = async (secret: unknown) => {
    const { status, text, headers } = await report(secret);
    return { status, text, headers: [...headers].filter(([name]) => !PASSING.includes(name)) };
  };
  return { ...keys, key, report, answerTo };
}

describe("a secret that somebody found", () => {
  test.each(["id and secret", "the secret alone", "the secret alone, in white space"])(
    "ends its key for the very next request: %s",
    async (what) => {
      const { key, report, statusesOf, names } = await start();
      expect(await statusesOf(key)).toEqual([200]);
      const text = { "id and secret": `${key.id}:${key.secret}`, "the secret alone": key.secret }[what];
      expect((await report(text ?? ` ${key.secret}\n`)).status).toBe(202);
      expect(await statusesOf(key)).toEqual([401]);
      expect(await names()).toEqual([]);
    },
  );

  test("gets the same answer whether it opened something, opened it once, or never did", async () => {
    const { key, owner, namespaceId, answerTo, token } = await start();
    const other = await owner.addKey(namespaceId, "other");
    const deleted = await owner.addKey(namespaceId, "deleted");
    await owner.removeKey(namespaceId, deleted.id);
    const unknown = await answerTo("nothing of ours");
    expect([unknown.status, unknown.text]).toEqual([202, "{}"]);
    for (const secret of [
      `dof_v1_${"0".repeat(32)}:${key.secret.slice(0, -1)}x`,
      `${key.id}:${other.secret}`,
      `${key.id}:${key.secret}`,
      `${key.id}:${key.secret}`,
      deleted.secret,
      `${deleted.id}:${deleted.secret}`,
      `dop_v1_${"0".repeat(64)}`,
      `dos_v1_${"0".repeat(64)}`,
      key.id,
      ":",
      "x".repeat(512),
    ])
      expect(await answerTo(secret)).toEqual(unknown);
    expect(await answerTo(token)).toEqual(unknown);
  });

  test("and opens nothing is looked for without keeping anybody from writing", async () => {
    const { key, owner, namespaceId, report, database } = await start();
    const other = await owner.addKey(namespaceId, "other");
    await owner.removeKey(namespaceId, other.id);
    database.exec("BEGIN IMMEDIATE");
    const statuses = [];
    for (const secret of [other.secret, `${key.id}:${other.secret}`]) statuses.push((await report(secret)).status);
    database.exec("ROLLBACK");
    expect(statuses).toEqual([202, 202]);
  });

  test("of a key that a removal took is not given back with the others", async () => {
    const { url, token, namespaceId, report, statusesOf } = await start();
    const { join, send, invite, accept } = createTeam(url, token);
    const bob = await join("Bob", "member");
    const { addKey } = createCaller(url, bob.session);
    const found = await addKey(namespaceId, "found");
    const other = await addKey(namespaceId, "other");
    await send(token, "DELETE", `/v2/team/members/${bob.id}`);
    await report(found.secret);
    await accept((await invite(bob.email, "member")).secret);
    expect((await send(token, "POST", `/v2/team/members/${bob.id}/restore-keys`, {})).body["count"]).toBe(1);
    expect(await statusesOf(found, other)).toEqual([401, 200]);
  });

  test("that was never anybody's ends nothing", async () => {
    const { key, owner, namespaceId, report, statusesOf } = await start();
    const other = await owner.addKey(namespaceId, "other");
    await report(key.id);
    await report(`${key.id}:${key.secret.slice(0, -1)}`);
    expect(await statusesOf(key, other)).toEqual([200, 200]);
  });

  test("that a rotation is about to end ends alone; the key's new one lives on", async () => {
    const { key, owner, namespaceId, report, statusesOf, entries } = await start();
    const renewed = await owner.rotateKey(namespaceId, key.id, "24h");
    expect(await statusesOf(key, renewed)).toEqual([200, 200]);
    await report(key.secret);
    expect(await statusesOf(key, renewed)).toEqual([401, 200]);
    expect(entries("access_key.end_secret")).toMatchObject([{ target_id: key.id, actor_name: "holder of the secret" }]);
  });

  test("that has ended already ends nothing more", async () => {
    const { key, owner, namespaceId, report, statusesOf } = await start();
    const renewed = await owner.rotateKey(namespaceId, key.id, 0);
    await report(key.secret);
    expect(await statusesOf(renewed)).toEqual([200]);
  });

  test("of a key from before secrets could be found alone is found with its id", async () => {
    const { key, database, report, statusesOf } = await start();
    database.exec("UPDATE access_key_secrets SET finder = NULL");
    await report(key.secret);
    expect(await statusesOf(key)).toEqual([200]);
    await report(`${key.id}:${key.secret}`);
    expect(await statusesOf(key)).toEqual([401]);
  });

  test("is told in the audit log: that its holder ended it, and from where; and to the team's webhook", async () => {
    const { key, owner, report, entries, rows } = await start();
    await owner.send("PUT", "/v2/team/webhook", { json: { url: "https://localhost/", events: ["key.revoked"] } });
    await report(key.secret);
    expect(entries("access_key.delete")).toMatchObject([
      {
        ...{ actor_id: null, actor_kind: "system", actor_name: "holder of the secret" },
        ...{ credential_kind: "access_key", credential_id: key.id, target_id: key.id, address: "127.0.0.1" },
        details: { name: "ci", reason: "reported as found" },
      },
    ]);
    expect(JSON.stringify(entries("access_key.delete"))).not.toContain("dofs_v1_");
    expect(rows("SELECT kind FROM outbox")).toEqual([{ kind: "key.revoked" }]);
  });

  test("may be an API token", async () => {
    const { join, report, owner } = await start();
    const grace = await join();
    expect((await grace.send("GET", "/v2/functions/namespaces")).status).toBe(200);
    const { text } = await grace.send("POST", "/v2/tokens", {
      json: { name: "t", scopes: ["function:read"], expires_in: "1h" },
    });
    const { secret } = JSON.parse(text).api_token;
    const ask = async () =>
      (await owner.send("GET", "/v2/functions/namespaces", { authorization: `Bearer ${secret}` })).status;
    expect(await ask()).toBe(200);
    await report(secret);
    expect(await ask()).toBe(401);
  });
});

describe("whoever reports secrets", () => {
  test("needs no credential, and is not helped by a wrong one", async () => {
    const { key, owner, statusesOf } = await start();
    const json = { secret: key.secret };
    expect((await owner.send("POST", "/v2/keys/revoke", { json, authorization: "garbage" })).status).toBe(202);
    expect(await statusesOf(key)).toEqual([401]);
  });

  test.each([{}, { secret: "" }, { secret: 17 }, { secret: "x".repeat(513) }, []])("says one: %j", async (json) => {
    const { owner } = await start();
    const { status, text } = await owner.send("POST", "/v2/keys/revoke", { json, authorization: "" });
    expect([status, text]).toEqual([400, expect.stringContaining("bad_request")]);
  });

  test("is told to wait after many, right or wrong, and nothing is ended then", async () => {
    const { key, report, statusesOf, clock } = await start({ LATCHKEY_FAILED_ATTEMPTS_PER_MINUTE: "3" });
    for (let count = 0; count < 3; count += 1) expect((await report("nothing of ours")).status).toBe(202);
    const late = await report(key.secret);
    expect([late.status, late.headers.get("retry-after")]).toEqual([429, "60"]);
    expect((await report("nothing of ours")).status).toBe(429);
    expect(await statusesOf(key)).toEqual([200]);
    clock.advance(60_000);
    expect((await report(key.secret)).status).toBe(202);
    expect(await statusesOf(key)).toEqual([401]);
  });
});
