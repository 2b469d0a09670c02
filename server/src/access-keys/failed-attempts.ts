import type { Clock, EpochMs } from "../kernel/clock.ts";

const WINDOW_MS = 60_000;
const MOST_TRACKED = 10_000;
const ADDRESSES_KEPT = 5;

/** What happened to one known key's id within a window: enough to see an attack, bounded whatever the attacker does. */
export type FailureSummary = {
  readonly keyId: string;
  readonly count: number;
  readonly addresses: readonly string[];
  readonly reasons: readonly string[];
};

/**
 * Counts failed attempts per address and per key id within a minute. Beyond the limit a *failing* attempt is answered 429;
 * a right secret is always let through, so nobody can lock a key's owner out by guessing at it.
 */
export function createFailedAttempts(deps: { clock: Clock; perAddress: number; perKey: number }) {
  const { clock } = deps;
  let windowEnds: EpochMs = 0;
  let byAddress = new Map<string, number>();
  let byKey = new Map<string, { count: number; addresses: Set<string>; reasons: Set<string> }>();

  const roll = (): void => {
    if (clock.now() < windowEnds) return;
    windowEnds = clock.now() + WINDOW_MS;
    byAddress = new Map();
  };

  return {
    /** Notes a failure; says whether the caller has failed too often to be told more than to wait. `keyId` is null for garbage. */
    note(address: string, keyId: string | null, reason: string): { tooMany: boolean } {
      roll();
      const fromAddress = (byAddress.get(address) ?? 0) + 1;
      if (byAddress.size < MOST_TRACKED || byAddress.has(address)) byAddress.set(address, fromAddress);
      if (keyId === null) return { tooMany: fromAddress > deps.perAddress };
      const seen = byKey.get(keyId) ?? { count: 0, addresses: new Set(), reasons: new Set() };
      seen.count += 1;
      seen.reasons.add(reason);
      if (seen.addresses.size < ADDRESSES_KEPT) seen.addresses.add(address);
      if (byKey.size < MOST_TRACKED || byKey.has(keyId)) byKey.set(keyId, seen);
      return { tooMany: fromAddress > deps.perAddress || seen.count > deps.perKey };
    },

    /** Takes what has been gathered per key since the last time. */
    takeSummaries(): FailureSummary[] {
      const gathered = byKey;
      byKey = new Map();
      return [...gathered].map(([keyId, { count, addresses, reasons }]) => ({
        keyId,
        count,
        addresses: [...addresses],
        reasons: [...reasons],
      }));
    },
  };
}

export type FailedAttempts = ReturnType<typeof createFailedAttempts>;
