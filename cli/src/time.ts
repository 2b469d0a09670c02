import { UsageError } from "./failure.ts";

/** For the help of options that `parseTime` reads. */
export const TIME_FORMS = "2026-03-01T10:00:00Z, or 30m, 2h, 7d ago, or milliseconds since 1970";

const UNIT_MS: { readonly [unit: string]: number } = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** What a date can hold (ECMA-262, time values). */
const LATEST_MS = 8.64e15;
/** With a zone: what is meant must not depend on where it is typed. */
const DATED = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * Reads an instant as people write it, in epoch milliseconds. A date alone is its midnight in UTC.
 * @throws UsageError for anything else; `option` is the option it was given to
 */
export function parseTime(text: string | undefined, option: string, now: number): number | undefined {
  if (text === undefined) return undefined;
  const instant = read(text, now);
  if (instant <= LATEST_MS) return Math.max(0, instant);
  throw new UsageError(`'${text}' is no time for --${option}`, `Write it as ${TIME_FORMS}`);
}

/** The same as the control plane takes it: RFC 3339, in UTC. */
export function parseTimestamp(text: string | undefined, option: string, now: number): string | undefined {
  const instant = parseTime(text, option, now);
  return instant === undefined ? undefined : new Date(instant).toISOString();
}

function read(text: string, now: number): number {
  const [, count, unit = ""] = /^(\d+)([smhd]?)$/.exec(text) ?? [];
  if (count === undefined) return DATED.test(text) ? Date.parse(text) : Number.NaN;
  const unitMs = UNIT_MS[unit];
  return unitMs === undefined ? Number(count) : now - Number(count) * unitMs;
}
