import type { Option } from "../../command.ts";

const HOUR_MS = 3_600_000;
const UNITS_MS: { readonly [unit: string]: number } = { h: HOUR_MS, d: 24 * HOUR_MS };

const WHEN = "a time (2026-03-23T09:15:00Z), a date, or how long ago (24h, 7d)";

/** From when and until when. */
export const spanOptions = {
  since: { kind: "text", value: "time", about: `from then on: ${WHEN}` },
  until: { kind: "text", value: "time", about: "before then, said in the same way" },
} as const satisfies Record<string, Option>;

/** `24h` and `7d` as the time that was so long ago; whatever else is said, the server understands or refuses. */
export function toTime(text: string | undefined, nowMs: number): string | undefined {
  const [, count, unit = ""] = /^(\d{1,6})([hd])$/.exec(text?.trim() ?? "") ?? [];
  if (count === undefined) return text;
  return new Date(nowMs - Number(count) * (UNITS_MS[unit] ?? 0)).toISOString();
}
