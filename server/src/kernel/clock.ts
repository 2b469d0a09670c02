/** An instant: integer milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** The only source of time. Rules take `now` as an argument; services ask a `Clock`. */
export type Clock = {
  /** Wall-clock time; may step when the host's clock is corrected. */
  now(): EpochMs;
  /** Milliseconds since an arbitrary origin; never goes back. For durations and leases. */
  monotonicMs(): number;
};

/** The host's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
};
