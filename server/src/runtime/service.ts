import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import type { Random } from "../kernel/random.ts";
import { startCell } from "./cell.ts";
import { findHostTools } from "./confinement.ts";
import { runtimeErrors } from "./errors.ts";
import { availableKinds } from "./kinds.ts";
import { createMemoryWatch } from "./memory-watch.ts";
import type { ActionToRun, RunOutcome, RunRequest, Runtime, RuntimeConfig } from "./model.ts";
import { createPool } from "./pool.ts";
import { createScratch, removeLeftOvers } from "./scratch.ts";

/** What running functions needs. */
export type RuntimeDeps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly config: RuntimeConfig;
};

/** Unused processes are looked for this often in the time that they may stay. */
const LOOKS_PER_TTL = 4;

/** Runs functions in processes of their own on this machine. */
export function createRuntime({ clock, random, log, config }: RuntimeDeps): Runtime {
  const kinds = availableKinds();
  const tools = findHostTools();
  if (tools.setpriv === null) {
    log.warn({}, "setpriv (util-linux) is missing: a function in an endless loop would outlive a killed server");
  }
  const scratch = createScratch(config.scratchDirectory, process.pid, random);
  const onLitter = (error: unknown) => log.warn({ error }, "a folder of a function's process could not be removed");
  removeLeftOvers(config.scratchDirectory).catch(onLitter);

  const memoryWatch = createMemoryWatch(after);
  const pool = createPool({
    clock,
    config,
    after,
    startCell: (action, events) => startCell({ clock, scratch, tools, memoryWatch, onLitter }, action, events),
    onStartFailure: (error) => log.error({ error }, "a process for a function could not be started"),
  });
  const ageing = setInterval(pool.dismissUnused, config.idleTtlMs / LOOKS_PER_TTL).unref();

  async function run(action: ActionToRun, request: RunRequest): Promise<RunOutcome> {
    const { promise, resolve, reject } = Promise.withResolvers<RunOutcome>();
    const valueJson = writeValue(request);
    pool.submit({
      action,
      request,
      valueJson,
      acceptedAtMs: clock.monotonicMs(),
      hasBegun: request.begin === null,
      handedBack: false,
      resolve,
      reject,
    });
    return promise;
  }

  async function drain(graceMs: number): Promise<void> {
    await pool.drain(graceMs);
    clearInterval(ageing);
    await scratch.removeAll().catch(onLitter);
  }

  return { kinds: () => kinds, run, retire: pool.retire, drain, stats: pool.stats };
}

function writeValue({ value }: RunRequest): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    // Parsing takes any depth, writing does not.
    throw runtimeErrors.value_too_deep({ cause });
  }
}

/** Nothing that waits here keeps a server alive that has otherwise ended. */
function after(delayMs: number, callback: () => void): void {
  setTimeout(callback, delayMs).unref();
}
