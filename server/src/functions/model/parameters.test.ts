import fc from "fast-check";
import { expect, test } from "vitest";
import { argumentsOf, environmentOf, fixedKeysOf, mergeParameters, type Parameter } from "./parameters.ts";

const parameter = fc.record({
  key: fc.constantFrom("a", "b", "__proto__", "constructor", "toString"),
  value: fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.boolean()),
  init: fc.boolean(),
});
const layers = fc.array(fc.array(parameter, { maxLength: 5 }), { maxLength: 4 });

const lastOf = (all: readonly Parameter[], key: string) => all.findLast((entry) => entry.key === key);

test("of all entries with a key, in whatever layer, the last one wins, value and destination alike", () => {
  fc.assert(
    fc.property(layers, (input) => {
      const all = input.flat();
      const merged = mergeParameters(...input);
      expect(merged.map(({ key }) => key).sort()).toEqual([...new Set(all.map(({ key }) => key))].sort());
      for (const entry of merged) expect(entry).toEqual(lastOf(all, entry.key));
    }),
  );
});

test("every parameter is an argument or a variable, never both, and no key is special", () => {
  fc.assert(
    fc.property(layers, (input) => {
      const merged = mergeParameters(...input);
      const given = argumentsOf(merged);
      const environment = environmentOf(merged);
      for (const { key, init } of merged) {
        expect(Object.hasOwn(environment, key)).toBe(init);
        expect(Object.hasOwn(given, key)).toBe(!init);
      }
      expect(Object.keys(given).length + Object.keys(environment).length).toBe(merged.length);
      expect(Object.getPrototypeOf(given)).toBe(Object.prototype);
    }),
  );
});

test.each([
  { value: "text as it is", text: "text as it is" },
  { value: null, text: "" },
  { value: true, text: "true" },
  { value: 1.5, text: "1.5" },
  { value: { a: [1, null] }, text: '{"a":[1,null]}' },
  { value: [1, "b"], text: '[1,"b"]' },
])("the environment has $value as $text", ({ value, text }) => {
  expect(environmentOf([{ key: "X", value, init: true }])).toEqual({ X: text });
});

test("fixed are the parameters that have a value; null leaves a place to fill", () => {
  const parameters = [
    { key: "set", value: 0, init: false },
    { key: "variable", value: "x", init: true },
    { key: "open", value: null, init: false },
  ];
  expect(fixedKeysOf(parameters)).toEqual(["set", "variable"]);
});
