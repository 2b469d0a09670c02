import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFakeClock } from "../../test/fake-clock.ts";
import { createRateLimiter, type RateLimits, type RateStanding } from "./rate-limit.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** The same rules with nothing clever: a list of instants, looked through each time. */
function naiveLimiter(limits: RateLimits) {
  let taken: number[] = [];
  return (now: number): RateStanding => {
    taken = taken.filter((at) => at > now - HOUR_MS);
    const inMinute = taken.filter((at) => at > now - MINUTE_MS);
    const isBurst = taken.length < limits.perHour && inMinute.length >= limits.perMinute;
    const allowed = taken.length < limits.perHour && !isBurst;
    if (allowed) taken.push(now);
    // The request that has to leave the minute before another one fits in.
    const inTheWay = inMinute[inMinute.length - limits.perMinute] ?? 0;
    return {
      allowed,
      limit: limits.perHour,
      remaining: isBurst ? 0 : limits.perHour - taken.length,
      resetSeconds: Math.ceil(((taken[0] ?? now) + HOUR_MS) / 1000),
      retryAfterSeconds: isBurst ? Math.max(1, Math.ceil((inTheWay + MINUTE_MS - now) / 1000)) : null,
    };
  };
}

function start(limits: RateLimits) {
  const clock = createFakeClock();
  const limiter = createRateLimiter({ clock, limits });
  return { clock, limiter };
}

test("whatever the rhythm of requests, every standing is what a naive count says", () => {
  const pause = fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 20_000 }) },
    { weight: 1, arbitrary: fc.constantFrom(999, MINUTE_MS - 1, MINUTE_MS, HOUR_MS - MINUTE_MS, HOUR_MS - 1, HOUR_MS) },
  );
  const limits = fc.record({ perHour: fc.integer({ min: 1, max: 40 }), perMinute: fc.integer({ min: 1, max: 20 }) });
  fc.assert(
    fc.property(limits, fc.array(pause, { maxLength: 150, size: "max" }), (limits, pauses) => {
      const { clock, limiter } = start(limits);
      const naive = naiveLimiter(limits);
      for (const pause of pauses) {
        clock.advance(pause);
        expect(limiter.take("caller")).toEqual(naive(clock.now()));
      }
    }),
    { numRuns: 300 },
  );
});

test("at most as many requests as allowed are let through in any hour and any minute", () => {
  const limits = { perHour: 30, perMinute: 8 };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 200, size: "max" }), (pauses) => {
      const { clock, limiter } = start(limits);
      const passed: number[] = [];
      for (const pause of pauses) {
        clock.advance(pause);
        if (limiter.take("caller").allowed) passed.push(clock.now());
      }
      const most = (spanMs: number) =>
        Math.max(0, ...passed.map((from) => passed.filter((at) => at >= from && at < from + spanMs).length));
      return most(HOUR_MS) <= limits.perHour && most(MINUTE_MS) <= limits.perMinute;
    }),
  );
});

describe("a caller", () => {
  test("is let through again when the server said so, and not a second before", () => {
    const { clock, limiter } = start({ perHour: 1000, perMinute: 3 });
    for (const pause of [0, 10_000, 10_000]) {
      clock.advance(pause);
      limiter.take("caller");
    }
    const { allowed, retryAfterSeconds } = limiter.take("caller");
    expect({ allowed, retryAfterSeconds }).toEqual({ allowed: false, retryAfterSeconds: 40 });
    clock.advance(39_000);
    expect(limiter.take("caller").allowed).toBe(false);
    clock.advance(1000);
    expect(limiter.take("caller").allowed).toBe(true);
  });

  test("is told nothing of retrying when the hour is used up", () => {
    const { clock, limiter } = start({ perHour: 2, perMinute: 10 });
    limiter.take("caller");
    clock.advance(1500);
    limiter.take("caller");
    const standing = limiter.take("caller");
    const resetSeconds = Math.ceil((clock.now() - 1500 + HOUR_MS) / 1000);
    expect(standing).toEqual({ allowed: false, limit: 2, remaining: 0, resetSeconds, retryAfterSeconds: null });
  });

  test("does not pay for what others do", () => {
    const { limiter } = start({ perHour: 1, perMinute: 1 });
    limiter.take("busy");
    expect(limiter.take("busy").allowed).toBe(false);
    expect(limiter.take("quiet").allowed).toBe(true);
    expect(limiter.uncounted()).toMatchObject({ allowed: true, remaining: 1 });
  });

  test("is not shut out by refused requests: they do not count", () => {
    const { clock, limiter } = start({ perHour: 100, perMinute: 1 });
    limiter.take("caller");
    for (let second = 0; second < 59; second += 1) {
      clock.advance(1000);
      expect(limiter.take("caller").allowed).toBe(false);
    }
    clock.advance(1000);
    expect(limiter.take("caller").allowed).toBe(true);
  });

  test("waits no longer when the host's clock is put back", () => {
    const { clock, limiter } = start({ perHour: 5, perMinute: 2 });
    limiter.take("caller");
    limiter.take("caller");
    clock.correct(-24 * HOUR_MS);
    expect(limiter.take("caller").retryAfterSeconds).toBe(60);
    clock.advance(MINUTE_MS);
    const { allowed, resetSeconds } = limiter.take("caller");
    expect({ allowed, resetSeconds }).toEqual({
      allowed: true,
      resetSeconds: (clock.now() - MINUTE_MS + HOUR_MS) / 1000,
    });
  });
});
