import type { Clock, EpochMs } from "../src/kernel/clock.ts";

/** A clock that stands still until told to move. */
export function createFakeClock(
  start: EpochMs = Date.UTC(2026, 2, 23, 9, 15),
): Clock & { advance(ms: number): void; set(instant: EpochMs): void } {
  let now = start;
  return {
    now: () => now,
    monotonicMs: () => now - start,
    advance(ms) {
      now += ms;
    },
    set(instant) {
      now = instant;
    },
  };
}
