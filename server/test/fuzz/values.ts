import type { JsonSchema, JsonSchemas } from "@latchkey/contract/json-schemas";
import { NAMED_SCHEMAS } from "@latchkey/contract/json-schemas";
import type { Dice } from "./dice.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const STRINGS = [
  ...["a", "hello", "sample", "0.0.1", "nodejs:default", "sequence", "blackbox", "/_/hello", "/_/sample/hello", "_"],
  ...["0 0 29 2 *", "active", "inactive", "SCHEDULED", "fra1", "7d", "never", "true", "-1", "full", "10.0.0.0/8"],
  ...["", " ", "\u0000", "\n", "\u202e", "\ud800", "é", "😀", "__proto__", "constructor", "../..", "%00", "'; --"],
  ...["a/b/c", "/", "//", "/_/", "*", "fn-", "x".repeat(257), "x".repeat(5000), "\u001b[2J"],
] as const satisfies readonly [string, ...string[]];
const NUMBERS = [0, -0, 1, -1, 7, 0.5, 128, 256, 3000, 60_001, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, 1e-308] as const;
const KEYS = [
  "a",
  "key",
  "value",
  "error",
  "code",
  "__proto__",
  "constructor",
  "toString",
  "",
  "\u0000",
  "x.y",
] as const;
const SCRAPS = [null, true, false, [], {}, [[]], [null], { a: null }, [{ key: "k", value: 1 }]] as const;

/** Values that suit a schema, more or less. */
export function createValues(dice: Dice, { named }: Pick<JsonSchemas, "named">) {
  const junk = (): Json => {
    const kind = dice.below(4);
    if (kind === 0) return dice.pick(STRINGS);
    if (kind === 1) return dice.pick(NUMBERS);
    return dice.pick(SCRAPS);
  };

  const resolve = (schema: JsonSchema): JsonSchema => {
    const { $ref } = schema;
    return $ref === undefined ? schema : (named[$ref.replace(NAMED_SCHEMAS, "")] ?? {});
  };

  const object = ({ properties = {}, additionalProperties }: JsonSchema, depth: number): Json => {
    const entries = Object.entries(properties).flatMap(([key, of]): [string, Json][] =>
      typeof of === "object" && dice.happens(0.75) ? [[key, valueFor(of, depth + 1)]] : [],
    );
    const isOpen = additionalProperties !== undefined && additionalProperties !== false;
    if (isOpen || dice.happens(0.1)) entries.push([dice.pick(KEYS), junk()]);
    // Makes a property of every key, `__proto__` too.
    return Object.fromEntries(entries);
  };

  /** A value of the schema's type three times out of four, and anything at all otherwise. */
  function valueFor(described: JsonSchema, depth = 0): Json {
    if (depth > 6 || dice.happens(0.25)) return junk();
    const schema = resolve(described);
    const [first, ...others] = (schema.anyOf ?? schema.oneOf ?? []).filter((one) => typeof one === "object");
    if (first !== undefined) return valueFor(dice.pick([first, ...others]), depth + 1);
    switch (schema.type) {
      case "object":
        return object(schema, depth);
      case "array": {
        const { items } = schema;
        const of = typeof items === "object" && !Array.isArray(items) ? items : {};
        return Array.from({ length: dice.below(4) }, () => valueFor(of, depth + 1));
      }
      case "string":
        return dice.pick(STRINGS);
      case "integer":
      case "number":
        return dice.pick(NUMBERS);
      case "boolean":
        return dice.happens(0.5);
      default:
        return junk();
    }
  }

  return { valueFor, text: (): string => dice.pick(STRINGS) };
}
