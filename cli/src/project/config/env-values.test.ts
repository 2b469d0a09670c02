import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tempFolder } from "../../../test/temp-folder.ts";
import { lookUp, parseValues, readEnvFile } from "./env-values.ts";

describe("an env file", () => {
  test.each([
    {
      syntax: "dotenv",
      text: "# comment\nA=1\nexport B='two words'\nC=\"x\\ny\"\n",
      values: { A: "1", B: "two words", C: "x\ny" },
    },
    { syntax: "JSON", text: '{"A": "1", "B": {"c": [true]}}', values: { A: "1", B: { c: [true] } } },
    { syntax: "a JSON list, which names nothing", text: "[1, 2]", values: {} },
    { syntax: "neither", text: "just words", values: {} },
    { syntax: "nothing", text: "", values: {} },
  ])("may be $syntax", ({ text, values }) => {
    expect(parseValues(text)).toEqual(values);
  });

  test("that is asked for has to exist", async () => {
    const path = join(await tempFolder(), "nothing.env");
    await expect(readEnvFile(path)).rejects.toThrow(`The specified environment file '${path}' does not exist`);
  });

  test("becomes an environment, with JSON values as text", async () => {
    const folder = await tempFolder({ "build.json": '{"A": "x", "N": 1, "L": [1]}' });
    expect(await readEnvFile(join(folder, "build.json"))).toEqual({ A: "x", N: "1", L: "[1]" });
  });
});

test.each([
  { what: "the process's environment comes first", environment: { X: "own" }, file: { X: "file" }, value: "own" },
  { what: "an empty variable does not hide the file's", environment: { X: "" }, file: { X: "file" }, value: "file" },
  { what: "an empty value is none", environment: {}, file: { X: "" }, value: undefined },
  { what: "null is none", environment: {}, file: { X: null }, value: undefined },
  { what: "false is a value", environment: {}, file: { X: false }, value: false },
  { what: "zero is a value", environment: {}, file: { X: 0 }, value: 0 },
])("$what", ({ environment, file, value }) => {
  expect(lookUp("X", environment, file)).toBe(value);
});
