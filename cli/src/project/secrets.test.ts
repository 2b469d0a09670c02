import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Secrets } from "./secrets.ts";

const concealed = (values: readonly Parameters<Secrets["add"]>[0][], text: string): string => {
  const secrets = new Secrets();
  for (const value of values) secrets.add(value);
  return secrets.conceal(text);
};

test.each([
  { values: ["hunter22"], text: "login hunter22 and hunter22!", shown: "login [secret] and [secret]!" },
  { values: ["pass", "password"], text: "password", shown: "[secret]" },
  { values: [{ a: ["deep-value"], b: 123456 }], text: "deep-value 123456", shown: "[secret] [secret]" },
  { values: ["line one\nline two"], text: "> line two", shown: "> [secret]" },
  { values: ["  padded  "], text: "padded", shown: "[secret]" },
  { values: ["$&$1"], text: "a $&$1 b", shown: "a [secret] b" },
  { values: ["abc", "1", ""], text: "abc 1", shown: "abc 1" },
])("$text is shown as $shown", ({ values, text, shown }) => {
  expect(concealed(values, text)).toBe(shown);
});

test("the values themselves cannot be printed", () => {
  const secrets = new Secrets();
  secrets.add("hunter22");
  expect([inspect(secrets), JSON.stringify({ secrets }), inspect(secrets, { showHidden: true })].join()).not.toContain(
    "hunter22",
  );
});
