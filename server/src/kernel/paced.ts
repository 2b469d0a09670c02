import type { Clock } from "./clock.ts";

const MOST_TRACKED = 10_000;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

/** `due`: what may be told by now; `all`: everything, because there will be no other time. */
export type Which = "due" | "all";

/**
 * What happens again and again, gathered by name until it may be told: the first time at once, then after a minute, then after ever
 * longer pauses up to a quarter of an hour, until nothing has happened for as long as the pause. So whoever makes it happen decides
 * neither how much is told nor how much is remembered: of more than ten thousand names at a time, further ones are left out.
 */
export function createPaced<T>(deps: { clock: Clock; join: (earlier: T, later: T) => T }) {
  const { clock, join } = deps;
  /** Monotonic, so that a correction of the host's clock silences nothing. */
  const tracked = new Map<string, { gathered: T | null; dueMs: number; pauseMs: number }>();

  const add = (name: string, happened: T): void => {
    const known = tracked.get(name);
    if (known !== undefined) known.gathered = known.gathered === null ? happened : join(known.gathered, happened);
    else if (tracked.size < MOST_TRACKED)
      tracked.set(name, { gathered: happened, dueMs: Number.NEGATIVE_INFINITY, pauseMs: FIRST_PAUSE_MS });
  };

  return {
    add,

    /** Takes what may be told; what nobody asks about any more is forgotten. */
    take(which: Which): (readonly [name: string, gathered: T])[] {
      const now = clock.monotonicMs();
      const taken: (readonly [string, T])[] = [];
      for (const [name, each] of tracked) {
        if (which === "due" && now < each.dueMs) continue;
        if (each.gathered === null) {
          tracked.delete(name);
          continue;
        }
        taken.push([name, each.gathered]);
        each.gathered = null;
        each.dueMs = now + each.pauseMs;
        each.pauseMs = Math.min(each.pauseMs * 2, LONGEST_PAUSE_MS);
      }
      return taken;
    },

    /** Takes back what could not be told, to be told with what has come since, next time. */
    giveBack(untold: readonly (readonly [name: string, gathered: T])[]): void {
      for (const [name, gathered] of untold) {
        add(name, gathered);
        const known = tracked.get(name);
        if (known !== undefined) known.dueMs = Number.NEGATIVE_INFINITY;
      }
    },
  };
}
