import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createCaller } from "../../test/caller.ts";
import { createCapturedLog } from "../../test/captured-log.ts";
import { eventually } from "../../test/eventually.ts";
import { startMailServer } from "../../test/start-mail-server.ts";
import { startReceiver } from "../../test/start-receiver.ts";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";
import { startTestNotifications, type TestNotificationsOptions } from "../../test/start-test-notifications.ts";
import { Secret } from "../kernel/secret.ts";
import type { MailContent } from "./index.ts";

const LINK = `https://latchkey.example/invitations#${"ab12".repeat(16)}`;
const UNTIL = Date.UTC(2026, 2, 30, 9, 15);
const invitation: MailContent = {
  kind: "invitation",
  team: "Acme",
  role: "member",
  invitedBy: "Ada",
  link: new Secret(LINK),
  expiresAt: UNTIL,
};
const keyExpiry = {
  kind: "key_expiry",
  keyName: "ci",
  keyId: "dof_v1_1",
  namespace: "billing",
  heldBy: null,
  inDays: 7,
  expiresAt: UNTIL,
} as const;

async function start(options: TestNotificationsOptions & { server?: Parameters<typeof startMailServer>[0] } = {}) {
  const server = await startMailServer(options.server);
  const log = createCapturedLog();
  const started = await startTestNotifications({ mailServer: server.settings, log, ...options });
  const { notifications, store, teamId, deliver, folder } = started;
  const enqueue = (content: MailContent, to = "bob@example.com") =>
    store.transaction((tx) => notifications.enqueue(tx, { ...content, to, teamId }));
  return {
    ...{ ...started, server, log, enqueue },
    async mail(content: MailContent, to?: string) {
      await enqueue(content, to);
      await deliver();
      return server.taken[0];
    },
    /** Everything that is on the disk, as it is there. */
    onDisk: () => Buffer.concat([folder.database, `${folder.database}-wal`].map((path) => readFileSync(path))),
  };
}

describe("whoever is written to can read", () => {
  test.each<[what: string, content: MailContent, subject: string, words: string[]]>([
    [
      "an invitation",
      invitation,
      "Ada invites you to the team Acme",
      ["Ada invites you to join the team Acme on Latchkey, as a member.", `\n\n${LINK}\n\n`, "2026-03-30 09:15 UTC"],
    ],
    [
      "a link for a new password",
      { kind: "password_reset", link: new Secret(LINK), expiresAt: UNTIL },
      "Choose a new password for Latchkey",
      [`\n\n${LINK}\n\n`, "once, until 2026-03-30 09:15 UTC", "your password stays as it is"],
    ],
    [
      "that their address is another one now",
      { kind: "address_changed", changedAt: UNTIL },
      "This is no longer the e-mail address of your Latchkey account",
      ["On 2026-03-30 09:15 UTC your Latchkey account was given another e-mail address", "tell an owner of your team"],
    ],
    [
      "that a key of theirs ends",
      keyExpiry,
      "The access key ci ends in 7 days",
      ["Your access key ci for the namespace billing ends in 7 days: on 2026-03-30 09:15 UTC.", "dof_v1_1"],
    ],
    [
      "that a machine's key ends",
      { ...keyExpiry, heldBy: "deployer", inDays: 1 },
      "The access key ci ends in 1 day",
      ["of the service identity deployer for the namespace billing ends in 1 day: on"],
    ],
    [
      "that nobody answers for a machine any more",
      { kind: "responsible_left", team: "Acme", serviceIdentity: "deployer", person: "Bob" },
      "Nobody answers for the service identity deployer any more",
      ["Bob, who was responsible for the service identity deployer, is no longer in the team Acme."],
    ],
  ])("%s", async (_what, content, subject, words) => {
    const mail = await (await start()).mail(content);
    expect(mail?.to).toEqual(["bob@example.com"]);
    expect(mail?.from).toBe("latchkey@example.com");
    expect(mail?.headers).toContain(`Subject: ${subject}`);
    expect(mail?.headers).toContain("Auto-Submitted: auto-generated");
    expect(mail?.headers.filter((line) => line.startsWith("Content-Type"))).toEqual([
      "Content-Type: text/plain; charset=utf-8",
    ]);
    for (const part of words) expect(mail?.text).toContain(part);
  });

  test("letters that are not English", async () => {
    const mail = await (await start()).mail({ ...invitation, invitedBy: "Zoë", team: "日本" });
    expect(mail?.text).toContain("Zoë invites you to join the team 日本 on Latchkey");
  });
});

describe("nobody can write headers, lines or recipients of their own:", () => {
  const hostile = "x\r\nBcc: eve@example.com\r\n\r\nClick here\u2028or\u202ehere";

  test("not by a name", async () => {
    const { mail } = await start();
    const taken = await mail({ ...invitation, team: hostile, invitedBy: hostile });
    expect(taken?.to).toEqual(["bob@example.com"]);
    expect(taken?.headers.map((line) => line.split(":")[0]).sort()).toEqual([
      "Auto-Submitted",
      "Content-Transfer-Encoding",
      "Content-Type",
      "Date",
      "From",
      "MIME-Version",
      "Message-ID",
      "Subject",
      "To",
    ]);
    expect(taken?.text).toContain("x Bcc: eve@example.com Click here or here invites you to join the team");
  });

  test.each([
    "bob@example.com, eve@example.com",
    "bob@example.com;eve@example.com",
    "bob@example.com\r\nRCPT TO:<eve@example.com>",
    "bob@example.com>\r\nBcc: eve@example.com",
    "<eve@example.com>",
    "Bob <eve@example.com>",
    '"a b"@example.com',
    "eve@[127.0.0.1]",
    "eve@@example.com",
    "eve",
    "",
    `${"e".repeat(65)}@example.com`,
    `eve@${"e".repeat(250)}.com`,
  ])("not by an address such as %j: it gets nothing, and that is the end of it", async (address) => {
    const { mail, rows, server } = await start();
    await mail(invitation, address);
    expect(server.taken).toEqual([]);
    expect(rows()).toMatchObject([{ state: "failed", body: null, last_error: "not an e-mail address" }]);
  });
});

describe("a link lies nowhere", () => {
  test("on the disk, neither while it waits nor afterwards; then not even sealed", async () => {
    const { enqueue, deliver, onDisk, rows, server } = await start();
    await enqueue(invitation);
    expect(onDisk().includes("bob@example.com")).toBe(true);
    expect(onDisk().includes("ab12ab12")).toBe(false);
    expect(rows()).toMatchObject([{ state: "waiting", body: expect.any(Uint8Array) }]);
    await deliver();
    expect(server.taken[0]?.text).toContain(LINK);
    expect(onDisk().includes("ab12ab12")).toBe(false);
    expect(rows()).toMatchObject([{ state: "sent", body: null }]);
  });

  test("once it is good for nothing, sent or not", async () => {
    const { enqueue, deliver, rows, server, clock, notifications } = await start();
    await enqueue(invitation);
    clock.set(UNTIL);
    await deliver();
    await notifications.tidy();
    expect(server.taken).toEqual([]);
    expect(rows()).toMatchObject([{ state: "expired", body: null }]);
  });

  test("in the log or the database when the mail server quotes what it refuses", async () => {
    const { mail, server, log, onDisk, rows } = await start();
    server.behaviour.refuseMail = 554;
    await mail(invitation);
    expect(rows()).toMatchObject([{ last_error: expect.stringContaining("554") }]);
    expect(log.lines.join("\n")).toContain("a notification was not delivered");
    expect(log.lines.join("\n")).not.toMatch(/ab12ab12|looks bad/);
    expect(onDisk().includes("looks bad")).toBe(false);
  });

  test("when it cannot be opened because the pepper is another one", async () => {
    const { enqueue, deliver, rows, stranger, server } = await start();
    await enqueue(invitation);
    stranger.exec("UPDATE outbox SET id = 'msg_moved'");
    await deliver();
    expect(server.taken).toEqual([]);
    expect(rows()).toMatchObject([{ state: "failed", body: null }]);
  });
});

describe("the mail server", () => {
  test("gets user and password, which no log shows although it quotes them", async () => {
    const server = await startMailServer({ login: { user: "latchkey", password: "correct horse" } });
    const log = createCapturedLog();
    const login = (password: string) => ({ user: "latchkey", password: new Secret(password) });
    const right = await start({ mailServer: { ...server.settings, login: login("correct horse") } });
    await right.mail(invitation);
    expect(server.taken).toHaveLength(1);
    const wrong = await start({ mailServer: { ...server.settings, login: login("wrong horse") }, log });
    await wrong.mail(invitation);
    expect(server.taken).toHaveLength(1);
    expect(wrong.rows()).toMatchObject([{ state: "waiting", last_error: expect.stringContaining("535") }]);
    expect(log.lines.join("\n")).not.toContain("horse");
  });

  test("gets nothing over a connection in the clear, unless that is allowed", async () => {
    const plain = await startMailServer();
    const { mail, rows } = await start({ mailServer: { ...plain.settings, tls: "required" } });
    await mail(invitation);
    expect(plain.taken).toEqual([]);
    expect(rows()).toMatchObject([{ state: "waiting", last_error: expect.stringContaining("ETLS") }]);
  });

  test("that shows a certificate nobody vouches for gets nothing", async () => {
    const { mail, rows, server } = await start({ server: { tls: true } });
    await mail(invitation);
    expect(server.taken).toEqual([]);
    expect(rows()).toMatchObject([{ state: "waiting", last_error: expect.stringContaining("ESOCKET") }]);
  });

  test("is believed when it says that there is no such user", async () => {
    const { mail, server, rows } = await start();
    server.behaviour.refuseRecipient = 550;
    await mail(invitation);
    expect(rows()).toMatchObject([{ state: "failed", attempts: 1, body: null }]);
  });

  test("is asked again later when it is busy, in the same mail's name", async () => {
    const { mail, server, rows, clock, deliver } = await start();
    server.behaviour.refuseRecipient = 451;
    await mail(invitation);
    expect(rows()).toMatchObject([{ state: "waiting", attempts: 1 }]);
    server.behaviour.refuseRecipient = null;
    clock.advance(30_000);
    await deliver();
    const id = rows()[0]?.["id"];
    expect(server.taken[0]?.headers).toContain(`Message-ID: <${id}@example.com>`);
  });

  test("that says nothing is waited for no longer than the time allowed", async () => {
    const { mail, server, rows } = await start({ timeoutMs: 100 });
    server.behaviour.isSilent = true;
    await mail(invitation);
    expect(rows()).toMatchObject([{ state: "waiting", last_error: "no answer in time" }]);
  });
});

test("whoever is invited finds the link in the mail, nobody else does, and gets in with it", async () => {
  const server = await startMailServer();
  const environment = {
    LATCHKEY_SMTP_URL: `smtp://127.0.0.1:${server.settings.port}?tls=offered`,
    LATCHKEY_MAIL_FROM: "Latchkey <latchkey@example.com>",
  };
  const { url, token, notifications } = await startTestLatchkey({ environment });
  const { send } = createCaller(url, token);
  const invited = await send("POST", "/v2/team/invitations", { json: { email: "bob@example.com", role: "member" } });
  expect(JSON.parse(invited.text)).toMatchObject({ invitation: { link: null } });
  notifications.wake();
  await notifications.idle();
  const [mail] = server.taken;
  expect(mail?.to).toEqual(["bob@example.com"]);
  expect(mail?.headers).toContain("Subject: Ada invites you to the team Acme");
  const secret = /\/invitations#(\S+)/.exec(mail?.text ?? "")?.[1];
  const json = { secret, name: "Bob", password: "a long enough password" };
  expect((await send("POST", "/v2/invitations/accept", { json })).status).toBe(201);
});

test("a mail server that hangs holds up no webhook", async () => {
  const { enqueue, announce, setWebhook, notifications, server, rows } = await start({ timeoutMs: 60_000 });
  const receiver = await startReceiver();
  await setWebhook(receiver.url);
  server.behaviour.isSilent = true;
  for (let count = 0; count < 6; count += 1) await enqueue(invitation);
  notifications.wake();
  await eventually(() => rows().filter(({ attempts }) => attempts === 1).length === 4);
  await announce();
  notifications.wake();
  await eventually(() => receiver.received.length === 1);
  await notifications.close(0);
  expect(server.taken).toEqual([]);
});

describe("where there is no mail server", () => {
  test("it is known, and nothing is kept", async () => {
    const { notifications, store, rows } = await startTestNotifications();
    expect(notifications.canMail).toBe(false);
    await store.transaction((tx) => notifications.enqueue(tx, { ...invitation, to: "bob@example.com", teamId: null }));
    expect(rows()).toEqual([]);
  });
});
