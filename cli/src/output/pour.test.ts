import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { pour } from "./pour.ts";

async function* endless(made: { count: number }) {
  try {
    for (;;) {
      made.count += 1;
      yield "x\u202e";
    }
  } finally {
    made.count = -made.count;
  }
}

test("a text is written no faster than it is taken, and no more is made once nobody takes it", async () => {
  const made = { count: 0 };
  const events = new EventEmitter();
  const written: string[] = [];
  const sink = {
    write: (text: string) => written.push(text) % 3 !== 0,
    once: (event: string, listener: () => void) => events.once(event, listener),
  };
  const poured = pour(endless(made), sink);
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  await settle();
  expect(made.count).toBe(3);
  events.emit("drain");
  await settle();
  expect(made.count).toBe(6);
  events.emit("close");
  await poured;
  expect([made.count, written.length]).toEqual([-6, 6]);
  expect(written[0]).toBe("x\u202e");
});

test("a terminal gets nothing that it would obey", async () => {
  const written: string[] = [];
  await pour(
    (async function* () {
      yield "x\u202e\n";
    })(),
    { isTTY: true, write: (text) => written.push(text) },
  );
  expect(written).toEqual(["x\\u202e\n"]);
});
