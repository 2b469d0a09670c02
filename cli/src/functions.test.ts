import { expect, test } from "vitest";
import { UsageError } from "./failure.ts";
import { functionName, parseFunctionName } from "./functions.ts";

test("a function is in a package or in none", () => {
  expect(parseFunctionName("hello")).toEqual({ package: null, name: "hello" });
  expect(parseFunctionName("billing/send invoice")).toEqual({ package: "billing", name: "send invoice" });
});

test.each(["", "/", "a/", "/a", "a/b/c", "/ns/a/b"])("'%s' is no function's name", (text) => {
  expect(() => parseFunctionName(text)).toThrow(UsageError);
});

test("the API's two fields make one name, which is read back", () => {
  expect(functionName({ namespace: "fn-1/billing", name: "send" })).toBe("billing/send");
  expect(functionName({ namespace: "fn-1", name: "hello" })).toBe("hello");
});
