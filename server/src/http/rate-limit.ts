import type { Clock } from "../kernel/clock.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export type RateLimits = { readonly perHour: number; readonly perMinute: number };

/** Where a caller stands; the three numbers of DigitalOcean's rate-limit headers. */
export type RateStanding = {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Unix time in seconds at which the oldest counted request leaves the window. */
  readonly resetSeconds: number;
  /** Only when the per-minute limit was hit: seconds until a request will be let through. */
  readonly retryAfterSeconds: number | null;
};

/** Monotonic times of the requests of the last hour, oldest first; a ring so that forgetting one is O(1). */
type Window = { times: Float64Array; first: number; length: number };

/**
 * DigitalOcean's limiter (do-functions-api 2.2): each request counts for exactly one hour, and at most `perMinute` of them
 * may fall in any 60 seconds. Refused requests do not count.
 */
export function createRateLimiter(deps: { clock: Clock; limits: RateLimits }) {
  const { clock, limits } = deps;
  const windows = new Map<string, Window>();
  let sweptAt = clock.monotonicMs();

  const at = (window: Window, index: number): number =>
    window.times[(window.first + index) % window.times.length] ?? Number.NaN;

  const forgetOld = (window: Window, now: number): void => {
    while (window.length > 0 && at(window, 0) <= now - HOUR_MS) {
      window.first = (window.first + 1) % window.times.length;
      window.length -= 1;
    }
  };

  const append = (window: Window, now: number): void => {
    if (window.length === window.times.length) {
      const grown = new Float64Array(Math.min(limits.perHour, window.times.length * 2));
      for (let index = 0; index < window.length; index += 1) grown[index] = at(window, index);
      window.times = grown;
      window.first = 0;
    }
    window.times[(window.first + window.length) % window.times.length] = now;
    window.length += 1;
  };

  const sweep = (now: number): void => {
    if (now - sweptAt < MINUTE_MS) return;
    sweptAt = now;
    for (const [key, window] of windows) {
      forgetOld(window, now);
      if (window.length === 0) windows.delete(key);
    }
  };

  const standing = (
    window: Window | undefined,
    now: number,
    retryAfterSeconds: number | null,
    allowed: boolean,
  ): RateStanding => ({
    allowed,
    limit: limits.perHour,
    remaining: retryAfterSeconds === null ? limits.perHour - (window?.length ?? 0) : 0,
    resetSeconds: Math.ceil(
      (clock.now() + HOUR_MS - (window === undefined || window.length === 0 ? 0 : now - at(window, 0))) / 1000,
    ),
    retryAfterSeconds,
  });

  return {
    /** Counts one request of the caller named by `key` and says whether it may proceed. */
    take(key: string): RateStanding {
      // Not the wall clock: a correction of it would count as time that passed, or shut callers out until it is made good.
      const now = clock.monotonicMs();
      sweep(now);
      const window = windows.get(key) ?? { times: new Float64Array(Math.min(16, limits.perHour)), first: 0, length: 0 };
      windows.set(key, window);
      forgetOld(window, now);
      if (window.length >= limits.perHour) return standing(window, now, null, false);
      const burstEdge = window.length < limits.perMinute ? Number.NaN : at(window, window.length - limits.perMinute);
      if (burstEdge > now - MINUTE_MS) {
        return standing(window, now, Math.max(1, Math.ceil((burstEdge + MINUTE_MS - now) / 1000)), false);
      }
      append(window, now);
      return standing(window, now, null, true);
    },
    /** The standing of a caller that is not counted: one that has not been recognised. */
    uncounted: (): RateStanding => standing(undefined, clock.monotonicMs(), null, true),
  };
}

export type RateLimiter = ReturnType<typeof createRateLimiter>;
