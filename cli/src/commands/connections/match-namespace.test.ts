import type { NamespaceShape } from "@latchkey/contract/namespaces";
import { describe, expect, test } from "vitest";
import { demandNamespace, pickNamespace } from "./match-namespace.ts";

const namespace = (label: string, id: string): NamespaceShape => ({
  api_host: "http://127.0.0.1:3233",
  namespace: id,
  created_at: "2026-03-01T10:00:00Z",
  updated_at: "2026-03-01T10:00:00Z",
  label,
  region: "nyc1",
  uuid: "",
  key: "",
});
const PROD = namespace("prod", "fn-1111-aaaa");
const PROD_EU = namespace("prod-eu", "fn-2222-aaaa");
const TEST = namespace("test", "fn-3333-bbbb");
const ALL = [PROD_EU, PROD, TEST];

describe("a namespace is found by what the user says of it", () => {
  test.each([
    { hint: "test", is: TEST },
    { hint: "fn-2222-aaaa", is: PROD_EU },
    { hint: "tes", is: TEST },
    { hint: "bbbb", is: TEST },
    { hint: "prod-", is: PROD_EU },
    // It is a part of another label, too, but it is this one's whole label.
    { hint: "prod", is: PROD },
  ])("'$hint'", ({ hint, is }) => {
    expect(pickNamespace(ALL, hint)).toBe(is);
  });

  test.each([
    { what: "nothing", hint: "zzz", among: ALL, says: "no namespace found matching 'zzz'" },
    { what: "several", hint: "pro", among: ALL, says: "multiple namespaces match 'pro', please be more specific" },
    { what: "none to look among", hint: "demo", among: [], says: "you must create a namespace first" },
  ])("$what: doctl's words", ({ hint, among, says }) => {
    expect(() => pickNamespace(among, hint)).toThrow(says);
  });
});

describe("a key must open the namespace that was named", () => {
  test("named by id, or by a label that a token could look up", () => {
    expect(() => demandNamespace(TEST.namespace, TEST.namespace, null)).not.toThrow();
    expect(() => demandNamespace(TEST.namespace, "te", TEST)).not.toThrow();
  });

  test("another one is refused, with the one that the key opens", () => {
    expect(() => demandNamespace(TEST.namespace, "prod", PROD)).toThrow(
      expect.objectContaining({
        message: "access-key does not match namespace 'fn-1111-aaaa'",
        next: ["The key opens fn-3333-bbbb; to connect to that: latchkey connect fn-3333-bbbb"],
      }),
    );
    expect(() => demandNamespace(TEST.namespace, "fn-1111-aaaa", null)).toThrow(
      "does not match namespace 'fn-1111-aaaa'",
    );
  });

  test("a label that nobody could look up is not taken on trust", () => {
    expect(() => demandNamespace(TEST.namespace, "test", null)).toThrow(/without an API token nobody can tell/);
  });
});
