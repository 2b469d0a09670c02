import { expect, test } from "vitest";
import { type AskedLimits, checkLimits, checkSize, chooseLimits, DEFAULT_LIMITS } from "./limits.ts";

const asked = (some: Partial<AskedLimits>): AskedLimits => ({
  timeoutMs: null,
  memoryMb: null,
  logsMb: null,
  concurrency: null,
  ...some,
});

test.each([
  {
    ask: { timeoutMs: 900_001 },
    says: "duration 900001 milliseconds exceeds allowed threshold of 900000 milliseconds",
  },
  { ask: { timeoutMs: 99 }, says: "duration 99 milliseconds below allowed threshold of 100 milliseconds" },
  { ask: { memoryMb: 1025 }, says: "memory size 1025 MB exceeds allowed threshold of 1024 MB" },
  { ask: { memoryMb: 127 }, says: "memory size 127 MB below allowed threshold of 128 MB" },
  { ask: { logsMb: 11 }, says: "log size 11 MB exceeds allowed threshold of 10 MB" },
  { ask: { logsMb: -1 }, says: "log size -1 MB below allowed threshold of 0 MB" },
  { ask: { concurrency: 2 }, says: "concurrency 2 exceeds allowed threshold of 1" },
  { ask: { concurrency: 0 }, says: "concurrency 0 below allowed threshold of 1" },
])("$ask is refused: $says", ({ ask, says }) => {
  expect(() => checkLimits(asked(ask), DEFAULT_LIMITS)).toThrow(expect.objectContaining({ status: 400, says }));
});

test.each([
  {},
  { timeoutMs: 100, memoryMb: 128, logsMb: 0, concurrency: 1 },
  { timeoutMs: 900_000, memoryMb: 1024, logsMb: 10 },
])("%j is allowed", (ask) => {
  expect(() => checkLimits(asked(ask), DEFAULT_LIMITS)).not.toThrow();
});

test("each limit that is not asked for stays, or is the default of a new action", () => {
  const stored = { timeoutMs: 5000, memoryMb: 512, logsMb: 1 };
  expect(chooseLimits(asked({ memoryMb: 128 }), stored, DEFAULT_LIMITS)).toEqual({ ...stored, memoryMb: 128 });
  expect(chooseLimits(asked({ timeoutMs: 100 }), null, DEFAULT_LIMITS)).toEqual({
    timeoutMs: 100,
    memoryMb: 256,
    logsMb: 10,
  });
});

test("a part of a request may be as large as its limit and not one byte larger", () => {
  expect(() => checkSize("parameters", 10, 10)).not.toThrow();
  expect(() => checkSize("parameters", 11, 10)).toThrow(
    expect.objectContaining({ status: 413, says: "parameters larger than allowed: 11 > 10 bytes." }),
  );
});
