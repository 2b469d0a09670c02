import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFakeClock } from "../../test/fake-clock.ts";
import { createLogCollector, type LogStream } from "./log-lines.ts";

const AT = "2026-03-23T09:15:00.000000000Z";
const PREFIX_BYTES = `${AT} stdout: `.length;

/** The lines of what was written, in order. */
function collect(written: readonly [LogStream, string | Buffer][], limitBytes = 10_000): readonly string[] {
  const collector = createLogCollector(createFakeClock(), limitBytes);
  for (const [stream, text] of written) collector.write(stream, Buffer.from(text));
  return collector.finish();
}

const texts = (lines: readonly string[]) => lines.map((line) => line.slice(PREFIX_BYTES));

describe("a log line", () => {
  test("has its time in 30 columns, its stream, and its text after a colon and a space", () => {
    expect(
      collect([
        ["stdout", "one\n"],
        ["stderr", "two: three\n"],
      ]),
    ).toEqual([`${AT} stdout: one`, `${AT} stderr: two: three`]);
    expect(AT).toHaveLength(30);
  });

  test("bears the time at which it came", () => {
    const clock = createFakeClock();
    const collector = createLogCollector(clock, 1000);
    collector.write("stdout", Buffer.from("early\n"));
    clock.advance(1234);
    collector.write("stdout", Buffer.from("late\n"));
    expect(collector.finish()).toEqual([`${AT} stdout: early`, "2026-03-23T09:15:01.234000000Z stdout: late"]);
  });

  test("may be empty, and may lack its end when it is the last one", () => {
    expect(texts(collect([["stdout", "\n\nlast"]]))).toEqual(["", "", "last"]);
  });

  test("keeps its characters whichever byte a chunk ends at", () => {
    const text = "Grüße 世界 🗝";
    fc.assert(
      fc.property(fc.array(fc.nat(Buffer.byteLength(text)), { maxLength: 8 }), (places) => {
        const bytes = Buffer.from(`${text}\n${text}`);
        const edges = [0, ...places, bytes.length].sort((a, b) => a - b);
        const chunks = edges
          .slice(1)
          .map((edge, index): [LogStream, Buffer] => ["stdout", bytes.subarray(edges[index], edge)]);
        expect(texts(collect(chunks))).toEqual([text, text]);
      }),
    );
  });

  test("is not mixed with one that the other stream has begun", () => {
    const lines = collect([
      ["stdout", "out-"],
      ["stderr", "err-"],
      ["stdout", "put\n"],
      ["stderr", "or\n"],
    ]);
    expect(lines).toEqual([`${AT} stdout: out-put`, `${AT} stderr: err-or`]);
  });
});

describe("a flood", () => {
  const notice = (limit: number) =>
    `${AT} stderr: Logs were truncated because the total bytes size exceeds the limit of ${limit} bytes.`;

  test("is cut at the limit, timestamps counted, and says so", () => {
    const limit = 3 * PREFIX_BYTES + 12;
    const lines = collect([["stdout", "12345\n12345\n12345\n12345\n"]], limit);
    expect(lines).toEqual([`${AT} stdout: 12345`, `${AT} stdout: 12345`, `${AT} stdout: 12`, notice(limit)]);
  });

  test("without a line end is cut too, between two characters", () => {
    const limit = PREFIX_BYTES + 8;
    expect(collect([["stderr", "世界世界世界"]], limit)).toEqual([`${AT} stderr: 世界`, notice(limit)]);
  });

  test("is cut before it ends, if it ever does", () => {
    const lines = collect(
      [
        ["stdout", "x".repeat(100)],
        ["stderr", "y\n"],
      ],
      PREFIX_BYTES + 10,
    );
    expect(lines).toEqual([`${AT} stdout: ${"x".repeat(10)}`, notice(PREFIX_BYTES + 10)]);
  });

  test("drops what comes after it on either stream", () => {
    const limit = PREFIX_BYTES + 5;
    const lines = collect(
      [
        ["stderr", "err"],
        ["stdout", "1234567\n"],
        ["stderr", "or\n"],
      ],
      limit,
    );
    expect(lines).toEqual([`${AT} stdout: 12345`, notice(limit)]);
  });

  test("of empty lines, or of single bytes, is held no longer than the limit", () => {
    const lines = collect([["stdout", Buffer.alloc(1_000_000, "\n")]], 1000);
    expect(lines).toHaveLength(Math.floor(1000 / PREFIX_BYTES) + 1);
    const bytes = Array.from({ length: 5000 }, (): [LogStream, string] => ["stdout", "x"]);
    expect(texts(collect(bytes, 1000))[0]).toHaveLength(1000 - PREFIX_BYTES);
  });

  test("is nothing but the notice when no logs are kept", () => {
    expect(collect([["stdout", "x\n"]], 0)).toEqual([notice(0)]);
    expect(collect([], 0)).toEqual([]);
  });
});
