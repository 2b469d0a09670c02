import fc from "fast-check";
import { expect, test } from "vitest";
import { digest } from "./digest.ts";

const json = fc.jsonValue({ maxDepth: 3 });

test("the order of keys does not matter", () => {
  expect(digest({ a: 1, b: { c: [2], d: null } })).toBe(digest({ b: { d: null, c: [2] }, a: 1 }));
});

test("everything else does", () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      const text = (value: unknown): string => JSON.stringify(value);
      fc.pre(text(a) !== text(b) && !sameButForOrder(a, b));
      expect(digest({ value: a })).not.toBe(digest({ value: b }));
    }),
  );
});

test.each([
  { a: ["b"], b: { 0: "b" } },
  { a: "1", b: 1 },
  { a: [["a", 1]], b: { a: 1 } },
  { a: [1, 2], b: [2, 1] },
])("$a is not $b", ({ a, b }) => {
  expect(digest(a)).not.toBe(digest(b));
});

function sameButForOrder(a: unknown, b: unknown): boolean {
  try {
    expect(a).toEqual(b);
    return true;
  } catch {
    return false;
  }
}
