import type { Call } from "./call.ts";
import type { Cell } from "./cell.ts";
import type { ActionToRun } from "./model.ts";

/** A cell as the pool keeps it. */
export type Slot = {
  readonly lane: Lane;
  readonly memoryMb: number;
  readonly cell: Cell;
  state: "starting" | "idle" | "busy" | "leaving";
  /** When it was last used, on the monotonic clock. */
  usedAtMs: number;
};

/** A call in the queue, and the round of the pool's clockwork in which it came. */
export type Waiting = { readonly call: Call; readonly sinceRound: number };

/** Everything about one revision of one action: its cells and the calls that wait for them. */
export type Lane = {
  readonly key: string;
  readonly action: ActionToRun;
  /** All but those that are leaving. */
  readonly slots: Set<Slot>;
  /** The least recently used first. */
  readonly idle: Slot[];
  /** The oldest first. */
  readonly waiting: Waiting[];
  /** The round since which there has always been somebody waiting. */
  crowdedSinceRound: number;
  /** How many calls were taken out of `waiting` in this round, and in the one before. */
  served: { now: number; before: number };
  /** The action was changed or deleted: cells go as they become idle. */
  isRetired: boolean;
};

/** The lane of an action. Cells of different keys never mix: two namespaces, actions, revisions or memory sizes. */
export function laneKey({ namespaceId, qualifiedName, revision, limits }: ActionToRun): string {
  return `${namespaceId}\n${qualifiedName}\n${revision}\n${limits.memoryMb}`;
}

/** An empty lane. */
export function createLane(key: string, action: ActionToRun): Lane {
  return {
    key,
    action,
    slots: new Set(),
    idle: [],
    waiting: [],
    crowdedSinceRound: 0,
    served: { now: 0, before: 0 },
    isRetired: false,
  };
}

/** How many of its cells are in a state. */
export function countSlots(lane: Lane, state: Slot["state"]): number {
  let count = 0;
  for (const slot of lane.slots) if (slot.state === state) count += 1;
  return count;
}
