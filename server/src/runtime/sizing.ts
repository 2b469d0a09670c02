import type { RuntimeConfig } from "./model.ts";

/** The bounds that suit `memoryMb` for the limits of all live processes together, and this many processors. */
export function runtimeSizeFor(host: { memoryMb: number; cores: number }): Omit<RuntimeConfig, "scratchDirectory"> {
  return {
    cores: host.cores,
    // Memory is what bounds them; this is for functions that ask for little.
    cellsMax: 128,
    cellsPerActionMax: 64,
    memoryMbMax: host.memoryMb,
    startingMax: 2 * host.cores,
    queuedMax: 1000,
    idleTtlMs: 10 * 60_000,
  };
}
