import type { Clock } from "../kernel/clock.ts";
import type { ActionToRun, RunOutcome, RunRequest } from "./model.ts";
import type { Verdict } from "./verdict.ts";

/** A call of `run` that has not been answered. */
export type Call = {
  readonly action: ActionToRun;
  readonly request: RunRequest;
  /** `request.value` as JSON text. */
  readonly valueJson: string;
  /** On the monotonic clock. */
  readonly acceptedAtMs: number;
  /** Whether its `begin` has been waited for. */
  hasBegun: boolean;
  /** Whether a process already died before it looked at this call; a second time it counts as a failed run. */
  handedBack: boolean;
  resolve(outcome: RunOutcome): void;
  reject(error: unknown): void;
};

/** The outcome of a call that never got as far as a process. */
export function outcomeWithoutRun(call: Call, verdict: Verdict, clock: Clock): RunOutcome {
  const now = clock.now();
  return {
    ...verdict,
    startedAt: now,
    endedAt: now,
    waitMs: Math.round(clock.monotonicMs() - call.acceptedAtMs),
    initMs: null,
    logs: Promise.resolve([]),
  };
}
