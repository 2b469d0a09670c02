import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";

/** The key of the hash, with an id so that hashes made under an earlier one can be told apart. */
export type Pepper = { readonly id: string; readonly bytes: Uint8Array };
export type SecretHash = { readonly pepperId: string; readonly hash: Uint8Array };

/**
 * HMAC-SHA-256 (RFC 2104) under the pepper: all that is ever stored of a secret. Secrets carry 256 bits or more of
 * randomness, so a slow password hash would add cost and no safety.
 */
export function createSecretHasher(pepper: Pepper) {
  const key = createSecretKey(pepper.bytes);
  const digest = (parts: readonly string[]): Buffer => createHmac("sha256", key).update(parts.join("|")).digest();
  return {
    /** `parts` bind the secret to its place (kind, namespace, id), so that a hash copied to another row is worthless. */
    hash: (parts: readonly string[]): SecretHash => ({ pepperId: pepper.id, hash: digest(parts) }),
    /**
     * Which of the stored ones is the hash of `parts`. One HMAC and as many comparisons as there are candidates, each in constant
     * time, whether or not one of them matches.
     */
    find<Stored extends SecretHash>(parts: readonly string[], candidates: readonly Stored[]): Stored | undefined {
      const computed = digest(parts);
      let found: Stored | undefined;
      for (const candidate of candidates) {
        const stored = candidate.hash.length === computed.length ? candidate.hash : Buffer.alloc(computed.length);
        if (timingSafeEqual(computed, stored) && candidate.pepperId === pepper.id) found = candidate;
      }
      return found;
    },
  };
}

export type SecretHasher = ReturnType<typeof createSecretHasher>;
