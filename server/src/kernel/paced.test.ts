import { expect, test } from "vitest";
import { createFakeClock } from "../../test/fake-clock.ts";
import { createPaced } from "./paced.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

function start() {
  const clock = createFakeClock();
  const paced = createPaced<number>({ clock, join: (earlier, later) => earlier + later });
  return { clock, paced };
}

test("what happens once is told at once, and once", () => {
  const { paced } = start();
  paced.add("a", 1);
  expect([paced.take("due"), paced.take("due"), paced.take("all")]).toEqual([[["a", 1]], [], []]);
});

test("what goes on is told after ever longer pauses, and nothing of it is lost", () => {
  const { clock, paced } = start();
  const told: [minute: number, gathered: number][] = [];
  for (let minute = 0; minute < 60; minute += 1) {
    paced.add("a", 1);
    for (const [, gathered] of paced.take("due")) told.push([minute, gathered]);
    clock.advance(MINUTE_MS);
  }
  expect(told).toEqual([
    [0, 1],
    [1, 1],
    [3, 2],
    [7, 4],
    [15, 8],
    [30, 15],
    [45, 15],
  ]);
  expect(paced.take("all")).toEqual([["a", 14]]);
});

test("what goes on for a day, however often, is told about a hundred times", () => {
  const { clock, paced } = start();
  let told = 0;
  for (let passed = 0; passed < DAY_MS; passed += 5_000) {
    paced.add("a", 1);
    told += paced.take("due").length;
    clock.advance(5_000);
  }
  expect(told).toBeLessThan(105);
});

test("what has paused for as long is told at once again", () => {
  const { clock, paced } = start();
  paced.add("a", 1);
  paced.take("due");
  clock.advance(MINUTE_MS);
  paced.take("due");
  paced.add("a", 1);
  expect(paced.take("due")).toEqual([["a", 1]]);
});

test("one that goes on keeps no other one waiting", () => {
  const { paced } = start();
  paced.add("a", 1);
  paced.take("due");
  paced.add("a", 1);
  paced.add("b", 1);
  expect(paced.take("due")).toEqual([["b", 1]]);
});

test("what could not be told is told next time, with what came since", () => {
  const { paced } = start();
  paced.add("a", 1);
  paced.giveBack(paced.take("due"));
  paced.add("a", 1);
  expect(paced.take("due")).toEqual([["a", 2]]);
});

test("very many names are not all remembered, neither while they wait nor once they were told", () => {
  const { clock, paced } = start();
  for (let name = 0; name < 10_000; name += 1) paced.add(`first ${name}`, 1);
  expect(paced.take("due")).toHaveLength(10_000);
  paced.add("one more", 1);
  expect(paced.take("all")).toEqual([]);
  clock.advance(15 * MINUTE_MS);
  paced.take("due");
  paced.add("one more", 1);
  expect(paced.take("due")).toEqual([["one more", 1]]);
});
