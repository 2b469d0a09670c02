import { describe, expect, test } from "vitest";
import { addTeam, addToken } from "../../test/people.ts";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";
import { createTeam, type Json } from "../../test/team.ts";

const PATH = "/v2/team/service-identities";
type Made = { id: string; responsible: Json };

async function start(environment: Record<string, string> = {}) {
  const latchkey = await startTestLatchkey({ environment });
  const team = createTeam(latchkey.url, latchkey.token);
  const { send } = team;
  const owner = latchkey.token;
  const create = (fields: Json = {}, by = owner) => send(by, "POST", PATH, { name: "pipeline", ...fields });
  const made = async (fields: Json = {}) => (await create(fields)).body["service_identity"] as Made;
  const list = async () => (await send(owner, "GET", PATH)).body["service_identities"] as Json[];
  const issue = async (id: string) => {
    const { body } = await send(owner, "POST", `${PATH}/${id}/tokens`, { name: "ci", scopes: ["function:admin"] });
    return body["api_token"] as { id: string; secret: string };
  };
  return { ...latchkey, ...team, owner, create, made, list, issue };
}

describe("a service identity", () => {
  test("belongs to the team, has a role and somebody who answers for it, and is no member", async () => {
    const { create, list, members, user, join } = await start();
    const bob = await join("Bob", "member");
    const described = {
      id: expect.any(String),
      name: "pipeline",
      role: "viewer",
      responsible: { id: bob.id, name: "Bob", is_member: true },
      created_at: "2026-03-23T09:15:00Z",
    };
    const { status, body } = await create({ role: "viewer", responsible_id: bob.id });
    expect([status, body]).toEqual([201, { service_identity: described }]);
    expect((await create({ name: "other" })).body).toMatchObject({
      service_identity: { role: "member", responsible: { id: user.id } },
    });
    expect((await list()).map(({ name }) => name).sort()).toEqual(["other", "pipeline"]);
    expect((await members()).map(({ name }) => name).sort()).toEqual(["Ada", "Bob"]);
  });

  test("acts through tokens of its own, as far as its role goes", async () => {
    const { made, issue, send, owner } = await start();
    const { id } = await made();
    const { secret } = await issue(id);
    expect((await send(secret, "GET", "/v2/account")).body).toMatchObject({
      account: { id, kind: "service", email: null, role: "member" },
    });
    expect((await send(secret, "POST", "/v2/functions/sandbox")).status).toBe(200);
    await send(owner, "PUT", `${PATH}/${id}`, { role: "viewer" });
    expect((await send(secret, "POST", "/v2/functions/sandbox")).status).toBe(403);
    expect((await send(secret, "POST", PATH, { name: "more" })).status).toBe(403);
  });

  test("changes name, role and responsible person one by one", async () => {
    const { made, send, owner, join, user } = await start();
    const bob = await join("Bob", "viewer");
    const { id } = await made();
    const update = async (fields: Json) => (await send(owner, "PUT", `${PATH}/${id}`, fields)).body["service_identity"];
    const responsible = { id: user.id };
    expect(await update({ name: "deployer" })).toMatchObject({ name: "deployer", role: "member", responsible });
    expect(await update({ role: "viewer" })).toMatchObject({ name: "deployer", role: "viewer", responsible });
    expect(await update({ responsible_id: bob.id })).toMatchObject({ role: "viewer", responsible: { id: bob.id } });
  });

  test.each([
    [{ role: "owner" }, 400],
    [{ name: " " }, 400],
    [{ responsible_id: "nobody" }, 404],
  ])("is not made with %j", async (fields, status) => {
    const { create, list } = await start();
    expect((await create(fields)).status).toBe(status);
    expect(await list()).toEqual([]);
  });

  test("has a name of its own in the team; a deleted one's is free", async () => {
    const { create, made, send, owner } = await start();
    const { id } = await made();
    expect((await create()).status).toBe(409);
    await send(owner, "DELETE", `${PATH}/${id}`);
    expect((await create()).status).toBe(201);
  });

  test("deleted has no access any more, from the next request on", async () => {
    const { made, issue, send, owner, list } = await start();
    const { id } = await made();
    const { secret } = await issue(id);
    expect((await send(owner, "DELETE", `${PATH}/${id}`)).status).toBe(204);
    expect((await send(secret, "GET", "/v2/account")).status).toBe(401);
    expect(await list()).toEqual([]);
    expect((await send(owner, "GET", `${PATH}/${id}`)).status).toBe(404);
  });

  test("cannot answer for another one", async () => {
    const { made, create } = await start();
    const { id } = await made();
    expect((await create({ name: "other", responsible_id: id })).status).toBe(404);
  });
});

describe("when the responsible person leaves", () => {
  const MAIL = { LATCHKEY_SMTP_URL: "smtp://127.0.0.1:9?tls=offered", LATCHKEY_MAIL_FROM: "latchkey@example.com" };

  test("its tokens live on, everybody sees that nobody answers for it, and the owners are told", async () => {
    const latchkey = await start(MAIL);
    const { made, issue, send, owner, list, store } = latchkey;
    const bob = await addToken(latchkey, { role: "member" });
    const { id } = await made({ responsible_id: bob.userId });
    const { secret } = await issue(id);
    await send(owner, "DELETE", `/v2/team/members/${bob.userId}`);
    expect((await send(secret, "GET", "/v2/account")).status).toBe(200);
    expect(await list()).toMatchObject([{ responsible: { id: bob.userId, is_member: false } }]);
    const mails = await store.db.selectFrom("outbox").select(["kind", "recipient"]).execute();
    expect(mails).toEqual([{ kind: "responsible_left", recipient: "ada@example.com" }]);
    const [removal] = await store.db
      .selectFrom("audit_entries")
      .selectAll()
      .where("verb", "=", "member.remove")
      .execute();
    expect(JSON.parse(removal?.details ?? "{}")).toMatchObject({ responsible_for: [id] });
  });
});

test("another team's service identity does not exist, whatever is tried", async () => {
  const latchkey = await start();
  const { id } = await latchkey.made();
  const { token } = await addToken(latchkey, { teamId: await addTeam(latchkey, "Others") });
  const attempts: [string, string, Json?][] = [
    ["GET", ""],
    ["PUT", "", { name: "mine" }],
    ["DELETE", ""],
    ["POST", "/tokens", { name: "ci", scopes: ["function:admin"] }],
    ["POST", "/tokens", { name: 17 }],
  ];
  for (const [method, rest, json] of attempts) {
    const ask = async (given: string) => {
      const { status, body } = await latchkey.send(token, method, `${PATH}/${given}${rest}`, json);
      return [status, body["message"]];
    };
    expect([method, rest, await ask(id)]).toEqual([method, rest, [404, "service identity not found"]]);
    expect(await ask(latchkey.user.id)).toEqual([404, "service identity not found"]);
  }
});
