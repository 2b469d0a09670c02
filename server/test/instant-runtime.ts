import { availableKinds, type JsonValue, type RunOutcome, type Runtime } from "../src/runtime/index.ts";

/** What a run that gave `result` comes to, at the beginning of time. */
export const outcome = (result: JsonValue, some: Partial<RunOutcome> = {}): RunOutcome => ({
  status: "success",
  result,
  resultBytes: JSON.stringify(result).length,
  startedAt: 0,
  endedAt: 0,
  waitMs: 0,
  initMs: null,
  timedOut: false,
  logs: Promise.resolve([]),
  ...some,
});

/**
 * Runs no processes, for tests of what is around a run: an action gives back what it is called with, unless `run` says
 * otherwise. Code is loaded as on a cold start.
 */
export function createInstantRuntime(run?: Runtime["run"]): Runtime {
  const echo: Runtime["run"] = async (action, { value }) => {
    await action.loadCode();
    return outcome(value);
  };
  return {
    kinds: availableKinds,
    run: run ?? echo,
    retire: () => {},
    drain: async () => {},
    stats: () => ({ cells: 0, starting: 0, idle: 0, busy: 0, queued: 0, memoryMb: 0, started: 0, evicted: 0 }),
  };
}
