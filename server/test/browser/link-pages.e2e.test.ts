import { createInvitation } from "@latchkey/contract/invitations";
import { describe, expect, test } from "vitest";
import { startTestLatchkey } from "../start-test-latchkey.ts";
import { createTeam, PASSWORD, secretOf } from "../team.ts";
import { openBrowser } from "./chromium.ts";

const EMAIL = "grace@example.com";
const NEXT = "another password of hers";
const USED = "This link is not valid, has expired or has been used. Ask for a new one.";

/** A server, and a browser of which every address and header that it sends is kept. */
async function start() {
  const latchkey = await startTestLatchkey();
  const team = createTeam(latchkey.url, latchkey.token);
  const { page, complaints } = await openBrowser();
  const sent: string[] = [];
  page.on("request", (request) => sent.push(`${request.url()} ${JSON.stringify(request.headers())}`));

  const inviteByLink = async (): Promise<string> => {
    const { text } = await team.send(latchkey.token, "POST", "/v2/team/invitations", { email: EMAIL, role: "member" });
    return createInvitation.answers[201].parse(JSON.parse(text)).invitation.link ?? "";
  };
  const resetByLink = async (): Promise<string> => {
    const { link } = await latchkey.identity.passwords.linkForOperator(EMAIL);
    return link.reveal();
  };
  const signInWith = async (password: string): Promise<number> =>
    (await team.send(null, "POST", "/v2/sessions", { email: EMAIL, password })).status;

  const fill = (label: string, text: string) => page.getByRole("textbox", { name: label }).fill(text);
  const press = (name: string) => page.getByRole("button", { name }).click();
  const heading = (name: string) => page.getByRole("heading", { name }).waitFor();
  const told = async (): Promise<string> => {
    const alert = page.getByRole("alert");
    await alert.waitFor();
    return (await alert.textContent()) ?? "";
  };
  const hasForm = () => page.locator("form").isVisible();
  return {
    ...latchkey,
    ...team,
    page,
    complaints,
    sent,
    inviteByLink,
    resetByLink,
    signInWith,
    fill,
    press,
    heading,
    told,
    hasForm,
  };
}

describe("in a browser, who opens", () => {
  test("an invitation chooses a name and a password, and is in the team", async () => {
    const { page, complaints, sent, inviteByLink, signInWith, members, url, fill, press, heading, hasForm } =
      await start();
    const link = await inviteByLink();
    await page.goto(link);
    // Out of the address bar, and so out of what is copied from there and of the history.
    expect(page.url()).toBe(`${url}/invitations`);
    await fill("Your name", "Grace");
    await fill("Password", PASSWORD);
    await press("Join");
    await heading("Welcome");
    expect(await hasForm()).toBe(false);
    const said = await page.locator("#done").innerText();
    expect(said).toContain("You are in the team Acme.");
    expect(said).toContain(`export LATCHKEY_API_URL=${url}\nlatchkey login --email ${EMAIL}`);
    expect(await members()).toContainEqual(expect.objectContaining({ name: "Grace", email: EMAIL, role: "member" }));
    expect(await signInWith(PASSWORD)).toBe(201);
    expect(sent.map((line) => line.split(" ")[0])).toContain(`${url}/v2/invitations/accept`);
    expect(sent.join("\n")).not.toContain(secretOf(link));
    expect(complaints).toEqual([]);
  });

  test("a link to a new password chooses it, and signs in with that and not with the old one", async () => {
    const { page, complaints, sent, resetByLink, join, signInWith, url, fill, press, heading } = await start();
    await join("Grace", "member");
    const link = await resetByLink();
    await page.goto(link);
    expect(page.url()).toBe(`${url}/password-resets`);
    await fill("New password", NEXT);
    await press("Set the password");
    await heading("Your new password is set");
    expect([await signInWith(NEXT), await signInWith(PASSWORD)]).toEqual([201, 401]);
    expect(sent.map((line) => line.split(" ")[0])).toContain(`${url}/v2/password-resets/redeem`);
    expect(sent.join("\n")).not.toContain(secretOf(link));
    expect(complaints).toEqual([]);
  });

  test("a link that has been used is told so, and is asked for nothing more", async () => {
    const { page, inviteByLink, resetByLink, accept, signInWith, send, fill, press, told, hasForm } = await start();
    const invitation = await inviteByLink();
    await accept(secretOf(invitation), { name: "Grace" });
    await page.goto(invitation);
    await fill("Password", NEXT);
    await press("Join");
    expect(await told()).toBe(USED);
    expect(await hasForm()).toBe(false);

    const reset = await resetByLink();
    await send(null, "POST", "/v2/password-resets/redeem", { secret: secretOf(reset), new_password: NEXT });
    await page.goto(reset);
    await fill("New password", "a third password, too late");
    await press("Set the password");
    expect(await told()).toBe(USED);
    expect(await hasForm()).toBe(false);
    expect(await signInWith(NEXT)).toBe(201);
  });

  test("a link without its end is told that it is not complete; pasted anew, it is taken", async () => {
    const { page, inviteByLink, url, fill, press, heading, told, hasForm } = await start();
    const link = await inviteByLink();
    await page.goto(`${url}/invitations`);
    expect(await told()).toContain("The address is not complete.");
    expect(await hasForm()).toBe(false);
    // The same page, so that it is not loaded anew.
    await page.goto(link);
    await page.waitForURL(`${url}/invitations`);
    await fill("Password", PASSWORD);
    await press("Join");
    await heading("Welcome");
  });

  test("an invitation to a second team is told when the password is not the one they have, and may try again", async () => {
    const { page, join, send, token, inviteByLink, members, fill, press, heading, told, hasForm } = await start();
    const { id } = await join("Grace", "member");
    await send(token, "DELETE", `/v2/team/members/${id}`);
    await page.goto(await inviteByLink());
    await fill("Password", NEXT);
    await press("Join");
    expect(await told()).toContain("You have an account here already, and this is not its password.");
    expect(await hasForm()).toBe(true);
    await fill("Password", PASSWORD);
    await press("Join");
    await heading("Welcome");
    expect(await members()).toContainEqual(expect.objectContaining({ id, role: "member" }));
  });
});

test.each([
  ["a phone", 320],
  ["a desktop", 1280],
])("on %s nothing of a page is cut off, and a password that is too short is not sent", async (_, width) => {
  const { page, inviteByLink, sent, fill, press, hasForm } = await start();
  await page.setViewportSize({ width, height: 640 });
  await page.goto(await inviteByLink());
  await fill("Password", "too short");
  await page.getByRole("checkbox", { name: "Show the password" }).check();
  await press("Join");
  expect(await page.getByRole("textbox", { name: "Password" }).getAttribute("type")).toBe("text");
  expect(await hasForm()).toBe(true);
  expect(sent.filter((line) => line.includes("/v2/"))).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
});
