import { expect, test } from "vitest";
import { createFakeClock } from "../../../test/fake-clock.ts";
import { DEFAULT_LIMITS } from "../model/limits.ts";
import { createThrottle } from "./throttle.ts";

const start = (limits: { invocationsPerMinute?: number; concurrentInvocations?: number }) => {
  const clock = createFakeClock(Date.UTC(2026, 0, 1, 12, 0, 30));
  return {
    clock,
    throttle: createThrottle({ clock, limits: { ...DEFAULT_LIMITS, ...limits } }),
  };
};

test("a minute of the wall clock lets through as many as allowed, and says how many it counted", () => {
  const { clock, throttle } = start({ invocationsPerMinute: 3 });
  for (let count = 0; count < 3; count += 1) throttle.enter("a")();
  for (const count of [4, 5]) {
    expect(() => throttle.enter("a")).toThrow(
      expect.objectContaining({
        status: 429,
        says: `Too many requests in the last minute (count: ${count}, allowed: 3).`,
      }),
    );
  }
  clock.advance(29_999);
  expect(() => throttle.enter("a")).toThrow();
  clock.advance(1);
  throttle.enter("a")();
});

test("a call that goes on while the minute turns does not carry the old minute's count over", () => {
  const { clock, throttle } = start({ invocationsPerMinute: 2 });
  throttle.enter("a");
  throttle.enter("a");
  clock.advance(60_000);
  throttle.enter("a");
  throttle.enter("a");
  expect(() => throttle.enter("a")).toThrow();
});

test("as many may run at a time as allowed; each that ends makes room for one", () => {
  const { clock, throttle } = start({ concurrentInvocations: 2 });
  const leaveFirst = throttle.enter("a");
  throttle.enter("a");
  const full = expect.objectContaining({
    status: 429,
    says: "Too many concurrent requests in flight (count: 2, allowed: 2).",
  });
  expect(() => throttle.enter("a")).toThrow(full);
  clock.advance(120_000);
  expect(() => throttle.enter("a")).toThrow(full);
  leaveFirst();
  throttle.enter("a");
  expect(() => throttle.enter("a")).toThrow(full);
});

test("one namespace's calls are nothing to another", () => {
  const { throttle } = start({ invocationsPerMinute: 1, concurrentInvocations: 1 });
  throttle.enter("a");
  expect(() => throttle.enter("a")).toThrow();
  throttle.enter("b");
});

test("what is refused for running too many at a time takes up no room itself", () => {
  const { throttle } = start({ concurrentInvocations: 1 });
  const leave = throttle.enter("a");
  for (let count = 0; count < 5; count += 1) expect(() => throttle.enter("a")).toThrow();
  leave();
  throttle.enter("a");
});
