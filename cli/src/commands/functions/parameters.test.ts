import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-cli.ts";
import { UsageError } from "../../failure.ts";
import { parseParameters, readParameterFile } from "./parameters.ts";

test.each([
  { given: ["name:Ada"], is: { name: "Ada" } },
  { given: ["a:1,b:2", "c:3"], is: { a: "1", b: "2", c: "3" } },
  { given: ["url:http://h:1/"], is: { url: "http://h:1/" } },
  { given: ["a:1", "a:2"], is: { a: "2" } },
  { given: ["empty:"], is: { empty: "" } },
  { given: ["__proto__:x"], is: JSON.parse('{"__proto__":"x"}') as unknown },
  { given: [], is: {} },
])("$given are $is", ({ given, is }) => {
  expect(JSON.stringify(parseParameters(given))).toEqual(JSON.stringify(is));
});

test.each(["name", ":x", "list:a,b,c", ""])("'%s' is no list of parameters, and is not guessed at", (text) => {
  expect(() => parseParameters([text])).toThrow(UsageError);
});

test("a file has any JSON values", async () => {
  const file = join(temporaryFolder(), "p.json");
  writeFileSync(file, '{"n": 1, "list": [true, null]}');
  expect(await readParameterFile(file)).toEqual({ n: 1, list: [true, null] });
});

test.each(["[1]", "null", "7", "{", ""])("a file with %j is refused", async (text) => {
  const file = join(temporaryFolder(), "p.json");
  writeFileSync(file, text);
  await expect(readParameterFile(file)).rejects.toThrow(`${file} does not contain a JSON object`);
});
