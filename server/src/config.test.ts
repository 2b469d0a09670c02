import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { parseConfig } from "./config.ts";
import { LatchkeyError } from "./kernel/errors.ts";

const FROM = "Latchkey <latchkey@example.com>";
const mailServerOf = (url?: string, from?: string) =>
  parseConfig(
    {},
    {
      ...(url !== undefined && { LATCHKEY_SMTP_URL: url }),
      ...(from !== undefined && { LATCHKEY_MAIL_FROM: from }),
    },
  ).mailServer;

/** What the operator is told. */
function complaintAbout(environment: Record<string, string>): string {
  try {
    parseConfig({}, environment);
  } catch (error) {
    if (error instanceof LatchkeyError) return error.says;
    throw error;
  }
  return "";
}

describe("the mail server", () => {
  test.each([
    ["smtp://mail.example.com", { host: "mail.example.com", port: 587, tls: "required", login: null }],
    ["smtp://mail.example.com:25/", { host: "mail.example.com", port: 25, tls: "required", login: null }],
    ["smtp://relay?tls=offered", { host: "relay", port: 587, tls: "offered", login: null }],
    ["smtps://mail.example.com", { host: "mail.example.com", port: 465, tls: "always", login: null }],
    ["smtps://[2606:4700::1]:2525", { host: "2606:4700::1", port: 2525, tls: "always", login: null }],
  ])("of %s", (url, expected) => expect(mailServerOf(url, FROM)).toEqual({ ...expected, from: FROM }));

  test("may want a user and a password, with anything in them", () => {
    const login = mailServerOf("smtp://ada%40example.com:p%3Aw%40%20rd@mail.example.com", FROM)?.login;
    expect([login?.user, login?.password.reveal()]).toEqual(["ada@example.com", "p:w@ rd"]);
  });

  test("is none unless there is one", () => expect(mailServerOf()).toBeNull());

  test.each([
    "mail.example.com",
    "http://mail.example.com",
    "smtp://",
    "smtp://user:hunter2@mail.example.com/path",
    "smtp://user:hunter2@mail.example.com#part",
    "smtp://user:hunter2%zz@mail.example.com",
    "smtp://user:hunter2@mail.example.com?logger=true",
    "smtp://user:hunter2@mail.example.com?tls=offered&debug=true",
    "smtps://user:hunter2@mail.example.com?tls=offered",
  ])("cannot be %s, and the complaint does not quote it", (url) => {
    const says = complaintAbout({ LATCHKEY_SMTP_URL: url, LATCHKEY_MAIL_FROM: FROM });
    expect(says).toContain("LATCHKEY_SMTP_URL must be smtp://host or smtps://host");
    expect(says).not.toContain("hunter2");
  });

  test("keeps its password to itself when the configuration is printed", () => {
    const config = parseConfig({}, { LATCHKEY_SMTP_URL: "smtp://u:hunter2@mail", LATCHKEY_MAIL_FROM: FROM });
    expect(inspect(config, { depth: null, showHidden: true }) + JSON.stringify(config)).not.toContain("hunter2");
  });
});

describe("who mails are from", () => {
  test.each(["latchkey@example.com", FROM, "Schlüssel & Co <a.b+c@münchen.example>"])("can be %s", (from) =>
    expect(mailServerOf("smtp://mail", from)?.from).toBe(from),
  );

  test.each([
    "latchkey",
    "Latchkey",
    "Latchkey <latchkey>",
    "a@example.com, b@example.com",
    "Latchkey <a@example.com> <b@example.com>",
    "Latchkey <a@example.com>\r\nBcc: b@example.com",
    "a@example.com\nBcc: b@example.com",
    "",
  ])("cannot be %j", (from) =>
    expect(complaintAbout({ LATCHKEY_SMTP_URL: "smtp://mail", LATCHKEY_MAIL_FROM: from })).toContain(
      "LATCHKEY_MAIL_FROM must be an e-mail address",
    ),
  );
});

test("of mail server and sender, one without the other is told along with whatever else is wrong", () => {
  expect(complaintAbout({ LATCHKEY_SMTP_URL: "smtp://mail" })).toBe(
    "LATCHKEY_MAIL_FROM is missing: it is needed with LATCHKEY_SMTP_URL",
  );
  expect(complaintAbout({ LATCHKEY_MAIL_FROM: FROM, LATCHKEY_PORT: "x" }).split("\n")).toEqual([
    "--port (LATCHKEY_PORT) must be a whole number",
    "LATCHKEY_SMTP_URL is missing: it is needed with LATCHKEY_MAIL_FROM",
  ]);
});

test("webhooks stay outside unless the operator says otherwise", () => {
  expect(parseConfig({}, {}).webhooksToPrivateNetworks).toBe(false);
  expect(parseConfig({}, { LATCHKEY_WEBHOOKS_TO_PRIVATE_NETWORKS: "true" }).webhooksToPrivateNetworks).toBe(true);
  expect(complaintAbout({ LATCHKEY_WEBHOOKS_TO_PRIVATE_NETWORKS: "yes" })).toContain(
    "LATCHKEY_WEBHOOKS_TO_PRIVATE_NETWORKS",
  );
});
