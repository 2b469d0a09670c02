import type { RuntimeConfig } from "./model.ts";

/** Bounds of the pool for a host with so many cores, where function processes may take so much memory in all. */
export function runtimeSizeFor({
  cores,
  memoryMb,
}: {
  cores: number;
  memoryMb: number;
}): Omit<RuntimeConfig, "scratchDirectory"> {
  return {
    cores,
    cellsMax: 128,
    cellsPerActionMax: 64,
    memoryMbMax: memoryMb,
    startingMax: 2 * cores,
    queuedMax: 1000,
    idleTtlMs: 10 * 60_000,
  };
}
