import { describe, expect, test } from "vitest";
import { basic, createCaller } from "../../test/caller.ts";
import { addTeam } from "../../test/people.ts";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";
import { createTeam, type Json, PASSWORD, secretOf } from "../../test/team.ts";
import { insertMembership } from "./queries/members.ts";

const EMAIL = "ada@example.com";
const NEXT = "ada@elsewhere.example.com";
const MAIL = { LATCHKEY_SMTP_URL: "smtp://127.0.0.1:9?tls=offered", LATCHKEY_MAIL_FROM: "latchkey@example.com" };

async function start(environment: Record<string, string> = {}) {
  const latchkey = await startTestLatchkey({ environment });
  const team = createTeam(latchkey.url, latchkey.token);
  const { send } = team;
  const update = (fields: Json, token = latchkey.token) => send(token, "PUT", "/v2/account", fields);
  const setPassword = () => send(latchkey.token, "PUT", "/v2/account/password", { new_password: PASSWORD });
  const status = async (email: string) =>
    (await send(null, "POST", "/v2/sessions", { email, password: PASSWORD })).status;
  const mails = () => latchkey.store.db.selectFrom("outbox").select(["kind", "recipient"]).execute();
  const entries = () =>
    latchkey.store.db.selectFrom("audit_entries").selectAll().where("verb", "=", "account.update").execute();
  return { ...latchkey, ...team, update, setPassword, status, mails, entries };
}

describe("a name", () => {
  test("is changed without a password, and shown at once", async () => {
    const { update, setPassword, members } = await start();
    await setPassword();
    const { status, body } = await update({ name: "  Ada Lovelace " });
    expect(status).toBe(200);
    expect(body).toMatchObject({ account: { name: "Ada Lovelace", email: EMAIL, has_password: true } });
    expect(await members()).toMatchObject([{ name: "Ada Lovelace", email: EMAIL }]);
  });

  test("is in the audit log from then on, although what it is read from was remembered", async () => {
    const { url, token, update, store } = await start();
    const caller = createCaller(url, token);
    const authorization = basic(await caller.addKey(await caller.addNamespace()));
    const deploy = async (name: string) => {
      const json = { exec: { kind: "nodejs:default", code: "exports.main = () => ({})" } };
      const { status } = await caller.send("PUT", `/api/v1/namespaces/_/actions/${name}`, { authorization, json });
      expect(status).toBe(200);
    };
    await deploy("before");
    await update({ name: "Ada Lovelace" });
    await deploy("after");
    const deployed = store.db.selectFrom("audit_entries").select("actor_name").where("verb", "=", "function.create");
    expect(await deployed.orderBy("seq").execute()).toEqual([{ actor_name: "Ada" }, { actor_name: "Ada Lovelace" }]);
  });

  test.each([{}, { name: "" }, { name: "a\nb" }, { email: "no address" }, { current_password: PASSWORD }])(
    "%j changes nothing",
    async (fields) => {
      const { update, entries } = await start();
      expect((await update(fields)).status).toBe(400);
      expect(await entries()).toEqual([]);
    },
  );
});

describe("an e-mail address", () => {
  test("is changed by who has no password yet: the first owner's becomes a real one", async () => {
    const { update, setPassword, status } = await start();
    const { body } = await update({ email: " Ada@Elsewhere.example.com " });
    expect(body).toMatchObject({ account: { name: "Ada", email: NEXT } });
    await setPassword();
    expect([await status(EMAIL), await status(NEXT)]).toEqual([401, 201]);
  });

  test("asks for the password once there is one, through a token as through a session", async () => {
    const { update, setPassword, signIn, token, status } = await start();
    await setPassword();
    for (const through of [token, await signIn(EMAIL)])
      for (const current_password of [undefined, "", "some wrong password"])
        expect((await update({ email: NEXT, current_password }, through)).status).toBe(403);
    expect((await update({ email: NEXT, current_password: PASSWORD }, token)).status).toBe(200);
    expect([await status(EMAIL), await status(NEXT)]).toEqual([401, 201]);
  });

  test("of somebody else is refused, to who has proved who they are, and so often only", async () => {
    const { update, setPassword, join, members } = await start({ LATCHKEY_FAILED_SIGN_INS_PER_MINUTE: "3" });
    await setPassword();
    await join("Bob", "member");
    const guess = async (current_password: string) =>
      (await update({ name: "Eve", email: "BOB@example.com", current_password })).status;
    expect(await guess("some wrong password")).toBe(403);
    expect([await guess(PASSWORD), await guess(PASSWORD), await guess(PASSWORD)]).toEqual([409, 409, 429]);
    expect((await members()).map(({ name }) => name)).not.toContain("Eve");
  });

  test("goes to one of two who want it at once", async () => {
    const { update, join } = await start();
    const bob = await join("Bob", "member");
    const answers = await Promise.all([
      update({ email: NEXT }),
      update({ email: NEXT, current_password: PASSWORD }, bob.session),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test("given up is told so by mail, and no link that went there is good any more", async () => {
    const { update, send, mails, identity } = await start(MAIL);
    const { link } = await identity.passwords.linkForOperator(EMAIL);
    await update({ name: "Ada Lovelace", email: EMAIL });
    expect(await mails()).toEqual([]);
    await update({ email: NEXT });
    expect(await mails()).toEqual([{ kind: "address_changed", recipient: EMAIL }]);
    const json = { secret: secretOf(link.reveal()), new_password: PASSWORD };
    expect((await send(null, "POST", "/v2/password-resets/redeem", json)).status).toBe(404);
  });

  test("given up is told nothing where there is no mail server", async () => {
    const { update, mails } = await start();
    expect((await update({ email: NEXT })).status).toBe(200);
    expect(await mails()).toEqual([]);
  });
});

test("each team of the person has it in its audit log, with what was before", async () => {
  const latchkey = await start();
  const { update, entries, team, user } = latchkey;
  const other = await addTeam(latchkey, "Others");
  const membership = { teamId: other, userId: user.id, role: "member", at: latchkey.clock.now() } as const;
  await latchkey.store.transaction((tx) => insertMembership(tx, membership));
  await update({ name: "Ada Lovelace", email: NEXT });
  const rows = await entries();
  expect(rows.map(({ team_id }) => team_id).sort()).toEqual([team.id, other].sort());
  for (const row of rows) {
    expect(row).toMatchObject({ actor_id: user.id, target_kind: "member", target_id: user.id, outcome: "done" });
    expect(JSON.parse(row.details)).toEqual({
      ...{ name: "Ada Lovelace", email: NEXT },
      previous: { name: "Ada", email: EMAIL },
    });
  }
});

test("a service identity has no account to change", async () => {
  const { send, token, update } = await start();
  const made = await send(token, "POST", "/v2/team/service-identities", { name: "pipeline" });
  const { id } = made.body["service_identity"] as { id: string };
  const path = `/v2/team/service-identities/${id}/tokens`;
  const issued = await send(token, "POST", path, { name: "ci", scopes: ["function:admin"] });
  const { secret } = issued.body["api_token"] as { secret: string };
  expect((await update({ name: "another" }, secret)).status).toBe(422);
});
