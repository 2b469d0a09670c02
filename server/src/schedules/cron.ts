import { Cron } from "croner";
import type { EpochMs } from "../kernel/clock.ts";

/** When a schedule runs. */
export type CronTimes = {
  /** The first time after `instant`, null if there is none. */
  next(instant: EpochMs): EpochMs | null;
};

/** Numbers, `*`, names of months and days, lists, ranges and steps: what every cron understands, and nothing of croner's own. */
const FIELD = "(?:\\d+|\\*|[A-Za-z]{3}|[,/-])+";
const FIVE_FIELDS = new RegExp(`^${FIELD}(?:[ \\t]+${FIELD}){4}$`);

/** Reads five fields, in UTC. Where day of month and day of week are both given, either will do. Undefined if it cannot be read. */
export function parseCron(text: string): CronTimes | undefined {
  const trimmed = text.trim();
  if (!FIVE_FIELDS.test(trimmed)) return undefined;
  try {
    // An offset, since a time zone's name costs a look-up on each calculation and UTC has no summer.
    const cron = new Cron(trimmed, { mode: "5-part", utcOffset: 0, paused: true });
    return { next: (instant) => cron.nextRun(new Date(instant))?.getTime() ?? null };
  } catch {
    return undefined;
  }
}
