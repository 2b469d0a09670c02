import { type Random, randomHex } from "../kernel/random.ts";
import { Secret } from "../kernel/secret.ts";

/** What this room hands out secrets for, by the letter in their prefix. */
const PREFIXES = { token: "dop_v1_", session: "dos_v1_", invitation: "doi_v1_", password_reset: "dor_v1_" } as const;
export type SecretKind = keyof typeof PREFIXES;

/** What a secret is hashed together with: the hash of one kind matches nothing of another. */
const CONTEXTS: Readonly<Record<SecretKind, string>> = {
  token: "api_token",
  session: "session",
  invitation: "invitation",
  password_reset: "password_reset",
};

const HEX = /^[0-9a-f]{64}$/;

/** 256 random bits behind a prefix that says what it is, to people and to scanners. */
export const newSecret = (kind: SecretKind, random: Random): Secret =>
  new Secret(`${PREFIXES[kind]}${randomHex(random, 32)}`);

/** What of a secret is hashed, to be stored or to be found. */
export const hashedParts = (kind: SecretKind, secret: Secret): string[] => [CONTEXTS[kind], secret.reveal()];

/** A secret of this kind, if the text has the shape of one; undefined spares the look-up for anything else. */
export function parseSecret(kind: SecretKind, text: string): Secret | undefined {
  const prefix = PREFIXES[kind];
  return text.startsWith(prefix) && HEX.test(text.slice(prefix.length)) ? new Secret(text) : undefined;
}

const BEARER = /^Bearer +(\S+) *$/i;

/** The token or session of an `Authorization` header. */
export function parseBearer(
  header: string,
): { readonly kind: "token" | "session"; readonly secret: Secret } | undefined {
  const text = BEARER.exec(header)?.[1] ?? "";
  const token = parseSecret("token", text);
  if (token !== undefined) return { kind: "token", secret: token };
  const session = parseSecret("session", text);
  return session === undefined ? undefined : { kind: "session", secret: session };
}

/** Where people go with it. The secret stands after the `#`, which browsers send to nobody. */
export const linkFor = (publicUrl: string, page: "invitations" | "password-resets", secret: Secret): Secret =>
  new Secret(`${publicUrl}/${page}#${secret.reveal()}`);
