import { createHash } from "node:crypto";
import type { Random } from "../src/kernel/random.ts";

/** Random bytes that are the same for the same seed: SHA-256 of a counter. */
export function createSeededRandom(seed = "latchkey"): Random {
  let block = 0;
  const bytes = (count: number): Uint8Array => {
    const parts: Buffer[] = [];
    for (let length = 0; length < count; length += 32) {
      parts.push(createHash("sha256").update(`${seed} ${block}`).digest());
      block += 1;
    }
    return Buffer.concat(parts).subarray(0, count);
  };
  return {
    bytes,
    uuid() {
      const hex = Buffer.from(bytes(16)).toString("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
  };
}
