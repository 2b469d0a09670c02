import { readFile } from "node:fs/promises";
import { redeemPasswordReset } from "@latchkey/contract/account";
import { acceptInvitation } from "@latchkey/contract/invitations";
import { PASSWORD_LENGTH_MIN } from "@latchkey/contract/people";
import type { RouteDescription } from "@latchkey/contract/route";
import { browserPage } from "../../http/browser-page.ts";

type LinkPage = {
  readonly title: string;
  /** The command that does the same, for who has no JavaScript. */
  readonly command: string;
  /** Where the form goes; its fields are named as those of the body. */
  readonly to: RouteDescription;
  readonly fields: string;
  readonly send: string;
  /** The heading in the end, and what is said below; `link-page.js` puts a word into each `data-word`. */
  readonly doneTitle: string;
  readonly done: string;
};

const passwordField = (name: string, label: string, hint: string): string => `<div class="field">
<label for="password">${label}</label>
<p class="hint" id="password-hint">${hint}</p>
<input id="password" name="${name}" type="password" autocomplete="new-password" aria-describedby="password-hint" minlength="${PASSWORD_LENGTH_MIN}" required>
<label class="choice"><input id="show" type="checkbox" autocomplete="off"> Show the password</label>
</div>`;

const logIn = (login: string): string => `<pre>export LATCHKEY_API_URL=<span data-word="server"></span>
${login}</pre>`;

const INVITATION: LinkPage = {
  title: "Join a team",
  command: "latchkey team accept",
  to: acceptInvitation,
  fields: `<div class="field">
<label for="name">Your name</label>
<p class="hint" id="name-hint">As your team will see it. If you have an account here already, it keeps its name.</p>
<input id="name" name="name" type="text" autocomplete="name" aria-describedby="name-hint" maxlength="255">
</div>
${passwordField(
  "password",
  "Password",
  `Choose one, of ${PASSWORD_LENGTH_MIN} characters at least. If you have an account here already, give the password that you have.`,
)}`,
  send: "Join",
  doneTitle: "Welcome",
  done: `<p>You are in the team <strong data-word="team"></strong>. With your address, <span data-word="email"></span>, and your password you log in, in a terminal:</p>
${logIn('latchkey login --email <span data-word="email"></span>')}`,
};

const PASSWORD_RESET: LinkPage = {
  title: "Choose a new password",
  command: "latchkey password redeem",
  to: redeemPasswordReset,
  fields: passwordField(
    "new_password",
    "New password",
    `${PASSWORD_LENGTH_MIN} characters at least. You are signed out everywhere; your API tokens and access keys live on.`,
  ),
  send: "Set the password",
  doneTitle: "Your new password is set",
  done: `<p>You have been signed out everywhere. To go on, in a terminal:</p>
${logIn("latchkey login")}`,
};

/** A key, beside the name. */
const MARK = `<svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true"><circle cx="8" cy="8" r="4.5"/><path d="M11.2 11.2 20 20M16.5 16.5l2.5-2.5"/></svg>`;

/** From disk each time, as the page of the API is. The address is relative, so that it is right behind a proxy's path as well. */
async function build({ title, command, to, fields, send, doneTitle, done }: LinkPage) {
  const read = (name: string) => readFile(new URL(name, import.meta.url), "utf8");
  const [style, script] = await Promise.all([read("link-page.css"), read("link-page.js")]);
  const body = `<main>
<p class="brand">${MARK} Latchkey</p>
<h1 data-done="${doneTitle}">${title}</h1>
<noscript>
<p>This page needs JavaScript. Without it, use a terminal; the command asks for the link that led you here:</p>
<pre>${command}</pre>
</noscript>
<form data-to="${to.path.slice(1)}" hidden>
${fields}
<button>${send}</button>
</form>
<p id="problem" role="alert" hidden></p>
<section id="done" tabindex="-1" hidden>
${done}
</section>
</main>`;
  return browserPage({ title: `${title} · Latchkey`, style, script, body });
}

/** Where invitations lead. */
export const invitationPage = () => build(INVITATION);

/** Where links to a new password lead. */
export const passwordResetPage = () => build(PASSWORD_RESET);
