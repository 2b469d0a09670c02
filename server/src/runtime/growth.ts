/** What the rule looks at: one action revision and the calls that wait for it. */
export type Crowd = {
  /** Its processes, those that are starting included. */
  readonly cells: number;
  readonly starting: number;
  /** Calls that wait. */
  readonly waiting: number;
  /** Those among them that have waited for a full round, which is half of what a new process takes to come up. */
  readonly overdue: number;
  /** Calls that stopped waiting in the last round. */
  readonly served: number;
  /** Whether somebody has been waiting for a full round, if not always the same call. */
  readonly crowded: boolean;
};

/** A queue that will be gone within so many rounds at its present pace is left to the processes there are. */
const PATIENCE_ROUNDS = 4;

/**
 * How many processes to start for an action now.
 *
 * Short calls are served sooner by a process that exists than by a new one, and more processes than cores only help
 * functions that wait for something else. So: one when there is none; one more up to the number of cores while calls keep
 * waiting; beyond that only for calls that have waited long and will not be served soon, doubling at most. And nothing while
 * some are starting: what they bring is not known yet, and on a machine with too much to do already they only add to it.
 */
export function cellsWanted(crowd: Crowd, cores: number, cellsMax: number): number {
  if (crowd.waiting === 0 || crowd.starting > 0) return 0;
  if (crowd.cells === 0) return 1;
  const wished = crowd.cells < cores ? Number(crowd.crowded) : wishedBeyondCores(crowd);
  return Math.min(wished, cellsMax - crowd.cells);
}

function wishedBeyondCores({ waiting, overdue, served, cells }: Crowd): number {
  const willBeServedSoon = waiting <= served * PATIENCE_ROUNDS;
  return willBeServedSoon ? 0 : Math.min(overdue, cells);
}
