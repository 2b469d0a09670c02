import type { Call } from "./call.ts";
import type { Lane } from "./lane.ts";

/** The calls that wait, in their lanes. */
export type Queue = {
  readonly length: number;
  /** Adds a call at the end, or in front when it has waited its turn already. */
  add(lane: Lane, call: Call, where: "last" | "first"): void;
  /** The lane's oldest call, which thereby no longer waits. */
  next(lane: Lane): Call | undefined;
  /** Takes all calls out. */
  empty(): readonly Call[];
  /** The lanes with calls that wait: first those without a process, then by how long the oldest call has waited. */
  lanesByUrgency(): readonly Lane[];
  /** One round more has gone by. */
  advance(): void;
  /** How many of a lane's calls have waited for `rounds` full rounds. */
  overdue(lane: Lane, rounds: number): number;
  /** Whether somebody has been waiting in the lane for `rounds` full rounds, if not always the same call. */
  isCrowded(lane: Lane, rounds: number): boolean;
};

/** An empty queue. Time is counted in rounds, so that looking at it costs nothing per call. */
export function createQueue(): Queue {
  /** The lanes with calls that wait. */
  const crowded = new Set<Lane>();
  let round = 0;
  let length = 0;

  function oldest({ waiting: [first] }: Lane): number {
    return first?.sinceRound ?? round;
  }

  return {
    get length() {
      return length;
    },
    add(lane, call, where) {
      if (lane.waiting.length === 0) {
        lane.crowdedSinceRound = round;
        crowded.add(lane);
      }
      if (where === "last") lane.waiting.push({ call, sinceRound: round });
      else lane.waiting.unshift({ call, sinceRound: lane.waiting[0]?.sinceRound ?? round });
      length += 1;
    },
    next(lane) {
      const oldest = lane.waiting.shift();
      if (oldest === undefined) return undefined;
      length -= 1;
      lane.served.now += 1;
      if (lane.waiting.length === 0) crowded.delete(lane);
      return oldest.call;
    },
    empty() {
      const calls = [...crowded].flatMap((lane) => lane.waiting.splice(0).map(({ call }) => call));
      crowded.clear();
      length = 0;
      return calls;
    },
    lanesByUrgency: () =>
      [...crowded].sort((a, b) => Math.sign(a.slots.size) - Math.sign(b.slots.size) || oldest(a) - oldest(b)),
    advance() {
      round += 1;
      for (const lane of crowded) lane.served = { now: 0, before: lane.served.now };
    },
    overdue(lane, rounds) {
      // The round in which a call came was not a full one for it.
      const youngest = lane.waiting.findIndex(({ sinceRound }) => round - sinceRound <= rounds);
      return youngest === -1 ? lane.waiting.length : youngest;
    },
    isCrowded: (lane, rounds) => lane.waiting.length > 0 && round - lane.crowdedSinceRound > rounds,
  };
}
