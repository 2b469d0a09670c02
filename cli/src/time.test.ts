import { expect, test } from "vitest";
import { UsageError } from "./failure.ts";
import { parseTime, parseTimestamp } from "./time.ts";

const NOW = Date.parse("2026-03-01T10:00:00Z");

test.each([
  { text: "1772359200000", instant: 1_772_359_200_000 },
  { text: "0", instant: 0 },
  { text: "45s", instant: Date.parse("2026-03-01T09:59:15Z") },
  { text: "30m", instant: Date.parse("2026-03-01T09:30:00Z") },
  { text: "2h", instant: Date.parse("2026-03-01T08:00:00Z") },
  { text: "7d", instant: Date.parse("2026-02-22T10:00:00Z") },
  { text: "99999999d", instant: 0 },
  { text: "2026-02-28", instant: Date.parse("2026-02-28T00:00:00Z") },
  { text: "2026-02-28T12:30Z", instant: Date.parse("2026-02-28T12:30:00Z") },
  { text: "2026-02-28T12:30:00+02:00", instant: Date.parse("2026-02-28T10:30:00Z") },
  { text: undefined, instant: undefined },
])("$text is $instant", ({ text, instant }) => {
  expect(parseTime(text, "since", NOW)).toBe(instant);
});

test.each(["", "x", "-1", "1w", "1.5h", "2026-13-01", "2026-02-28T12:30", "tomorrow", "1 h", "8640000000000001"])(
  "%j is no time, and whoever typed it is told how to write one",
  (text) => {
    expect(() => parseTime(text, "since", NOW)).toThrow(UsageError);
    expect(() => parseTime(text, "since", NOW)).toThrow("--since");
  },
);

test("the control plane is told the same instant in its own form", () => {
  expect(parseTimestamp("30m", "since", NOW)).toBe("2026-03-01T09:30:00.000Z");
  expect(parseTimestamp(undefined, "since", NOW)).toBeUndefined();
});
