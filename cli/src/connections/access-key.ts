import { Secret } from "../secret.ts";

/** An access key as its holder has it. */
export type AccessKey = { readonly id: string; readonly secret: Secret };

const PREFIX = "dof_v1_";
const EXPECTED = "(expected format: dof_v1_<access_key_id>:<secret>)";

/** Reads `dof_v1_…:secret`; what is wrong with it is said without repeating it (texts as doctl's, do-functions-api 7.4). */
export function parseAccessKey(text: string): AccessKey | { readonly problem: string } {
  const problem = (what: string) => ({ problem: `${what} ${EXPECTED}` });
  const pair = text.trim();
  if (!pair.startsWith(PREFIX)) return problem("access-key must start with 'dof_v1_' prefix");
  const [id = "", secret, ...more] = pair.split(":");
  if (secret === undefined) return problem("access-key must contain ':' separator");
  if (more.length > 0) return problem("access-key must contain exactly one ':' separator");
  if (id === PREFIX) return problem("access-key token part cannot be empty after 'dof_v1_' prefix");
  if (secret === "") return problem("access-key secret part cannot be empty");
  // It becomes an HTTP header, where a blank or a line break in the middle has no place.
  if (!/^[\x21-\x7e]+$/.test(pair)) return problem("access-key must not contain spaces or line breaks");
  return { id, secret: new Secret(secret) };
}

/** Reads what stands on standard input: `id:secret`, or the JSON that `key create --output json` prints. */
export function readAccessKey(text: string): AccessKey | { readonly problem: string } {
  if (!text.trimStart().startsWith("{")) return parseAccessKey(text);
  const created = parseCreated(text);
  return created === undefined
    ? { problem: `the JSON on standard input is not what 'latchkey key create --output json' prints ${EXPECTED}` }
    : parseAccessKey(created);
}

function parseCreated(text: string): string | undefined {
  try {
    const { access_key: key } = JSON.parse(text) as { access_key?: { id?: unknown; secret?: unknown } };
    return typeof key?.id === "string" && typeof key.secret === "string" ? `${key.id}:${key.secret}` : undefined;
  } catch {
    return undefined;
  }
}
