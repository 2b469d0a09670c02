import { describe, expect, test } from "vitest";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";
import { createTeam, type Json, PASSWORD, secretOf } from "../../test/team.ts";

const EMAIL = "ada@example.com";
const NEXT = "another password of hers";
const MAIL = { LATCHKEY_SMTP_URL: "smtp://127.0.0.1:9?tls=offered", LATCHKEY_MAIL_FROM: "latchkey@example.com" };

async function start(environment: Record<string, string> = {}) {
  const latchkey = await startTestLatchkey({ environment });
  const team = createTeam(latchkey.url, latchkey.token);
  const { send } = team;
  const set = (fields: Json, token = latchkey.token) =>
    send(token, "PUT", "/v2/account/password", { new_password: PASSWORD, ...fields });
  const status = async (password: string, email = EMAIL) =>
    (await send(null, "POST", "/v2/sessions", { email, password })).status;
  const redeem = (secret: string, new_password = NEXT) =>
    send(null, "POST", "/v2/password-resets/redeem", { secret, new_password });
  const link = async () => secretOf((await latchkey.identity.passwords.linkForOperator(EMAIL)).link.reveal());
  const mails = async () => {
    await latchkey.identity.passwords.settled();
    return latchkey.store.db.selectFrom("outbox").select(["kind", "recipient"]).execute();
  };
  return { ...latchkey, ...team, set, status, redeem, link, mails };
}

describe("a password", () => {
  test("is set first through a token, and changed by who knows it", async () => {
    const { set, status } = await start();
    expect(await status(PASSWORD)).toBe(401);
    expect((await set({})).status).toBe(204);
    expect(await status(PASSWORD)).toBe(201);
    for (const current_password of [undefined, "", "some wrong password"])
      expect((await set({ new_password: NEXT, current_password })).status).toBe(403);
    expect((await set({ new_password: NEXT, current_password: PASSWORD })).status).toBe(204);
    expect([await status(PASSWORD), await status(NEXT)]).toEqual([401, 201]);
  });

  test.each([
    ["fourteen chars", 400],
    ["fifteen chars !", 204],
    // Characters are counted, not what they are made of.
    ["\u{1f511}".repeat(14), 400],
    ["\u{1f511}".repeat(15), 204],
    ["x".repeat(256), 204],
    ["x".repeat(257), 400],
    ["", 400],
    [17, 400],
  ])("%j is answered %d", async (new_password, expected) => {
    const { set } = await start();
    expect((await set({ new_password })).status).toBe(expected);
  });

  test("changed ends the person's other sessions, and not the one that changed it, nor anybody else's", async () => {
    const { set, signIn, send, join } = await start();
    await set({});
    const bob = await join("Bob", "member");
    const [own, other] = [await signIn(EMAIL), await signIn(EMAIL)];
    await set({ new_password: NEXT, current_password: PASSWORD }, own);
    const statuses = [];
    for (const session of [own, other, bob.session]) statuses.push((await send(session, "GET", "/v2/account")).status);
    expect(statuses).toEqual([200, 401, 200]);
  });

  test("guessed at by who found a session gets no further than at the door", async () => {
    const { set, signIn, store, identity, refusals } = await start({ LATCHKEY_FAILED_SIGN_INS_PER_MINUTE: "3" });
    await set({});
    const found = await signIn(EMAIL);
    const statuses = [];
    for (let count = 0; count < 5; count += 1)
      statuses.push((await set({ new_password: NEXT, current_password: "guess" }, found)).status);
    expect(statuses).toEqual([403, 403, 403, 429, 429]);
    await refusals.writeBehind();
    await identity.writeBehind();
    const refused = store.db.selectFrom("audit_entries").selectAll().where("outcome", "=", "refused");
    const [entry, ...others] = await refused.execute();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ verb: "request.refuse", actor_name: "Ada", credential_kind: "session" });
    const reasons = ["identity.wrong_password", "identity.too_many_attempts"];
    expect(JSON.parse(entry?.details ?? "")).toMatchObject({ count: 5, routes: ["account.setPassword"], reasons });
  });

  test("is no thing of machines", async () => {
    const { send, token, set } = await start();
    const made = await send(token, "POST", "/v2/team/service-identities", { name: "pipeline" });
    const { id } = made.body["service_identity"] as { id: string };
    const path = `/v2/team/service-identities/${id}/tokens`;
    const issued = await send(token, "POST", path, { name: "ci", scopes: ["function:admin"] });
    const { secret } = issued.body["api_token"] as { secret: string };
    expect((await set({}, secret)).status).toBe(422);
  });

  test("is nowhere to be found: not in the database, not in the audit log", async () => {
    const { set, status, folder, store } = await start();
    await set({});
    await status(PASSWORD);
    const users = await store.db.selectFrom("users").select("password").execute();
    expect(users.map(({ password }) => password)).toEqual([expect.stringMatching(/^\$argon2id\$/)]);
    const entries = await store.db.selectFrom("audit_entries").selectAll().execute();
    expect(JSON.stringify([users, entries])).not.toContain(PASSWORD);
    expect(folder.path).not.toContain(PASSWORD);
  });
});

describe("a link for a new password", () => {
  test("is good once, until an hour is over, and ends every session", async () => {
    const { set, signIn, send, link, redeem, status, clock } = await start();
    await set({});
    const session = await signIn(EMAIL);
    const secret = await link();
    clock.advance(3_600_000 - 1);
    expect((await redeem(secret)).status).toBe(204);
    expect((await redeem(secret, "yet another password")).status).toBe(404);
    expect([await status(PASSWORD), await status(NEXT)]).toEqual([401, 201]);
    expect((await send(session, "GET", "/v2/account")).status).toBe(401);
    const late = await link();
    clock.advance(3_600_000);
    expect((await redeem(late)).status).toBe(404);
  });

  test("ends the one before, and ends itself when the password is changed otherwise", async () => {
    const { set, link, redeem } = await start();
    const first = await link();
    const second = await link();
    expect((await redeem(first)).status).toBe(404);
    await set({});
    expect((await redeem(second)).status).toBe(404);
  });

  test("is used by one of two at once", async () => {
    const { link, redeem } = await start();
    const secret = await link();
    const answers = await Promise.all([redeem(secret), redeem(secret, "yet another password")]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
  });

  test("that is not one is one answer, and soon told to wait", async () => {
    const { redeem } = await start({ LATCHKEY_FAILED_SIGN_INS_PER_MINUTE: "3" });
    const statuses = [];
    for (const secret of ["", "x", `dor_v1_${"0".repeat(64)}`, "x"]) statuses.push((await redeem(secret)).status);
    expect(statuses).toEqual([404, 404, 404, 429]);
  });

  test("for nobody is refused to the operator", async () => {
    const { identity } = await start();
    await expect(identity.passwords.linkForOperator("nobody@example.com")).rejects.toThrow("person_not_found");
  });
});

describe("asking for a link", () => {
  const ask = (send: Awaited<ReturnType<typeof start>>["send"], email: string) =>
    send(null, "POST", "/v2/password-resets", { email });

  test("is always answered the same, and only who is here gets mail, every 15 minutes at most", async () => {
    const { send, mails, clock } = await start(MAIL);
    for (const email of [EMAIL, "nobody@example.com", " ADA@example.com "]) {
      const { status, body } = await ask(send, email);
      expect([status, body]).toEqual([202, {}]);
    }
    expect(await mails()).toEqual([{ kind: "password_reset", recipient: EMAIL }]);
    clock.advance(15 * 60_000 - 1);
    await ask(send, EMAIL);
    expect(await mails()).toHaveLength(1);
    clock.advance(1);
    await ask(send, EMAIL);
    expect(await mails()).toHaveLength(2);
  });

  test("never takes the place of a living link that the operator made", async () => {
    const { send, mails, clock, link, redeem } = await start(MAIL);
    const secret = await link();
    clock.advance(3_600_000 - 1);
    expect((await ask(send, EMAIL)).status).toBe(202);
    expect(await mails()).toEqual([]);
    expect((await redeem(secret)).status).toBe(204);
    await link();
    clock.advance(3_600_000);
    await ask(send, EMAIL);
    expect(await mails()).toHaveLength(1);
  });

  test("makes no link where nobody could be sent one", async () => {
    const { send, mails, store } = await start();
    expect((await ask(send, EMAIL)).status).toBe(202);
    expect(await mails()).toEqual([]);
    expect(await store.db.selectFrom("password_resets").selectAll().execute()).toEqual([]);
  });

  test("too often is told to wait, whoever is asked for", async () => {
    for (const email of [EMAIL, "nobody@example.com"]) {
      const { send } = await start({ ...MAIL, LATCHKEY_FAILED_SIGN_INS_PER_MINUTE: "2" });
      const statuses = [];
      for (let count = 0; count < 3; count += 1) statuses.push((await ask(send, email)).status);
      expect(statuses).toEqual([202, 202, 429]);
    }
  });
});
