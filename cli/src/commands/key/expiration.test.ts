import { expect, test } from "vitest";
import { UsageError } from "../../failure.ts";
import { parseExpiration } from "./expiration.ts";

test.each(["12h", "1h", "30d", "never", "3650d"])("%s is passed on", (text) => {
  expect(parseExpiration(` ${text} `)).toBe(text);
});

// do-functions-api 7.4
const format = (text: string) =>
  `invalid expiration format '${text}'. Must be in format <int>h or <int>d (e.g., 1h, 7d)`;
test.each([
  { given: undefined, says: "expiration duration cannot be empty" },
  { given: "  ", says: "expiration duration cannot be empty" },
  { given: "30m", says: format("30m") },
  { given: "abc", says: format("abc") },
  { given: "h", says: format("h") },
  { given: "1.5d", says: format("1.5d") },
  { given: "1h30m", says: format("1h30m") },
  { given: "Never", says: format("Never") },
  { given: "+7d", says: format("+7d") },
  { given: "0h", says: "expiration duration must be a positive number" },
  { given: "-1d", says: "expiration duration must be a positive number" },
])("$given is refused in doctl's words", ({ given, says }) => {
  expect(() => parseExpiration(given)).toThrow(UsageError);
  expect(() => parseExpiration(given)).toThrow(says);
});
