import { expect, test } from "vitest";
import { actionAnnotations, packageAnnotations } from "./annotations.ts";

const a = (key: string, value: string | boolean | number = true) => ({ key, value });

test.each([
  {
    what: "a new action gets the server's two at the end, behind the client's in the client's order",
    stored: [],
    deleted: [],
    given: [a("web-export"), a("final"), a("raw-http", false)],
    expected: [a("web-export"), a("final"), a("raw-http", false), a("provide-api-key", false), a("exec", "nodejs:24")],
  },
  {
    what: "what the client says of its own kind is overwritten",
    stored: [],
    deleted: [],
    given: [a("exec", "sequence"), a("x")],
    expected: [a("x"), a("provide-api-key", false), a("exec", "nodejs:24")],
  },
  {
    what: "provide-api-key stays what the client said",
    stored: [],
    deleted: [],
    given: [a("provide-api-key"), a("x")],
    expected: [a("x"), a("provide-api-key"), a("exec", "nodejs:24")],
  },
  {
    what: "an update is merged over what is stored",
    stored: [a("kept"), a("changed", 1), a("provide-api-key"), a("exec", "nodejs:18")],
    deleted: [],
    given: [a("changed", 2), a("new")],
    expected: [a("kept"), a("changed", 2), a("new"), a("provide-api-key"), a("exec", "nodejs:24")],
  },
  {
    what: "deleting comes before merging",
    stored: [a("gone"), a("again", 1), a("provide-api-key")],
    deleted: ["gone", "again", "provide-api-key"],
    given: [a("again", 2)],
    expected: [a("again", 2), a("provide-api-key", false), a("exec", "nodejs:24")],
  },
  {
    what: "the last of two entries with one key wins",
    stored: [],
    deleted: [],
    given: [a("x", 1), a("x", 2)],
    expected: [a("x", 2), a("provide-api-key", false), a("exec", "nodejs:24")],
  },
])("$what", ({ stored, deleted, given, expected }) => {
  expect(actionAnnotations({ stored, deleted, given, kind: "nodejs:24" })).toEqual(expected);
});

test("a binding says what it is bound to, whatever the client says", () => {
  const binding = { namespaceId: "fn-1", name: "p" };
  expect(packageAnnotations([a("binding", "mine"), a("x")], binding)).toEqual([
    a("x"),
    { key: "binding", value: { namespace: "fn-1", name: "p" } },
  ]);
  expect(packageAnnotations([a("x", 1), a("x", 2)], null)).toEqual([a("x", 2)]);
});
