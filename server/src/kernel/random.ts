import { randomBytes, randomUUID } from "node:crypto";

/** The only source of randomness. */
export type Random = {
  /** Cryptographically secure bytes. */
  bytes(count: number): Uint8Array;
  /** A version 4 UUID, lower case. */
  uuid(): string;
};

/** The operating system's generator. */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  uuid: () => randomUUID(),
};

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** The largest multiple of 62 that fits a byte; bytes from here on would make some characters likelier. */
const UNBIASED_BELOW = 248;

/** `length` characters of `[A-Za-z0-9]`, each equally likely (log2(62) = 5.95 bits a character). */
export function randomAlphanumeric(random: Random, length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of random.bytes(length - text.length + 8)) {
      if (byte < UNBIASED_BELOW && text.length < length) text += ALPHANUMERIC[byte % ALPHANUMERIC.length];
    }
  }
  return text;
}

/** `byteCount` random bytes as lower-case hex. */
export function randomHex(random: Random, byteCount: number): string {
  return Buffer.from(random.bytes(byteCount)).toString("hex");
}
