import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";
import { createTeam, PASSWORD } from "../../test/team.ts";

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const between = (text: string, tag: string) =>
  [...text.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, "g"))].map(([, inside = ""]) => inside);

async function open(path: string) {
  const latchkey = await startTestLatchkey();
  const answer = await fetch(`${latchkey.url}${path}`);
  return {
    ...latchkey,
    answer,
    page: await answer.text(),
    policy: answer.headers.get("content-security-policy") ?? "",
  };
}

const PAGES = [
  { path: "/invitations", to: "v2/invitations/accept", fields: ["name", "password"], command: "latchkey team accept" },
  {
    path: "/password-resets",
    to: "v2/password-resets/redeem",
    fields: ["new_password"],
    command: "latchkey password redeem",
  },
];

describe.each(PAGES)("the page $path, where links lead,", ({ path, to, fields, command }) => {
  test("runs the script and uses the style that it came with, and nothing else", async () => {
    const { page, policy } = await open(path);
    const directives = new Map(policy.split("; ").map((one) => [one.split(" ")[0], one]));
    expect(between(page, "script").map(hashOf)).toEqual([directives.get("script-src")?.slice("script-src ".length)]);
    expect(between(page, "style").map(hashOf)).toEqual([directives.get("style-src")?.slice("style-src ".length)]);
    expect(directives.get("default-src")).toBe("default-src 'none'");
    expect(directives.get("connect-src")).toBe("connect-src 'self'");
    expect(directives.get("form-action")).toBe("form-action 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(page).not.toMatch(/\son\w+=|style=|https?:/);
  });

  test("is framed by nobody, kept by no cache, and tells nobody where its reader came from", async () => {
    const { answer, policy } = await open(path);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("content-type")).toBe("text/html");
  });

  test("posts what the API takes, from fields with labels that password managers know", async () => {
    const { page } = await open(path);
    expect(page).toContain(`data-to="${to}"`);
    expect([...page.matchAll(/<input [^>]*name="(\w+)"/g)].map(([, name]) => name)).toEqual(fields);
    for (const [, id] of page.matchAll(/<input id="(\w+)" name=/g)) expect(page).toContain(`<label for="${id}">`);
    expect(page).toMatch(/<input id="password"[^>]* autocomplete="new-password"/);
    expect(page).toContain('name="viewport" content="width=device-width, initial-scale=1"');
  });

  test("says what to do where there is no JavaScript", async () => {
    const { page } = await open(path);
    expect(between(page, "noscript").join()).toContain(command);
  });
});

test("the link of an invitation leads to its page", async () => {
  const { url, token } = await startTestLatchkey();
  const { send } = createTeam(url, token);
  const { body } = await send(token, "POST", "/v2/team/invitations", { email: "bob@example.com", role: "member" });
  const { link } = body["invitation"] as { link: string };
  const answer = await fetch(link);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html"]);
});

test("the link to a new password leads to its page", async () => {
  const { identity } = await startTestLatchkey();
  const { link } = await identity.passwords.linkForOperator("ada@example.com");
  const answer = await fetch(link.reveal());
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html"]);
});

test("where the page posts to, its body is taken", async () => {
  const { url, token, identity } = await startTestLatchkey();
  const { send, invite } = createTeam(url, token);
  const { secret } = await invite("bob@example.com", "member");
  const invitation = { name: "Bob", password: PASSWORD, secret };
  expect((await send(null, "POST", `/${PAGES[0]?.to}`, invitation)).status).toBe(201);
  const { link } = await identity.passwords.linkForOperator("bob@example.com");
  const reset = { new_password: "another password of his", secret: new URL(link.reveal()).hash.slice(1) };
  expect((await send(null, "POST", `/${PAGES[1]?.to}`, reset)).status).toBe(204);
});
