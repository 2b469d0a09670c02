import type { EpochMs } from "../../kernel/clock.ts";

export type Channel = "mail" | "webhook";

/** Something to be told, as it waits. */
export type Waiting = {
  readonly id: string;
  readonly kind: string;
  readonly teamId: string | null;
  readonly recipient: string | null;
  /** Sealed. */
  readonly body: Uint8Array;
  /** The attempt that is under way is counted. */
  readonly attempts: number;
  readonly expiresAt: EpochMs;
};

/** What became of telling something, as a team may see it. */
export type Delivery = {
  readonly id: string;
  readonly event: string;
  readonly state: "waiting" | "sent" | "failed" | "expired";
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: EpochMs;
  readonly nextAttemptAt: EpochMs | null;
  readonly finishedAt: EpochMs | null;
};

/**
 * How an attempt ended; `cut off`: by our own stopping, so the next start tries at once. `error` is in our words: what others answer
 * may quote what they were sent.
 */
export type Attempt =
  | { readonly kind: "sent" }
  | { readonly kind: "refused" | "failed" | "cut off"; readonly error: string };

/** What is to be done about a row after an attempt. */
export type Verdict =
  | { readonly state: "sent" }
  | { readonly state: "failed" | "expired"; readonly error: string }
  | { readonly state: "waiting"; readonly error: string; readonly dueAt: EpochMs };

const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;
/** Waits of 30 s, 2 min, 8 min, 32 min, 2 h and then 6 h each: about a day in all, which outlasts most nights. */
export const MOST_ATTEMPTS = 9;
/** How long something is worth telling when nothing says so: longer than all the attempts take, since servers stand still too. */
export const WORTH_TELLING_MS = 7 * 24 * 3_600_000;

/**
 * How long to wait after this many attempts. `jitter` is from 0 to 1: between half of the full time and all of it, so that what
 * failed together does not come back together.
 */
const waitAfter = (attempts: number, jitter: number): number =>
  Math.round(Math.min(FIRST_WAIT_MS * 4 ** (attempts - 1), LONGEST_WAIT_MS) * (0.5 + jitter / 2));

/** Judges an attempt. A refusal is final; a failure may be somebody's bad hour. */
export function judgeAttempt(
  attempt: Attempt,
  row: { readonly attempts: number; readonly expiresAt: EpochMs },
  now: EpochMs,
  jitter: number,
): Verdict {
  if (attempt.kind === "sent") return { state: "sent" };
  const { error } = attempt;
  if (attempt.kind === "refused" || row.attempts >= MOST_ATTEMPTS) return { state: "failed", error };
  const dueAt = attempt.kind === "cut off" ? now : now + waitAfter(row.attempts, jitter);
  return dueAt >= row.expiresAt ? { state: "expired", error } : { state: "waiting", error, dueAt };
}
