import { expect, test } from "vitest";
import { activatedFunction, stripLogLine } from "./activations.ts";

test.each([
  ["2026-05-13T15:13:11.580825656Z stdout: Hello: world", "Hello: world"],
  ["2026-05-13T15:13:11.58Z         stderr: oops", "oops"],
  ["no prefix: at all", "no prefix: at all"],
])("%j without time and stream is %j", (line, stripped) => {
  expect(stripLogLine(line)).toBe(stripped);
});

test.each([
  { path: "fn-1/billing/send", is: "billing/send" },
  { path: "fn-1/send", is: "send" },
  { path: undefined, is: "send" },
  { path: 7, is: "send" },
])("the function of $path is $is", ({ path, is }) => {
  const annotations = path === undefined ? [] : [{ key: "path", value: path }];
  expect(activatedFunction({ name: "send", annotations })).toBe(is);
});
