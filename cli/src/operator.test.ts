import { expect, expectTypeOf, test } from "vitest";
import type { Operator } from "./operator.ts";

test("the server offers what the command line asks of it", async () => {
  const theirs = await import("@latchkey/server/operator");
  expectTypeOf(theirs).toExtend<Operator>();
  expect(Object.keys(theirs)).toEqual(expect.arrayContaining(["init", "migrate", "serve"]));
});
