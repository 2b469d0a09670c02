import type { Clock } from "./clock.ts";
import { sourceOf } from "./networks.ts";

const WINDOW_MS = 60_000;
const MOST_TRACKED = 10_000;
const ADDRESSES_KEPT = 5;

export type FailedAttempt = {
  readonly address: string;
  /** Whom or what the attempt named: a key, a person; null for garbage. */
  readonly subject: string | null;
  /** Whether there is such a one: only then is there somebody to tell. */
  readonly isKnown: boolean;
  readonly reason: string;
};

/** What happened to one known subject within a window: enough to see an attack, bounded whatever the attacker does. */
export type FailureSummary = {
  readonly subject: string;
  readonly count: number;
  readonly addresses: readonly string[];
  readonly reasons: readonly string[];
};

/**
 * Counts failed attempts per address (of IPv6, per /64) and per subject within a minute. Beyond the limit a *failing* attempt is answered 429;
 * a right secret is always let through, so nobody can lock its owner out by guessing at it. A subject that does not exist is
 * counted like any other: who is told to wait must not learn from it that there is such a one.
 */
export function createFailedAttempts(deps: { clock: Clock; perAddress: number; perSubject: number }) {
  const { clock } = deps;
  /** Monotonic, so that a correction of the host's clock makes nobody wait longer. */
  let windowEndsMs = 0;
  let byAddress = new Map<string, number>();
  let bySubject = new Map<string, number>();
  let summaries = new Map<string, { count: number; addresses: Set<string>; reasons: Set<string> }>();

  const roll = (): void => {
    if (clock.monotonicMs() < windowEndsMs) return;
    windowEndsMs = clock.monotonicMs() + WINDOW_MS;
    byAddress = new Map();
    bySubject = new Map();
  };

  const summarise = ({ subject, count, addresses, reasons }: FailureSummary): void => {
    const seen = summaries.get(subject) ?? { count: 0, addresses: new Set(), reasons: new Set() };
    seen.count += count;
    for (const reason of reasons) seen.reasons.add(reason);
    for (const address of addresses) if (seen.addresses.size < ADDRESSES_KEPT) seen.addresses.add(address);
    if (summaries.size < MOST_TRACKED || summaries.has(subject)) summaries.set(subject, seen);
  };

  return {
    /** Notes a failure; says whether the caller has failed too often to be told more than to wait. */
    note({ address, subject, isKnown, reason }: FailedAttempt): { tooMany: boolean } {
      roll();
      const fromAddress = countUp(byAddress, sourceOf(address));
      if (subject === null) return { tooMany: fromAddress > deps.perAddress };
      if (isKnown) summarise({ subject, count: 1, addresses: [address], reasons: [reason] });
      const atSubject = countUp(bySubject, subject);
      return { tooMany: fromAddress > deps.perAddress || atSubject > deps.perSubject };
    },

    /** Takes what has been gathered per subject since the last time. */
    takeSummaries(): FailureSummary[] {
      const gathered = summaries;
      summaries = new Map();
      return [...gathered].map(([subject, { count, addresses, reasons }]) => ({
        subject,
        count,
        addresses: [...addresses],
        reasons: [...reasons],
      }));
    },

    /** Takes back what could not be recorded, to be told again together with what has come since. */
    giveBack(summaries: readonly FailureSummary[]): void {
      for (const summary of summaries) summarise(summary);
    },
  };
}

function countUp(counts: Map<string, number>, name: string): number {
  const count = (counts.get(name) ?? 0) + 1;
  if (counts.size < MOST_TRACKED || counts.has(name)) counts.set(name, count);
  return count;
}

export type FailedAttempts = ReturnType<typeof createFailedAttempts>;
