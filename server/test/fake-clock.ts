import type { Clock, EpochMs } from "../src/kernel/clock.ts";

/** A clock that stands still until told to move. */
export function createFakeClock(
  start: EpochMs = Date.UTC(2026, 2, 23, 9, 15),
): Clock & { advance(ms: number): void; set(instant: EpochMs): void; correct(ms: number): void } {
  let now = start;
  let elapsed = 0;
  return {
    now: () => now,
    monotonicMs: () => elapsed,
    advance(ms) {
      now += ms;
      elapsed += ms;
    },
    set(instant) {
      elapsed += instant - now;
      now = instant;
    },
    /** Puts the wall clock forward or back although no time has passed, as hosts do. */
    correct(ms) {
      now += ms;
    },
  };
}
