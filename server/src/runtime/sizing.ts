import type { RuntimeConfig } from "./model.ts";

/** How much of a machine functions may take unless told otherwise. */
export function runtimeSizeFor(host: { memoryMb: number; cores: number }): Omit<RuntimeConfig, "scratchDirectory"> {
  return {
    cores: host.cores,
    cellsMax: 128,
    cellsPerActionMax: 64,
    // Limits are seldom reached: a warm process that idles takes some 10 MB of its own.
    memoryMbMax: Math.max(512, Math.floor(host.memoryMb / 2)),
    startingMax: 2 * host.cores,
    queuedMax: 1000,
    idleTtlMs: 10 * 60_000,
  };
}
