import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { createGate } from "./gate.ts";

test("a gate lets so many through at a time, in order, and a failure does not block it", async () => {
  const gate = createGate(3);
  const load = { now: 0, most: 0 };
  const started: number[] = [];
  const work = Array.from({ length: 20 }, (_, index) =>
    gate(async () => {
      started.push(index);
      load.now += 1;
      load.most = Math.max(load.most, load.now);
      await delay(1);
      load.now -= 1;
      if (index % 2 === 0) throw new Error(`odd one ${index}`);
      return index;
    }),
  );
  const outcomes = await Promise.allSettled(work);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
  expect(started).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(load).toEqual({ now: 0, most: 3 });
  expect(await gate(async () => "still open")).toBe("still open");
});
