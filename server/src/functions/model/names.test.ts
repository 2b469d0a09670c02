import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkNamespaceName, parseEntityName } from "./names.ts";

const illegal = "The name of the entity contains illegal characters.";

describe("the name of an entity", () => {
  test.each(["a", "_", "9", "hello", "my action", "a@b.c&d-e", "x".repeat(256), "A.b"])("may be %j", (name) => {
    expect(parseEntityName(name)).toBe(name);
  });

  test.each([
    { name: "", says: illegal },
    { name: " a", says: illegal },
    { name: "a ", says: illegal },
    { name: "a/b", says: illegal },
    { name: "-a", says: illegal },
    { name: "a\n", says: illegal },
    { name: "a\u0000", says: illegal },
    { name: "äpfel", says: illegal },
    { name: "..", says: illegal },
    { name: "a$", says: illegal },
    { name: "x".repeat(257), says: "Name segement longer than allowed: 257 > 256." },
  ])("may not be $name: $says", ({ name, says }) => {
    expect(() => parseEntityName(name)).toThrow(expect.objectContaining({ status: 400, says }));
  });

  test("is one that the specification's rule allows, for any text", () => {
    const first = /[A-Za-z0-9_]/;
    const later = /[A-Za-z0-9_ @.&-]/;
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."aZ0_ @.&-/$é\n"), maxLength: 6 }), (text) => {
        const allowed =
          text.length > 0 &&
          first.test(text.charAt(0)) &&
          !text.endsWith(" ") &&
          [...text].every((character) => later.test(character));
        let accepted = true;
        try {
          parseEntityName(text);
        } catch {
          accepted = false;
        }
        expect(accepted).toBe(allowed);
      }),
    );
  });
});

test("a namespace in a path is held to the same rule, with its own words", () => {
  expect(() => checkNamespaceName("a/b")).toThrow(
    expect.objectContaining({ status: 400, says: "The namespace contains illegal characters." }),
  );
  expect(() => checkNamespaceName("x".repeat(300))).toThrow(
    expect.objectContaining({ status: 400, says: "Namespace longer than allowed: 300 > 256." }),
  );
  expect(() => checkNamespaceName("fn-1")).not.toThrow();
});
