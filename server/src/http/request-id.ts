import type { Dialect } from "@latchkey/contract/route";
import { type Random, randomAlphanumeric } from "../kernel/random.ts";

/** Ids that callers may choose: printable, short, and not of the reserved `sid_` kind (openwhisk-api 1.6). */
const ACCEPTABLE = /^(?!sid_)[A-Za-z0-9._~:+/=-]{1,128}$/;
const POOLED = 256;

/** Makes the request ids of both planes: UUIDs for DigitalOcean's, 32 alphanumerics or the caller's own for OpenWhisk's. */
export function createRequestIds(random: Random): (dialect: Dialect, given: string | string[] | undefined) => string {
  // One draw of random characters serves many requests: a draw per request would cost more than the rest of the headers.
  let pool = "";
  const nextTransactionId = (): string => {
    if (pool.length < 32) pool = randomAlphanumeric(random, 32 * POOLED);
    const id = pool.slice(0, 32);
    pool = pool.slice(32);
    return id;
  };
  return (dialect, given) => {
    if (dialect === "digitalocean") return random.uuid();
    return typeof given === "string" && ACCEPTABLE.test(given) ? given : nextTransactionId();
  };
}
