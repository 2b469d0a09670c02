import type { Call } from "../src/runtime/call.ts";
import type { Cell, CellEnd, CellEvents } from "../src/runtime/cell.ts";
import type { ActionToRun, RunOutcome, RunRequest, RuntimeConfig } from "../src/runtime/model.ts";
import { createPool, type Pool } from "../src/runtime/pool.ts";
import { createFakeClock } from "./fake-clock.ts";

/** A cell without a process: it does what the test says, when the test says so, and complains about misuse. */
export type Puppet = {
  readonly action: ActionToRun;
  readonly state: "starting" | "waiting" | "performing" | "killed" | "gone";
  readonly performing: Call | null;
  /** Comes up. */
  ready(): void;
  /** Answers its call and is free again. */
  finish(): void;
  /** Ends; of a killed one this is what the pool waits for. */
  vanish(end?: Partial<CellEnd>): void;
};

/** A call, and what became of it. */
export type Submitted = { readonly call: Call; settled: "resolved" | "rejected" | null; outcome: RunOutcome | null };

const SIZE: Omit<RuntimeConfig, "scratchDirectory"> = {
  cores: 2,
  cellsMax: 8,
  cellsPerActionMax: 4,
  memoryMbMax: 2048,
  startingMax: 4,
  queuedMax: 10,
  idleTtlMs: 60_000,
};

/** An action whose name, revision and memory are all that matters. */
export function actionNamed(name: string, memoryMb = 256, revision = "1"): ActionToRun {
  return {
    namespaceId: "ns",
    qualifiedName: `/ns/${name}`,
    version: "0.0.1",
    revision,
    kind: "nodejs:24",
    main: "",
    binary: false,
    loadCode: async () => "",
    environment: {},
    limits: { timeoutMs: 1000, memoryMb, logsBytes: 1000 },
  };
}

/** A real pool over puppets, in a time that passes round by round. */
export function createPuppetPool(size: Partial<typeof SIZE> = {}) {
  const clock = createFakeClock();
  const config = { ...SIZE, ...size };
  const puppets: Puppet[] = [];
  let due: { delayMs: number; callback: () => void }[] = [];

  function startCell(action: ActionToRun, events: CellEvents): Cell {
    let state: Puppet["state"] = "starting";
    let performing: Call | null = null;
    const settle = (call: Call): void => call.resolve(outcome());
    puppets.push({
      action,
      get state() {
        return state;
      },
      get performing() {
        return performing;
      },
      ready() {
        state = "waiting";
        events.ready();
      },
      finish() {
        if (performing !== null) settle(performing);
        performing = null;
        state = "waiting";
        events.free();
      },
      vanish(end = {}) {
        if (performing !== null && end.handedBack === undefined) settle(performing);
        performing = null;
        state = "gone";
        events.gone({ handedBack: null, startFailure: null, ...end });
      },
    });
    return {
      pid: 1,
      memoryMb: action.limits.memoryMb,
      isBusy: () => performing !== null,
      perform(call) {
        if (state !== "waiting") throw new Error(`a ${state} cell was given a call`);
        if (call.action !== action) throw new Error("a cell was given another action's call");
        performing = call;
        state = "performing";
      },
      kill() {
        if (state === "killed" || state === "gone") throw new Error(`a ${state} cell was killed`);
        if (performing !== null) settle(performing);
        performing = null;
        state = "killed";
      },
    };
  }

  const pool: Pool = createPool({
    clock,
    config,
    startCell,
    after: (delayMs, callback) => due.push({ delayMs, callback }),
    onStartFailure: () => {},
  });

  function submit(action: ActionToRun, begin: RunRequest["begin"] = null): Submitted {
    const submitted: Submitted = {
      call: {
        action,
        request: { activationId: "", transactionId: "", apiHost: "", apiKey: null, begin, value: {} },
        valueJson: "{}",
        acceptedAtMs: clock.monotonicMs(),
        hasBegun: begin === null,
        handedBack: false,
        resolve: (outcome) => settleAs("resolved", outcome),
        reject: () => settleAs("rejected", null),
      },
      settled: null,
      outcome: null,
    };
    function settleAs(how: "resolved" | "rejected", outcome: RunOutcome | null): void {
      if (submitted.settled !== null) throw new Error("a call was answered twice");
      submitted.settled = how;
      submitted.outcome = outcome;
    }
    pool.submit(submitted.call);
    return submitted;
  }

  /** Calls back those who wait for less than a second, or those who wait for longer. */
  function pass(isLong: boolean): void {
    const [now, later] = [due.filter(isDue), due.filter((one) => !isDue(one))];
    due = later;
    for (const { callback } of now) callback();
    function isDue({ delayMs }: { delayMs: number }): boolean {
      return delayMs >= 1000 === isLong;
    }
  }

  return {
    pool,
    config,
    clock,
    puppets,
    submit,
    passRound: () => pass(false),
    passGrace: () => pass(true),
    alive: () => puppets.filter(({ state }) => state !== "gone"),
  };
}

function outcome(): RunOutcome {
  return {
    status: "success",
    result: {},
    resultBytes: 2,
    startedAt: 0,
    endedAt: 0,
    waitMs: 0,
    initMs: null,
    timedOut: false,
    logs: Promise.resolve([]),
  };
}
