import { expect, test } from "vitest";
import { createFairQueue, TOO_BUSY } from "./fair-queue.ts";

/** Work that ends when it is told to. */
function start(limits: Partial<Parameters<typeof createFairQueue>[0]> = {}) {
  const queue = createFairQueue({ atOnce: 1, waitingPerSource: 3, sources: 3, ...limits });
  const started: string[] = [];
  const endings: (() => void)[] = [];
  const add = (source: string, what = source) =>
    queue.run(source, () => {
      started.push(what);
      return new Promise<string>((resolve) => endings.push(() => resolve(what)));
    });
  const end = async (): Promise<void> => {
    endings.shift()?.();
    await new Promise(setImmediate);
  };
  return { queue, add, end, started };
}

test("no more runs at once than is allowed", async () => {
  const { add, end, started } = start({ atOnce: 2 });
  for (const what of ["a", "b", "c"]) void add(what);
  expect(started).toEqual(["a", "b"]);
  await end();
  expect(started).toEqual(["a", "b", "c"]);
});

test("sources take turns: one that sends little waits behind one piece of each other source, not behind all of them", async () => {
  const { add, end, started } = start();
  for (const what of ["flood 1", "flood 2", "flood 3", "flood 4"]) void add("flood", what);
  void add("owner");
  for (let count = 0; count < 4; count += 1) await end();
  expect(started).toEqual(["flood 1", "flood 2", "owner", "flood 3", "flood 4"]);
});

test("what waits is bounded for each source, and there is room again afterwards", async () => {
  const { add, end } = start();
  const kept = ["1", "2", "3", "4"].map((what) => add("flood", what));
  expect(await add("flood", "5")).toBe(TOO_BUSY);
  void add("owner");
  for (let count = 0; count < 5; count += 1) await end();
  expect(await Promise.all(kept)).toEqual(["1", "2", "3", "4"]);
  void add("flood", "6");
});

test("what waits is bounded in all", async () => {
  const { add } = start();
  for (const source of ["running", "a", "b", "c"]) void add(source);
  expect(await add("d")).toBe(TOO_BUSY);
});

test("work that fails fails for who asked, and the next one runs", async () => {
  const { queue } = start();
  const failing = queue.run("a", () => Promise.reject(new Error("no")));
  const following = queue.run("b", async () => "done");
  await expect(failing).rejects.toThrow("no");
  expect(await following).toBe("done");
});
