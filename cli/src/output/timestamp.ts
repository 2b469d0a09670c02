/** `2026-03-01T10:00:00Z` as doctl prints it; nothing for what never happens. */
export const readableTimestamp = (timestamp: string | null): string =>
  timestamp === null ? "" : timestamp.replace("T", " ").replace("Z", " UTC");

/** An instant in epoch milliseconds, the same way. */
export const readableInstant = (epochMs: number): string =>
  readableTimestamp(`${new Date(epochMs).toISOString().slice(0, 19)}Z`);
