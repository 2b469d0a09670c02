import type { Clock } from "./clock.ts";
import { sourceOf } from "./networks.ts";
import { createPaced, type Which } from "./paced.ts";

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

/** What happened to one known subject since it was last told: enough to see an attack, bounded whatever the attacker does. */
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
  const summaries = createPaced<FailureSummary>({ clock, join });

  const roll = (): void => {
    if (clock.monotonicMs() < windowEndsMs) return;
    windowEndsMs = clock.monotonicMs() + WINDOW_MS;
    byAddress = new Map();
    bySubject = new Map();
  };

  return {
    /** Notes a failure; says whether the caller has failed too often to be told more than to wait. */
    note({ address, subject, isKnown, reason }: FailedAttempt): { tooMany: boolean } {
      roll();
      const fromAddress = countUp(byAddress, sourceOf(address));
      if (subject === null) return { tooMany: fromAddress > deps.perAddress };
      if (isKnown) summaries.add(subject, { subject, count: 1, addresses: [address], reasons: [reason] });
      const atSubject = countUp(bySubject, subject);
      return { tooMany: fromAddress > deps.perAddress || atSubject > deps.perSubject };
    },

    /** Takes what has been gathered per subject: the less often the longer it goes on. */
    takeSummaries: (which: Which): FailureSummary[] => summaries.take(which).map(([, summary]) => summary),

    /** Takes back what could not be recorded, to be told again together with what has come since. */
    giveBack: (untold: readonly FailureSummary[]): void =>
      summaries.giveBack(untold.map((summary) => [summary.subject, summary])),
  };
}

const join = (earlier: FailureSummary, later: FailureSummary): FailureSummary => ({
  subject: earlier.subject,
  count: earlier.count + later.count,
  addresses: [...new Set([...earlier.addresses, ...later.addresses])].slice(0, ADDRESSES_KEPT),
  reasons: [...new Set([...earlier.reasons, ...later.reasons])],
});

function countUp(counts: Map<string, number>, name: string): number {
  const count = (counts.get(name) ?? 0) + 1;
  if (counts.size < MOST_TRACKED || counts.has(name)) counts.set(name, count);
  return count;
}

export type FailedAttempts = ReturnType<typeof createFailedAttempts>;
