import { argon2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { createFairQueue, type TOO_BUSY } from "./fair-queue.ts";
import { sourceOf } from "./networks.ts";
import type { Random } from "./random.ts";
import type { SecretHasher } from "./secret-hash.ts";

/** OWASP's second choice for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const TAG_BYTES = 32;
/** Hashes at once: they share Node's four threads with reading and writing files. */
const AT_ONCE = 2;
/** What one address may have waiting, and how many addresses: at some 50 ms each, the last of them waits a few seconds. */
const WAITING_PER_SOURCE = 8;
const SOURCES = 128;

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+),keyid=([^$,]+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const derive = promisify(argon2);
const bare = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replace(/=+$/, "");

/**
 * argon2id (RFC 9106) over an HMAC of the password under the pepper, in PHC string form: whoever has the database alone cannot even
 * begin to guess. Checking costs the same whether or not there is a hash to compare with.
 */
export function createPasswordHasher(deps: { random: Random; hasher: SecretHasher }) {
  const { random, hasher } = deps;
  const queue = createFairQueue({ atOnce: AT_ONCE, waitingPerSource: WAITING_PER_SOURCE, sources: SOURCES });
  const salt = random.bytes(SALT_BYTES);

  const compute = (password: string, nonce: Uint8Array, memory: number, passes: number, parallelism: number) => {
    // Different keyboards write the same characters differently (NIST SP 800-63B-4, 3.1.1.2).
    const message = hasher.hash(["password", password.normalize("NFKC")]).hash;
    return derive("argon2id", { message, nonce, memory, passes, parallelism, tagLength: TAG_BYTES });
  };

  const check = async (stored: string | null, password: string): Promise<boolean> => {
    const [, memory, passes, lanes, , nonce = "", tag = ""] = PHC.exec(stored ?? "") ?? [];
    if (memory === undefined) {
      await compute(password, salt, MEMORY_KIB, PASSES, LANES);
      return false;
    }
    const expected = Buffer.from(tag, "base64");
    const found = await compute(password, Buffer.from(nonce, "base64"), Number(memory), Number(passes), Number(lanes));
    return expected.length === found.length && timingSafeEqual(expected, found);
  };

  return {
    /** A hash to be stored. `address`: of who asked, so that nobody keeps the others waiting. */
    hash: (address: string, password: string): Promise<string | typeof TOO_BUSY> =>
      queue.run(sourceOf(address), async () => {
        const nonce = random.bytes(SALT_BYTES);
        const tag = await compute(password, nonce, MEMORY_KIB, PASSES, LANES);
        const { pepperId } = hasher.hash([]);
        const parameters = `m=${MEMORY_KIB},t=${PASSES},p=${LANES},keyid=${pepperId}`;
        return `$argon2id$v=19$${parameters}$${bare(nonce)}$${bare(tag)}`;
      }),

    /** Whether it is the password of the stored hash. Null, where there is none, takes as long and is never it. */
    verify: (address: string, stored: string | null, password: string): Promise<boolean | typeof TOO_BUSY> =>
      queue.run(sourceOf(address), () => check(stored, password)),
  };
}

export type PasswordHasher = ReturnType<typeof createPasswordHasher>;
