import { format, inspect } from "node:util";
import { deserialize, serialize } from "node:v8";
import { expect, test } from "vitest";
import { Secret } from "./secret.ts";

const VALUE = "a value nobody may read";
const secret = new Secret(VALUE);

test("reveal gives the value", () => {
  expect(secret.reveal()).toBe(VALUE);
});

test.each<[way: string, print: () => unknown]>([
  ["a template", () => `${secret}`],
  ["String", () => String(secret)],
  ["joining", () => [secret, secret].join()],
  ["JSON", () => JSON.stringify({ deep: { secret, list: [secret] } })],
  ["inspecting", () => inspect({ secret })],
  ["inspecting everything hidden", () => inspect({ secret }, { showHidden: true, depth: null })],
  ["inspecting past its own words", () => inspect({ secret }, { showHidden: true, customInspect: false, depth: null })],
  ["formatting", () => format("%s %j %o %O", secret, secret, secret, secret)],
  ["an error's message", () => new Error(`no: ${secret}`, { cause: secret }).stack],
  ["an error's cause", () => inspect(new Error("no", { cause: secret }))],
  ["its fields", () => JSON.stringify([Object.entries(secret), { ...secret }, Reflect.ownKeys(secret)])],
  ["copying", () => inspect(structuredClone(secret))],
  ["serialising", () => inspect([serialize(secret).toString("latin1"), deserialize(serialize(secret))])],
])("%s shows nothing of it", (_way, print) => {
  expect(String(print())).not.toContain(VALUE);
});
