import { hostname } from "node:os";
import { getAccount } from "@latchkey/contract/account";
import { ApiError } from "@latchkey/contract/client-errors";
import { createSession, deleteSession } from "@latchkey/contract/sessions";
import { createApiToken, deleteApiToken } from "@latchkey/contract/tokens";
import { openWithoutKey, openWithToken } from "../../api.ts";
import { defineCommand } from "../../command.ts";
import type { Context } from "../../context.ts";
import { CliError, UsageError } from "../../failure.ts";
import type { Login } from "../../logins/store.ts";
import { Secret } from "../../secret.ts";
import { parseExpiration } from "../key/expiration.ts";
import { ACCOUNT_VIEW } from "./account-columns.ts";
import { obtainSecret } from "./obtain-secret.ts";

export const login = defineCommand({
  summary: "Log in, so that commands need no token from you",
  about:
    "Asks for your e-mail address and password, makes an API token of yours for this machine, and keeps it in your configuration folder, readable by you alone. The password is not kept. LATCHKEY_TOKEN in the environment still goes before it.",
  examples: [
    "latchkey login",
    ["latchkey login --email ada@example.com --password-stdin < password.txt", "without anybody at the terminal"],
    ["latchkey login --token-stdin < token.txt", "keeps a token that you have"],
  ],
  options: {
    email: { kind: "text", value: "email", about: "your address; asked for unless given" },
    passwordStdin: { kind: "flag", about: "read the password from standard input" },
    tokenStdin: { kind: "flag", about: "read an API token from standard input, and keep that" },
    team: { kind: "text", value: "team", about: "name or id of the team, if you belong to several" },
    expiration: {
      kind: "text",
      short: "e",
      value: "duration",
      about: "how long the token is good: 12h, 30d (unless given), or never",
    },
  },
  async run(context, { options }) {
    const { config, logins, say } = context;
    const earlier = logins.find(config.apiUrl);
    const kept = options.tokenStdin ? await takeToken(context) : await makeToken(context, options);
    const client = openWithToken(config.apiUrl, kept.token);
    const { body } = await client.call(getAccount);
    await logins.keep(kept);
    // What nobody can use any more should not stay alive.
    if (earlier?.tokenId) {
      await client.call(deleteApiToken, { params: { token_id: earlier.tokenId } }).catch(() => null);
    }
    say(`You are logged in at ${config.apiUrl}. The token is kept in ${logins.fileOf(config.apiUrl)}`);
    if (config.token !== null) context.warn("LATCHKEY_TOKEN is set in your environment, and goes before it");
    return body;
  },
  show: ACCOUNT_VIEW,
});

async function takeToken({ config, readStdin }: Context): Promise<Login> {
  const text = (await readStdin()).trim();
  if (text === "")
    throw new UsageError("no token on standard input", "Pass it: latchkey login --token-stdin < token.txt");
  return { apiUrl: config.apiUrl, token: new Secret(text), tokenId: null };
}

type Given = {
  readonly email: string | undefined;
  readonly passwordStdin: boolean;
  readonly team: string | undefined;
  readonly expiration: string | undefined;
};

async function makeToken(context: Context, given: Given): Promise<Login> {
  const { apiUrl } = context.config;
  const expires_in = parseExpiration(given.expiration ?? "30d");
  const session = await signIn(context, given);
  const client = openWithToken(apiUrl, session);
  try {
    const { body } = await client.call(createApiToken, {
      body: { name: `latchkey on ${hostname()}`, scopes: ["function:admin"], expires_in },
    });
    return { apiUrl, token: new Secret(body.api_token.secret), tokenId: body.api_token.id };
  } finally {
    await client.call(deleteSession, { params: { session_id: "current" } }).catch(() => null);
  }
}

async function signIn(context: Context, { email: given, passwordStdin, team }: Given): Promise<Secret> {
  const email = given ?? (await context.prompts?.open("E-mail address"));
  if (email === undefined)
    throw new UsageError("no address given, and nobody to ask for it", "Say it: --email ADDRESS");
  const asked = { question: "Password", fromStdin: passwordStdin, option: "password-stdin" };
  const password = await obtainSecret(context, asked);
  const body = { email, password: password.reveal(), ...(team !== undefined && { team }) };
  try {
    const answer = await openWithoutKey(context.config.apiUrl).call(createSession, { body });
    return new Secret(answer.body.session.secret);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.kind === "conflict") throw new CliError(error.message, ["Say which: latchkey login --team NAME"]);
    if (error.kind !== "unauthorized") throw error;
    throw new CliError(error.message, [
      "Try again, or ask for a link to a new password: latchkey password forgot",
      "With a token but no password yet: latchkey login --token-stdin",
    ]);
  }
}
