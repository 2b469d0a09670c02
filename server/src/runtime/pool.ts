import type { Clock } from "../kernel/clock.ts";
import { createAllowance } from "./allowance.ts";
import { type Call, outcomeWithoutRun } from "./call.ts";
import type { Cell, CellEnd, CellEvents } from "./cell.ts";
import { runtimeErrors } from "./errors.ts";
import { cellsWanted } from "./growth.ts";
import { countSlots, createLane, type Lane, laneKey, type Slot } from "./lane.ts";
import type { ActionToRun, RuntimeConfig, RuntimeStats } from "./model.ts";
import { createQueue } from "./queue.ts";
import { verdicts } from "./verdict.ts";

/** What the pool decides with, and acts through. */
export type PoolDeps = {
  readonly clock: Clock;
  readonly config: Omit<RuntimeConfig, "scratchDirectory">;
  /** Starts a process; throws when that is not possible at all. */
  startCell(action: ActionToRun, events: CellEvents): Cell;
  /** Calls back once, after about so long. */
  after(delayMs: number, callback: () => void): void;
  /** A process could not be started. */
  onStartFailure(error: unknown): void;
};

/** The processes of all actions and the queue before them. */
export type Pool = ReturnType<typeof createPool>;

/** How often the pool looks at who is still waiting, while anybody is. */
const ROUND_MS = 15;
/** Calls that have waited this long have waited as long as a new process takes to come up. */
const OVERDUE_ROUNDS = 1;
/** An action without any process gets the next one that becomes free anywhere when its calls have waited this long. */
const STARVED_ROUNDS = 7;

/** Decides which call runs in which process, and when processes start and end. */
export function createPool({ clock, config, startCell, after, onStartFailure }: PoolDeps) {
  const lanes = new Map<string, Lane>();
  const queue = createQueue();
  const allowance = createAllowance(config.cellsMax, config.memoryMbMax);
  let starting = 0;
  let started = 0;
  let evicted = 0;
  /** How many busy cells shall leave when they become free, to make room for actions without any. */
  let owed = 0;
  let isTicking = false;
  let drained: PromiseWithResolvers<void> | null = null;

  /** Takes a call, or throws `at_capacity` or `draining`. */
  function submit(call: Call): void {
    if (drained !== null) throw runtimeErrors.draining();
    const key = laneKey(call.action);
    const lane = lanes.get(key) ?? createLane(key, call.action);
    const slot = lane.idle.pop();
    if (slot !== undefined) {
      assign(slot, call);
      return;
    }
    if (queue.length >= config.queuedMax) {
      throw runtimeErrors.at_capacity({ log: { queued: queue.length, cells: allowance.cells } });
    }
    lanes.set(key, lane);
    queue.add(lane, call, "last");
    if (lane.slots.size === 0) grow();
    keepTicking();
  }

  function assign(slot: Slot, call: Call): void {
    slot.state = "busy";
    if (call.hasBegun) slot.cell.perform(call);
    else void begin(slot, call);
  }

  /** Waits until the call may begin; the process waits, too, unless it ends meanwhile. */
  async function begin(slot: Slot, call: Call): Promise<void> {
    const { lane } = slot;
    try {
      await call.request.begin?.();
      call.hasBegun = true;
    } catch (error) {
      call.reject(error);
    }
    if (lane.slots.has(slot)) {
      if (call.hasBegun) slot.cell.perform(call);
      else serveNext(slot);
    } else if (call.hasBegun) queueAgain(lane, call);
  }

  /** The process that it was meant for is no more, and nothing has run. */
  function queueAgain(lane: Lane, call: Call): void {
    if (drained !== null) {
      call.reject(runtimeErrors.draining());
      return;
    }
    lanes.set(lane.key, lane);
    queue.add(lane, call, "first");
    settleDown(lane);
  }

  /** Starts what the waiting calls need and the machine allows. */
  function grow(): void {
    for (const lane of queue.lanesByUrgency()) {
      const crowd = {
        cells: lane.slots.size,
        starting: countSlots(lane, "starting"),
        waiting: lane.waiting.length,
        overdue: queue.overdue(lane, OVERDUE_ROUNDS),
        served: lane.served.before,
        crowded: queue.isCrowded(lane, OVERDUE_ROUNDS),
      };
      for (let wanted = cellsWanted(crowd, config.cores, config.cellsPerActionMax); wanted > 0; wanted -= 1) {
        if (starting >= config.startingMax) return;
        const hasRoom = makeRoom(lane.action.limits.memoryMb);
        // Nobody who already has a process may take the room that somebody without one waits for.
        if (!hasRoom && lane.slots.size === 0) return;
        if (!hasRoom) break;
        start(lane);
      }
    }
  }

  /** Whether there is room for one more process now; if not, idle ones are told to go, wherever they belong. */
  function makeRoom(memoryMb: number): boolean {
    for (;;) {
      const fits = allowance.fits(memoryMb);
      if (fits !== "no") return fits === "now";
      const victim = leastRecentlyUsed();
      if (victim === undefined) return false;
      evicted += 1;
      dismiss(victim);
    }
  }

  function leastRecentlyUsed(): Slot | undefined {
    let oldest: Slot | undefined;
    for (const { idle } of lanes.values()) {
      const [candidate] = idle;
      if (candidate !== undefined && candidate.usedAtMs < (oldest?.usedAtMs ?? Number.POSITIVE_INFINITY)) {
        oldest = candidate;
      }
    }
    return oldest;
  }

  function start(lane: Lane): void {
    const { action } = lane;
    const { memoryMb } = action.limits;
    const events: CellEvents = { ready: onReady, free: onFree, gone: onGone };
    let cell: Cell;
    try {
      cell = startCell(action, events);
    } catch (error) {
      failToStart(lane, { error, of: "process" });
      return;
    }
    const slot: Slot = { lane, memoryMb, cell, state: "starting", usedAtMs: clock.monotonicMs() };
    lane.slots.add(slot);
    allowance.take(memoryMb);
    starting += 1;
    started += 1;

    function onReady(): void {
      if (slot.state !== "starting") return;
      starting -= 1;
      serveNext(slot);
      grow();
    }

    function onFree(): void {
      if (slot.state === "busy") serveNext(slot);
    }

    function onGone({ handedBack, startFailure }: CellEnd): void {
      const wasLeaving = slot.state === "leaving";
      allowance.giveBack(memoryMb, wasLeaving);
      remove(slot);
      if (handedBack !== null) queue.add(lane, handedBack, "first");
      if (startFailure !== null && !wasLeaving) failToStart(lane, startFailure);
      settleDown(lane);
    }
  }

  /** What the end of a process may bring: others start, its lane is empty, nothing is left to wait for. */
  function settleDown(lane: Lane): void {
    grow();
    keepTicking();
    if (lane.slots.size === 0 && lane.waiting.length === 0) lanes.delete(lane.key);
    if (allowance.cells === 0 && queue.length === 0) drained?.resolve();
  }

  /**
   * Without any other process to wait for, calls are told what happened: all of them if there is no code to run, the
   * oldest if there was no room for the process, which the next one may find.
   */
  function failToStart(lane: Lane, { error, of }: NonNullable<CellEnd["startFailure"]>): void {
    if (of === "process") onStartFailure(error);
    if (lane.slots.size > 0) return;
    if (of === "process") {
      const call = queue.next(lane);
      call?.resolve(outcomeWithoutRun(call, verdicts.notProvisioned(), clock));
      return;
    }
    for (let call = queue.next(lane); call !== undefined; call = queue.next(lane)) call.reject(error);
  }

  /** A process has nothing to do: its action's oldest call is next, if there is no stronger claim to its room. */
  function serveNext(slot: Slot): void {
    if (owed > 0) {
      owed -= 1;
      evicted += 1;
      dismiss(slot);
      return;
    }
    const call = queue.next(slot.lane);
    if (call !== undefined) {
      assign(slot, call);
    } else if (slot.lane.isRetired || drained !== null) {
      dismiss(slot);
    } else {
      slot.state = "idle";
      slot.usedAtMs = clock.monotonicMs();
      slot.lane.idle.push(slot);
    }
  }

  function dismiss(slot: Slot): void {
    remove(slot);
    slot.state = "leaving";
    allowance.announce(slot.memoryMb);
    slot.cell.kill(verdicts.shutDown());
  }

  function remove(slot: Slot): void {
    const { lane, state } = slot;
    lane.slots.delete(slot);
    if (state === "starting") starting -= 1;
    if (state === "idle") lane.idle.splice(lane.idle.indexOf(slot), 1);
  }

  function keepTicking(): void {
    if (isTicking || queue.length === 0) return;
    isTicking = true;
    after(ROUND_MS, () => {
      isTicking = false;
      queue.advance();
      owed = queue.lanesByUrgency().filter(isStarving).length;
      grow();
      keepTicking();
    });
  }

  function isStarving(lane: Lane): boolean {
    const hasWaitedLong = lane.slots.size === 0 && queue.overdue(lane, STARVED_ROUNDS) > 0;
    return hasWaitedLong && allowance.fits(lane.action.limits.memoryMb) === "no";
  }

  /** Lets go of the processes of an action that was changed or deleted. */
  function retire(namespaceId: string, qualifiedName: string): void {
    for (const lane of lanes.values()) {
      if (lane.action.namespaceId !== namespaceId || lane.action.qualifiedName !== qualifiedName) continue;
      lane.isRetired = true;
      for (const slot of [...lane.idle]) dismiss(slot);
    }
  }

  /** Lets go of processes that nobody has used for a while. */
  function dismissUnused(): void {
    const usedSinceMs = clock.monotonicMs() - config.idleTtlMs;
    for (const { idle } of lanes.values()) {
      for (const slot of idle.filter(({ usedAtMs }) => usedAtMs <= usedSinceMs)) dismiss(slot);
    }
  }

  /** Takes no new calls; resolves when the accepted ones are done, or were stopped after `graceMs`, and no process is left. */
  function drain(graceMs: number): Promise<void> {
    if (drained !== null) return drained.promise;
    drained = Promise.withResolvers();
    for (const slot of everySlot()) if (slot.state === "idle") dismiss(slot);
    after(graceMs, stopEverything);
    if (allowance.cells === 0 && queue.length === 0) drained.resolve();
    return drained.promise;
  }

  function stopEverything(): void {
    for (const call of queue.empty()) call.reject(runtimeErrors.draining());
    for (const slot of everySlot()) dismiss(slot);
    if (allowance.cells === 0) drained?.resolve();
  }

  function everySlot(): Slot[] {
    return [...lanes.values()].flatMap(({ slots }) => [...slots]);
  }

  function stats(): RuntimeStats {
    const count = (state: Slot["state"]) => everySlot().filter((slot) => slot.state === state).length;
    return {
      cells: allowance.cells,
      starting,
      idle: count("idle"),
      busy: count("busy"),
      queued: queue.length,
      memoryMb: allowance.memoryMb,
      started,
      evicted,
    };
  }

  return { submit, retire, dismissUnused, drain, stats };
}
