import { describe, expect, test } from "vitest";
import { addTeam, addToken } from "../../test/people.ts";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";
import { createTeam, type Json } from "../../test/team.ts";

const DAY_MS = 86_400_000;
type Issued = { id: string; secret: string };

async function start() {
  const latchkey = await startTestLatchkey();
  const team = createTeam(latchkey.url, latchkey.token);
  const { send } = team;
  const owner = latchkey.token;
  const create = (fields: Json = {}, by = owner) =>
    send(by, "POST", "/v2/tokens", { name: "ci", scopes: ["function:admin"], ...fields });
  const issue = async (fields: Json = {}, by = owner) => (await create(fields, by)).body["api_token"] as Issued;
  const list = async (by = owner, query = "") =>
    (await send(by, "GET", `/v2/tokens${query}`)).body["api_tokens"] as Json[];
  const works = async (secret: string) => (await send(secret, "GET", "/v2/account")).status === 200;
  return { ...latchkey, ...team, owner, create, issue, list, works };
}

describe("an API token", () => {
  test("is shown once, and from then on only described", async () => {
    const { create, list, user } = await start();
    const { status, body } = await create({ scopes: ["function:read", "function:read"], expires_in: "30d" });
    const described = {
      id: expect.any(String),
      name: "ci",
      scopes: ["function:read"],
      owner: { id: user.id, name: "Ada", kind: "person" },
      created_at: "2026-03-23T09:15:00Z",
      expires_at: "2026-04-22T09:15:00Z",
      last_used_at: null,
    };
    const secret = expect.stringMatching(/^dop_v1_[0-9a-f]{64}$/);
    expect([status, body]).toEqual([201, { api_token: { ...described, secret } }]);
    expect(await list()).toEqual([expect.objectContaining({ name: "first token" }), described]);
  });

  test("works until the instant at which it expires, and not at it; then it is still listed", async () => {
    const { issue, works, clock, list } = await start();
    const { secret } = await issue({ expires_in: "1d" });
    clock.advance(DAY_MS - 1);
    expect(await works(secret)).toBe(true);
    clock.advance(1);
    expect(await works(secret)).toBe(false);
    expect(await list()).toHaveLength(2);
  });

  test("says when it was last used", async () => {
    const { issue, works, clock, list } = await start();
    const { secret, id } = await issue();
    clock.advance(DAY_MS);
    await works(secret);
    expect(await list()).toContainEqual(expect.objectContaining({ id, last_used_at: "2026-03-24T09:15:00Z" }));
  });

  test("may do what both its scopes and the role of its owner allow, judged at each request", async () => {
    const { issue, join, send, owner } = await start();
    const bob = await join("Bob", "member");
    const reading = await issue({ scopes: ["function:read"] }, bob.session);
    const all = await issue({}, bob.session);
    const make = async (secret: string) => (await send(secret, "POST", "/v2/functions/sandbox")).status;
    expect([await make(reading.secret), await make(all.secret)]).toEqual([403, 200]);
    await send(owner, "PUT", `/v2/team/members/${bob.id}`, { role: "viewer" });
    expect(await make(all.secret)).toBe(403);
    expect((await send(all.secret, "GET", "/v1/oauth/token/info")).body).toMatchObject({ scopes: ["function:read"] });
  });

  test("that may not manage makes no other one", async () => {
    const { issue, create } = await start();
    for (const scope of ["function:read", "function:create", "function:update", "function:delete"])
      expect((await create({}, (await issue({ scopes: [scope] })).secret)).status).toBe(403);
  });

  test("makes none that lives longer than it was made to live itself, however little of that is left", async () => {
    const { issue, create, clock, send, owner } = await start();
    const { secret } = await issue({ expires_in: "90d" });
    clock.advance(89 * DAY_MS);
    const tooLong = {
      status: 422,
      body: { message: expect.stringContaining("than it was made to live itself: 2160h.") },
    };
    for (const expires_in of ["2161h", "never"]) expect(await create({ expires_in }, secret)).toMatchObject(tooLong);
    expect(await create({}, secret)).toMatchObject(tooLong);
    const made = await send(owner, "POST", "/v2/team/service-identities", { name: "pipeline", role: "member" });
    const tokens = `/v2/team/service-identities/${(made.body["service_identity"] as Json)["id"]}/tokens`;
    const forMachine = (expires_in: string) =>
      send(secret, "POST", tokens, { name: "ci", scopes: ["function:read"], expires_in });
    expect(await forMachine("never")).toMatchObject(tooLong);
    expect((await forMachine("90d")).status).toBe(201);
    const next = await issue({ expires_in: "90d" }, secret);
    expect((await create({ expires_in: "90d" }, next.secret)).status).toBe(201);
  });

  test("of any lifetime is made by a session, and by a token that never expires", async () => {
    const { create, join, owner } = await start();
    const bob = await join("Bob", "member");
    for (const by of [bob.session, owner]) expect((await create({ expires_in: "never" }, by)).status).toBe(201);
  });

  test("is renamed by its owner", async () => {
    const { issue, send, owner, list } = await start();
    const { id } = await issue();
    expect((await send(owner, "PUT", `/v2/tokens/${id}`, { name: "laptop" })).body).toMatchObject({
      api_token: { id, name: "laptop" },
    });
    expect(await list()).toContainEqual(expect.objectContaining({ name: "laptop" }));
  });

  test("deleted is dead for the next request, and so is one that deletes itself", async () => {
    const { issue, send, owner, works } = await start();
    const [one, two] = [await issue(), await issue()];
    expect((await send(owner, "DELETE", `/v2/tokens/${one.id}`)).status).toBe(204);
    expect((await send(two.secret, "DELETE", `/v2/tokens/${two.id}`)).status).toBe(204);
    expect([await works(one.secret), await works(two.secret), await works(owner)]).toEqual([false, false, true]);
  });

  test.each([
    { name: "" },
    { name: undefined },
    { name: "a\u202eb" },
    { scopes: [] },
    { scopes: undefined },
    { scopes: ["function:everything"] },
    { scopes: "function:read" },
    { expires_in: "soon" },
  ])("is not made with %j", async (fields) => {
    const { create, list } = await start();
    expect((await create(fields)).status).toBe(400);
    expect(await list()).toHaveLength(1);
  });
});

describe("tokens of others", () => {
  test("are an owner's to see and to delete, and nobody else's", async () => {
    const { issue, join, list, send, owner, works } = await start();
    const bob = await join("Bob", "member");
    const eve = await join("Eve", "member");
    const { id, secret } = await issue({ name: "bob's" }, bob.session);
    expect((await list(eve.session)).map(({ name }) => name)).toEqual([]);
    expect((await send(eve.session, "GET", "/v2/tokens?all=true")).status).toBe(403);
    expect((await send(eve.session, "DELETE", `/v2/tokens/${id}`)).status).toBe(404);
    expect((await send(owner, "PUT", `/v2/tokens/${id}`, { name: "mine" })).status).toBe(404);
    expect((await list(owner, "?all=true")).map(({ name }) => name)).toContain("bob's");
    expect((await list(owner)).map(({ name }) => name)).not.toContain("bob's");
    expect(await works(secret)).toBe(true);
    expect((await send(owner, "DELETE", `/v2/tokens/${id}`)).status).toBe(204);
    expect(await works(secret)).toBe(false);
  });

  test("in another team do not exist, whoever asks", async () => {
    const latchkey = await start();
    const { id, secret } = await latchkey.issue();
    const { token } = await addToken(latchkey, { teamId: await addTeam(latchkey, "Others") });
    const ask = async (id: string) =>
      (await latchkey.send(token, "DELETE", `/v2/tokens/${id}`)).text.replace(/"request_id":"[^"]*"/, "");
    expect(await ask(id)).toBe(await ask("00000000-0000-4000-8000-000000000000"));
    expect((await latchkey.list(token, "?all=true")).map(({ id }) => id)).not.toContain(id);
    expect(await latchkey.works(secret)).toBe(true);
  });
});

test("a token or session that several people find at once is ended once", async () => {
  const { identity, issue, join, store } = await start();
  const bob = await join("Bob", "member");
  const { secret } = await issue();
  const origin = { requestId: "r", address: "203.0.113.7", userAgent: "finder" };
  const reports = [secret, bob.session, secret, bob.session].map((found) => identity.endFound(found, origin));
  await Promise.all(reports);
  const ended = await store.db.selectFrom("audit_entries").select("verb").where("user_agent", "=", "finder").execute();
  expect(ended.map(({ verb }) => verb).sort()).toEqual(["api_token.delete", "session.delete"]);
});

test("whoever found a token or session can end it with nothing but itself", async () => {
  const { identity, issue, join, works } = await start();
  const bob = await join("Bob", "member");
  const { secret } = await issue();
  const origin = { requestId: "r", address: "203.0.113.7", userAgent: "finder" };
  for (const found of [secret, bob.session]) {
    expect(await identity.endFound(found, origin)).toBe(true);
    expect(await works(found)).toBe(false);
    expect(await identity.endFound(found, origin)).toBe(false);
  }
  expect(await identity.endFound("nothing of the kind", origin)).toBe(false);
});
