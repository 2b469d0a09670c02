import { expect, test } from "vitest";
import { nextVersion } from "./version.ts";

test.each([
  ["0.0.1", "0.0.2"],
  ["0.0.9", "0.0.10"],
  ["1.4.99", "1.4.100"],
])("after %s comes %s", (version, next) => {
  expect(nextVersion(version)).toBe(next);
});
