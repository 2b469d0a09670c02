import { crc32 } from "node:zlib";
import { type Random, randomAlphanumeric } from "../kernel/random.ts";
import { Secret } from "../kernel/secret.ts";
import type { AccessKeyId } from "./model.ts";

const PREFIX = "dofs_v1_";
const RANDOM_LENGTH = 50;
const CHECKSUM_LENGTH = 6;
const SHAPE = new RegExp(`^${PREFIX}[A-Za-z0-9]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}$`);
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** CRC-32 of the text as six base62 digits: lets scanners and the server tell a real secret from a typo without a look-up. */
function checksum(text: string): string {
  let rest = crc32(text);
  let digits = "";
  for (let index = 0; index < CHECKSUM_LENGTH; index += 1) {
    digits = (BASE62[rest % 62] ?? "") + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/** A fresh secret: 50 random base62 characters (297 bits) between the prefix and the checksum; 64 in all, no `:`. */
export function newSecret(random: Random): Secret {
  const body = PREFIX + randomAlphanumeric(random, RANDOM_LENGTH);
  return new Secret(body + checksum(body));
}

/** Whether the text can be one of our secrets; garbage is refused here, before any look-up. */
export function hasSecretShape(text: string): boolean {
  return SHAPE.test(text) && checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);
}

/** What an access key's secret is hashed together with; a hash moved to another key or namespace matches nothing. */
export const secretContext = (namespaceId: string, id: AccessKeyId, secret: string): string[] => [
  "access_key",
  namespaceId,
  id,
  secret,
];

/** What it is hashed together with to be found when the secret is all that somebody found. */
export const finderContext = (secret: string): string[] => ["access_key_finder", secret];
