import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import type { Random } from "./random.ts";
import type { Pepper } from "./secret-hash.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts what must be read again, unlike secrets that are only ever compared (secret-hash.ts): AES-256-GCM under a key derived
 * from the pepper with HKDF-SHA-256 (RFC 5869), one for each purpose. Nonces are random: with 96 bits of them a key is good for
 * 2^32 messages (NIST SP 800-38D, 8.3).
 */
export function createSealer(deps: { pepper: Pepper; random: Random; purpose: string }) {
  const key = Buffer.from(hkdfSync("sha256", deps.pepper.bytes, "", `latchkey seal ${deps.purpose}`, 32));
  return {
    /** `place` binds the text to where it is kept: copied to another row, it cannot be opened there. */
    seal(text: string, place: string): Uint8Array {
      const nonce = deps.random.bytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(place));
      return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    },
    /** Undefined for what was not sealed here, for this place, under this pepper, or was changed since. */
    open(sealed: Uint8Array, place: string): string | undefined {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(place))
        .setAuthTag(sealed.subarray(-TAG_BYTES));
      try {
        const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString("utf8");
      } catch {
        return undefined;
      }
    },
  };
}

export type Sealer = ReturnType<typeof createSealer>;
