import type { JsonObject, JsonValue } from "../../runtime/index.ts";

/** A value bound to an action or a package: an argument or, with `init`, a variable of the process environment. */
export type Parameter = { readonly key: string; readonly value: JsonValue; readonly init: boolean };

/**
 * Parameters as stored, layer over layer: package, binding, action. Of entries with one key the last wins, and its `init`
 * decides where the value goes (openwhisk-api 4.6).
 */
export function mergeParameters(...layers: readonly (readonly Parameter[])[]): readonly Parameter[] {
  const byKey = new Map<string, Parameter>();
  for (const layer of layers) for (const parameter of layer) byKey.set(parameter.key, parameter);
  return [...byKey.values()];
}

/** What the function is called with beside the payload. `fromEntries` makes `__proto__` a key like any other. */
export const argumentsOf = (parameters: readonly Parameter[]): JsonObject =>
  Object.fromEntries(parameters.filter(({ init }) => !init).map(({ key, value }) => [key, value]));

/** The environment of the function's process: every value as text. */
export const environmentOf = (parameters: readonly Parameter[]): Readonly<Record<string, string>> =>
  Object.fromEntries(parameters.filter(({ init }) => init).map(({ key, value }) => [key, asText(value)]));

/** Under `final: true`, the keys that no payload may contain: those with a value. */
export const fixedKeysOf = (parameters: readonly Parameter[]): readonly string[] =>
  parameters.filter(({ value }) => value !== null).map(({ key }) => key);

function asText(value: JsonValue): string {
  if (typeof value === "string") return value;
  return value === null ? "" : JSON.stringify(value);
}
