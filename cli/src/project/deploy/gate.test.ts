import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { createGate } from "./gate.ts";

test("a gate lets so many through at a time, also while others come and go, and a failure does not block it", async () => {
  const gate = createGate(3);
  const load = { now: 0, most: 0, done: 0 };
  /** Some work, after which comes more of it. */
  const work = async (generation: number): Promise<void> => {
    const passing = gate(async () => {
      load.now += 1;
      load.most = Math.max(load.most, load.now);
      await delay(1);
      load.now -= 1;
      load.done += 1;
      if (generation % 2 === 0) throw new Error("an even one");
    });
    await passing.catch(() => undefined);
    if (generation < 4) await Promise.all([work(generation + 1), work(generation + 1)]);
  };
  await Promise.all([work(1), work(1)]);
  expect(load).toEqual({ now: 0, most: 3, done: 30 });
});

test("a gate keeps the order in which work came", async () => {
  const gate = createGate(2);
  const started: number[] = [];
  const work = Array.from({ length: 20 }, (_, index) =>
    gate(async () => {
      started.push(index);
      await delay(1);
      return index;
    }),
  );
  const order = Array.from({ length: 20 }, (_, index) => index);
  expect(await Promise.all(work)).toEqual(order);
  expect(started).toEqual(order);
});
