import { GrantText } from "@latchkey/contract/access-keys";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  effectiveGrants,
  FULL_GRANTS,
  formatGrant,
  type Grant,
  mayDo,
  mayDoToAll,
  type Operation,
  parseGrant,
} from "./grants.ts";

const operation = fc.constantFrom<Operation>("read", "invoke", "deploy");
/** Few different characters, so that patterns and paths often meet. */
const path = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 5 });
const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*"), minLength: 1, maxLength: 5 });
const grant: fc.Arbitrary<Grant> = fc.oneof(
  fc.constant<Grant>({ operation: "full", pattern: null }),
  fc.record({ operation, pattern: fc.option(pattern) }),
);
const grants = fc.array(grant, { maxLength: 4 });

const COVERS: Record<Grant["operation"], readonly Operation[]> = {
  full: ["read", "invoke", "deploy"],
  read: ["read"],
  invoke: ["invoke"],
  deploy: ["deploy", "read"],
};
/** The same rule in the most naive words. */
const allowsNaively = (grant: Grant, operation: Operation, path: string): boolean =>
  COVERS[grant.operation].includes(operation) &&
  (grant.pattern === null || new RegExp(`^${grant.pattern.replaceAll("*", ".*")}$`).test(path));

describe("what a key may do", () => {
  test("is what any of its grants says, `*` standing for any run of characters", () => {
    fc.assert(
      fc.property(
        grants,
        operation,
        path,
        (grants, operation, path) =>
          mayDo(grants, operation, path) === grants.some((grant) => allowsNaively(grant, operation, path)),
      ),
      { numRuns: 5000 },
    );
  });

  test.each([
    { grant: "full", operation: "deploy", path: "billing/charge", may: true },
    { grant: "read", operation: "read", path: "charge", may: true },
    { grant: "read", operation: "invoke", path: "charge", may: false },
    { grant: "read", operation: "deploy", path: "charge", may: false },
    { grant: "invoke", operation: "read", path: "charge", may: false },
    { grant: "deploy", operation: "read", path: "charge", may: true },
    { grant: "deploy", operation: "invoke", path: "charge", may: false },
    { grant: "invoke:billing/*", operation: "invoke", path: "billing/charge", may: true },
    { grant: "invoke:billing/*", operation: "invoke", path: "billing", may: false },
    { grant: "invoke:billing/*", operation: "invoke", path: "billing2/charge", may: false },
    { grant: "invoke:billing/charge", operation: "invoke", path: "billing/charge2", may: false },
    { grant: "invoke:billing/charge", operation: "invoke", path: "Billing/charge", may: false },
    // A pattern is not a regular expression: a dot is a dot.
    { grant: "invoke:a.c", operation: "invoke", path: "abc", may: false },
    { grant: "invoke:*", operation: "invoke", path: "", may: true },
  ] as const)("$grant: $operation $path is $may", ({ grant, operation, path, may }) => {
    expect(
      mayDo(
        [parseGrant(grant)].filter((parsed) => parsed !== undefined),
        operation,
        path,
      ),
    ).toBe(may);
  });

  test("is nothing without a grant", () => {
    fc.assert(fc.property(operation, path, (operation, path) => !mayDo([], operation, path)));
  });

  test("cannot be made slow by a pattern", () => {
    const hostile = { operation: "invoke", pattern: `${"*a".repeat(250)}*b` } as const;
    expect(mayDo([hostile], "invoke", "a".repeat(100_000))).toBe(false);
  }, 1000);
});

describe("what a key may do as far as its owner's role reaches", () => {
  test("is reading, and only what it could read before, once the owner is a viewer", () => {
    fc.assert(
      fc.property(
        grants,
        operation,
        path,
        (grants, operation, path) =>
          mayDo(effectiveGrants("viewer", grants), operation, path) ===
          (operation === "read" && mayDo(grants, "read", path)),
      ),
      { numRuns: 2000 },
    );
  });

  test("is all of its grants while the owner is an owner or a member", () => {
    fc.assert(
      fc.property(fc.constantFrom("owner" as const, "member" as const), grants, operation, path, (role, ...rest) => {
        const [grants, operation, path] = rest;
        return mayDo(effectiveGrants(role, grants), operation, path) === mayDo(grants, operation, path);
      }),
    );
  });
});

describe("who may do a thing to all that is in a place", () => {
  test("may do it to each", () => {
    const prefix = fc.constantFrom("", "a/", "b/");
    const likely: fc.Arbitrary<Grant> = fc.record({
      operation,
      pattern: fc.constantFrom(null, "*", "**", "a/*", "*/a", "a*", "b/*"),
    });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(grant, likely), { maxLength: 3 }),
        operation,
        prefix,
        path,
        (grants, operation, prefix, rest) =>
          !mayDoToAll(grants, operation, prefix) || mayDo(grants, operation, prefix + rest),
      ),
      { numRuns: 2000 },
    );
  });

  test.each([
    { grants: FULL_GRANTS, prefix: "", may: true },
    { grants: [{ operation: "read", pattern: null }] as const, prefix: "", may: true },
    { grants: [{ operation: "read", pattern: "*" }] as const, prefix: "", may: true },
    { grants: [{ operation: "read", pattern: "billing/*" }] as const, prefix: "", may: false },
    { grants: [{ operation: "read", pattern: "billing/*" }] as const, prefix: "billing/", may: true },
    { grants: [{ operation: "read", pattern: "billing/charge" }] as const, prefix: "billing/", may: false },
    { grants: [{ operation: "invoke", pattern: null }] as const, prefix: "", may: false },
  ])("$grants in $prefix: $may", ({ grants, prefix, may }) => expect(mayDoToAll(grants, "read", prefix)).toBe(may));
});

describe("a grant's text", () => {
  test("means what it says: written and read again it is the same", () => {
    fc.assert(
      fc.property(grant, (grant) => {
        expect(parseGrant(formatGrant(grant))).toEqual(grant);
      }),
    );
  });

  test("is understood whenever the contract accepts it, so that none is dropped unseen", () => {
    const accepted = fc.stringMatching(/^(full|(read|invoke|deploy)(:[A-Za-z0-9_*][A-Za-z0-9_ @.&*/-]{0,20})?)$/);
    fc.assert(fc.property(accepted, (text) => GrantText.safeParse(text).success && parseGrant(text) !== undefined));
  });

  test.each(["", "full:a", "read:", "write", "FULL", " read", "admin", "*"])("%j is no grant", (text) => {
    expect(GrantText.safeParse(text).success).toBe(false);
    expect(parseGrant(text)).toBeUndefined();
  });
});
