import { describe, expect, test } from "vitest";
import type { ProgressEvent } from "../../project/index.ts";
import { readableSize, tellProgress } from "./progress.ts";

function told(events: readonly ProgressEvent[], { verbose = false } = {}): string[] {
  const lines: string[] = [];
  const tell = tellProgress(
    { say: (text) => lines.push(text), warn: (text) => lines.push(`! ${text}`), complain: () => undefined },
    { verbose },
  );
  for (const event of events) tell(event);
  return lines;
}

const EVENTS: readonly ProgressEvent[] = [
  { kind: "building", target: "billing/send", command: "npm run build" },
  { kind: "output", target: "billing/send", line: "vite built" },
  { kind: "uploading", target: "billing/send", sizeBytes: 5000 },
];

describe("progress", () => {
  test("says what is built and uploaded", () => {
    expect(told(EVENTS)).toEqual(["Building billing/send: npm run build", "Uploading billing/send (4.9 kB)"]);
  });

  test("passes on what builds print when asked to", () => {
    expect(told(EVENTS, { verbose: true })).toContain("  vite built");
  });

  test("a failure is told with its reason and the last words of its build, even to those who want quiet", () => {
    const result = {
      name: "billing/send",
      outcome: "failed",
      reason: "the build failed",
      output: ["error TS1"],
    } as const;
    expect(told([{ kind: "function", result }])).toEqual(["! billing/send failed: the build failed\n  error TS1"]);
  });

  test("so is a package's", () => {
    const result = { name: "billing", outcome: "failed", reason: "no" } as const;
    expect(told([{ kind: "package", result }])).toEqual(["! package billing failed: no"]);
  });

  test("a schedule that failed is told although its function did not", () => {
    const trigger = { name: "nightly", outcome: "failed", reason: "the trigger 'nightly' was not created" } as const;
    const reach = { kind: "web", url: "http://h" } as const;
    const result = { name: "a", outcome: "created", version: "0.0.1", reach, triggers: [trigger] } as const;
    expect(told([{ kind: "function", result }])).toEqual(["! the trigger 'nightly' was not created"]);
  });
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 kB"],
  [1024 * 1024 * 12.25, "12.3 MB"],
])("%d bytes are %s", (bytes, text) => {
  expect(readableSize(bytes)).toBe(text);
});
