/** What the rule looks at: one action revision and the calls that wait for it. */
export type Crowd = {
  /** Its processes, those that are starting included. */
  readonly cells: number;
  readonly starting: number;
  /** Calls that wait. */
  readonly waiting: number;
  /** Those among them that have waited for as long as a new process takes to come up. */
  readonly overdue: number;
  /** Whether somebody has been waiting all that time, if not always the same call. */
  readonly crowded: boolean;
};

/**
 * How many processes to start for an action now.
 *
 * Short calls are served sooner by a process that exists than by a new one, and more processes than cores only help
 * functions that wait for something else. So: one when there is none; one more up to the number of cores while calls keep
 * waiting; beyond that only for calls that have waited as long as a start takes, doubling at most.
 */
export function cellsWanted(crowd: Crowd, cores: number, cellsMax: number): number {
  if (crowd.waiting === 0) return 0;
  if (crowd.cells === 0) return 1;
  const wished = crowd.cells < cores ? Number(crowd.crowded) : Math.min(crowd.overdue, crowd.cells);
  return Math.max(0, Math.min(wished - crowd.starting, cellsMax - crowd.cells));
}
