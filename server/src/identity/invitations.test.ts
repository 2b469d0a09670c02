import { describe, expect, test } from "vitest";
import { addTeam, addToken } from "../../test/people.ts";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";
import { createTeam, PASSWORD, secretOf } from "../../test/team.ts";

const DAY_MS = 86_400_000;
const EMAIL = "bob@example.com";

async function start(environment: Record<string, string> = {}) {
  const latchkey = await startTestLatchkey({ environment });
  const team = createTeam(latchkey.url, latchkey.token);
  const owner = latchkey.token;
  const create = (fields: object) => team.send(owner, "POST", "/v2/team/invitations", { role: "member", ...fields });
  const list = async () => (await team.send(owner, "GET", "/v2/team/invitations")).body["invitations"];
  const mails = () => latchkey.store.db.selectFrom("outbox").select(["kind", "recipient"]).execute();
  return { ...latchkey, ...team, owner, create, list, mails };
}

describe("an invitation", () => {
  test("gives a link with the secret after its #, and lists show neither", async () => {
    const { create, list, url, user } = await start();
    const { status, body } = await create({ email: " Bob@Example.COM ", role: "viewer" });
    expect(status).toBe(201);
    const invitation = {
      id: expect.any(String),
      email: EMAIL,
      role: "viewer",
      invited_by: { id: user.id, name: "Ada" },
      created_at: "2026-03-23T09:15:00Z",
      expires_at: "2026-03-30T09:15:00Z",
    };
    const link = expect.stringMatching(new RegExp(`^${url}/invitations#doi_v1_[0-9a-f]{64}$`));
    expect(body).toEqual({ invitation: { ...invitation, link } });
    expect(await list()).toEqual([invitation]);
  });

  test("goes by e-mail where there is a mail server, and then to nobody else", async () => {
    const { create, mails } = await start({
      LATCHKEY_SMTP_URL: "smtp://127.0.0.1:9?tls=offered",
      LATCHKEY_MAIL_FROM: "latchkey@example.com",
    });
    expect((await create({ email: EMAIL })).body).toMatchObject({ invitation: { link: null } });
    expect(await mails()).toEqual([{ kind: "invitation", recipient: EMAIL }]);
  });

  test("makes somebody a member with a name and a password of their own", async () => {
    const { invite, accept, signIn, send, team, list } = await start();
    const { status, body } = await accept((await invite(EMAIL, "viewer")).secret, { name: "Bob" });
    expect([status, body]).toEqual([
      201,
      { team: expect.objectContaining({ id: team.id, role: "viewer" }), email: EMAIL },
    ]);
    expect((await send(await signIn(EMAIL), "GET", "/v2/account")).body).toMatchObject({
      account: { name: "Bob", email: EMAIL, role: "viewer", has_password: true },
    });
    expect(await list()).toEqual([]);
  });

  test("is good until the instant it ends, and not at it", async () => {
    const { invite, accept, clock } = await start();
    const { secret } = await invite(EMAIL, "member");
    const other = await invite("eve@example.com", "member");
    clock.advance(7 * DAY_MS - 1);
    expect((await accept(secret)).status).toBe(201);
    clock.advance(1);
    expect((await accept(other.secret)).status).toBe(404);
  });

  test.each([
    { given: undefined, days: 7 },
    { given: "1d", days: 1 },
    { given: "30d", days: 30 },
  ])("lasts as long as it was given: $given", async ({ given, days }) => {
    const { create, clock } = await start();
    const { body } = await create({ email: EMAIL, ...(given && { expires_in: given }) });
    const expected = `${new Date(clock.now() + days * DAY_MS).toISOString().slice(0, 19)}Z`;
    expect(body).toMatchObject({ invitation: { expires_at: expected } });
  });

  test.each([
    { expires_in: "never" },
    { expires_in: "31d" },
    { expires_in: "x" },
    { expires_in: 7 },
    { email: "bob" },
    { email: "bob@example.com\u0007" },
    { email: `${"b".repeat(250)}@example.com` },
    { email: 1 },
    { role: "admin" },
    { role: undefined },
  ])("is refused with %j", async (fields) => {
    const { create, list } = await start();
    expect((await create({ email: EMAIL, ...fields })).status).toBe(400);
    expect(await list()).toEqual([]);
  });
});

describe("a link is good once", () => {
  test("used, cancelled, sent anew, over, garbled: all the same answer", async () => {
    const { invite, accept, send, owner, clock } = await start();
    const used = await invite("used@example.com", "member");
    await accept(used.secret);
    const cancelled = await invite("cancelled@example.com", "member");
    expect((await send(owner, "DELETE", `/v2/team/invitations/${cancelled.id}`)).status).toBe(204);
    const renewed = await invite("renewed@example.com", "member");
    const sent = await send(owner, "POST", `/v2/team/invitations/${renewed.id}/resend`);
    const link = (sent.body["invitation"] as { link: string }).link;
    const old = await invite("old@example.com", "member");
    clock.advance(7 * DAY_MS);
    const secrets = [used, cancelled, renewed, old].map(({ secret }) => secret);
    const answers = [];
    for (const secret of [...secrets, `doi_v1_${"0".repeat(64)}`, "x", link])
      answers.push((await accept(secret)).body["message"]);
    expect(new Set(answers)).toEqual(
      new Set(["This link is not valid, has expired or has been used. Ask for a new one."]),
    );
  });

  test("of two who use it at once one is in, and nobody twice", async () => {
    const { invite, accept, members } = await start();
    const { secret } = await invite(EMAIL, "member");
    const statuses = (await Promise.all([accept(secret), accept(secret)])).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(await members()).toHaveLength(2);
  });

  test("sent again, the new link is good for as long as the first was", async () => {
    const { invite, accept, send, owner, clock } = await start();
    const { id } = await invite(EMAIL, "member");
    clock.advance(8 * DAY_MS);
    const { body } = await send(owner, "POST", `/v2/team/invitations/${id}/resend`);
    const { link } = body["invitation"] as { link: string };
    clock.advance(7 * DAY_MS - 1);
    expect((await accept(secretOf(link))).status).toBe(201);
  });
});

describe("who is in or invited already", () => {
  test("is not invited again, but once an invitation is over another may be made", async () => {
    const { create, join, clock } = await start();
    await join("Eve", "member");
    expect((await create({ email: "EVE@example.com" })).status).toBe(409);
    expect((await create({ email: EMAIL })).status).toBe(201);
    expect((await create({ email: EMAIL })).status).toBe(409);
    clock.advance(7 * DAY_MS);
    expect((await create({ email: EMAIL })).status).toBe(201);
  });

  test("elsewhere comes in with the password they have, and with no other one", async () => {
    const latchkey = await start();
    const { join, url, signIn } = latchkey;
    await join("Bob", "member");
    const others = await addToken(latchkey, { teamId: await addTeam(latchkey, "Others") });
    const there = createTeam(url, others.token);
    const { secret } = await there.invite(EMAIL, "owner");
    const wrong = await there.accept(secret, { password: "whoever has the link", name: "Mallory" });
    expect([wrong.status, wrong.body["message"]]).toEqual([401, "E-mail or password is wrong."]);
    expect((await there.accept(secret, { name: "Mallory" })).status).toBe(201);
    const account = await there.send(await signIn(EMAIL, { team: "Others" }), "GET", "/v2/account");
    expect(account.body).toMatchObject({ account: { name: "Bob", role: "owner", team: { name: "Others" } } });
  });

  test("without a password cannot be taken over by a link", async () => {
    const latchkey = await start();
    const others = await addToken(latchkey, { teamId: await addTeam(latchkey, "Others") });
    const there = createTeam(latchkey.url, others.token);
    const { secret } = await there.invite("ada@example.com", "viewer");
    expect((await there.accept(secret)).status).toBe(401);
    expect((await latchkey.send(latchkey.owner, "GET", "/v2/account")).body).toMatchObject({
      account: { has_password: false },
    });
  });
});

test("a password that is too short to be chosen is refused, and the link stays good", async () => {
  const { invite, accept } = await start();
  const { secret } = await invite(EMAIL, "member");
  expect((await accept(secret, { password: "fourteen chars" })).status).toBe(400);
  expect((await accept(secret, { password: PASSWORD })).status).toBe(201);
});

test("another team's invitation does not exist", async () => {
  const latchkey = await start();
  const { id } = await latchkey.invite(EMAIL, "member");
  const { token } = await addToken(latchkey, { teamId: await addTeam(latchkey, "Others") });
  for (const [method, path] of [
    ["DELETE", `/v2/team/invitations/${id}`],
    ["POST", `/v2/team/invitations/${id}/resend`],
  ] as const)
    expect((await latchkey.send(token, method, path)).body).toMatchObject({ message: "invitation not found" });
  expect((await latchkey.send(token, "GET", "/v2/team/invitations")).body).toEqual({ invitations: [] });
});
