import { acceptInvitation, createInvitation } from "@latchkey/contract/invitations";
import { listMembers } from "@latchkey/contract/members";
import type { Role } from "@latchkey/contract/permissions";
import { createSession } from "@latchkey/contract/sessions";
import { type Answer, bearer } from "./caller.ts";

/** Long enough, and the same for everybody: what these tests are about is whose it is. */
export const PASSWORD = "a password of that person";

export type Json = Record<string, unknown>;

/** Talks to a server over its socket; `token` may be an API token or a session's secret, null for nobody. */
function talkTo(url: string) {
  return async (token: string | null, method: string, path: string, json?: Json): Promise<Answer & { body: Json }> => {
    const response = await fetch(url + path, {
      method,
      headers: {
        accept: "application/json",
        "content-type": "application/json",
        ...(token === null ? {} : { authorization: bearer(token) }),
      },
      body: json === undefined ? null : JSON.stringify(json),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: text === "" ? {} : JSON.parse(text) };
  };
}

/** The secret of a link. */
export const secretOf = (link: string | null): string => (link ?? "").split("#")[1] ?? "";

/** A team as its people make it: everything through the API, in its own words. */
export function createTeam(url: string, ownerToken: string) {
  const send = talkTo(url);

  const invite = async (email: string, role: Role, token = ownerToken) => {
    const { text } = await send(token, "POST", "/v2/team/invitations", { email, role });
    const { invitation } = createInvitation.answers[201].parse(JSON.parse(text));
    return { id: invitation.id, secret: secretOf(invitation.link) };
  };
  const accept = (secret: string, fields: Json = {}) =>
    send(null, "POST", "/v2/invitations/accept", { secret, password: PASSWORD, ...fields });
  const signIn = async (email: string, fields: Json = {}): Promise<string> => {
    const { text } = await send(null, "POST", "/v2/sessions", { email, password: PASSWORD, ...fields });
    return createSession.answers[201].parse(JSON.parse(text)).session.secret;
  };
  const members = async (token = ownerToken) => {
    const { text } = await send(token, "GET", "/v2/team/members");
    return listMembers.answers[200].parse(JSON.parse(text)).members;
  };
  /** Somebody new in the team, signed in. */
  const join = async (name: string, role: Role, token = ownerToken) => {
    const email = `${name.toLowerCase()}@example.com`;
    const { secret } = await invite(email, role, token);
    const { text } = await accept(secret, { name });
    const { team } = acceptInvitation.answers[201].parse(JSON.parse(text));
    const session = await signIn(email, { team: team.id });
    const id = (await members(session)).find((member) => member.email === email)?.id ?? "";
    return { id, name, email, session };
  };
  return { send, invite, accept, signIn, members, join };
}

export type TeamCaller = ReturnType<typeof createTeam>;
