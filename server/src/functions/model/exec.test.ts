import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isBase64, readCode } from "./exec.ts";

const kind = (name: string, more = {}) => ({
  family: name.split(":")[0] ?? "",
  kind: name,
  default: false,
  deprecated: false,
  image: "image",
  requireMain: false,
  attached: true,
  ...more,
});
const KINDS = [
  kind("nodejs:18"),
  kind("nodejs:24", { default: true }),
  kind("nodejs:6", { deprecated: true }),
  kind("java:8", { default: true, requireMain: true }),
];
const VALID = "Valid values are: 'nodejs:18', 'nodejs:24', 'nodejs:6', 'java:8'.";

describe("exec", () => {
  test.each([
    { asked: "nodejs:18", stored: "nodejs:18" },
    { asked: " NodeJS:18\n", stored: "nodejs:18" },
    { asked: "nodejs:default", stored: "nodejs:24" },
  ])("of kind $asked is stored as $stored", ({ asked, stored }) => {
    expect(readCode({ kind: asked, code: "x" }, KINDS)).toEqual({
      exec: { kind: stored, main: null, binary: false },
      code: "x",
    });
  });

  test("may have empty code, and names its function if it likes", () => {
    expect(readCode({ kind: "nodejs:18", code: "", main: "run" }, KINDS)).toEqual({
      exec: { kind: "nodejs:18", main: "run", binary: false },
      code: "",
    });
  });

  test.each([
    {
      exec: { kind: "cobol:1", code: "x" },
      says: `The specified runtime 'cobol:1' is not supported by this platform. ${VALID}`,
    },
    {
      exec: { kind: "sequence", components: ["/_/a"] },
      says: `The specified runtime 'sequence' is not supported by this platform. ${VALID}`,
    },
    {
      exec: { kind: "blackbox", image: "x" },
      says: `The specified runtime 'blackbox' is not supported by this platform. ${VALID}`,
    },
    {
      exec: { kind: "go:default", code: "x" },
      says: `The specified runtime 'go:default' is not supported by this platform. ${VALID}`,
    },
    {
      exec: { kind: "nodejs:18" },
      says: "'code' must be a string or attachment object defined in 'exec' for 'nodejs:18' actions",
    },
    {
      exec: { kind: "nodejs:18", code: { attachmentName: "x" } },
      says: "'code' must be a string or attachment object defined in 'exec' for 'nodejs:18' actions",
    },
    {
      exec: { kind: "nodejs:18", code: "x", main: 1 },
      says: "if defined, 'main' be a string in 'exec' for 'nodejs:18' actions",
    },
    {
      exec: { kind: "java:8", code: "x" },
      says: "'main' must be a string defined in 'exec' for 'java:8' actions",
    },
  ])("$exec is refused", ({ exec, says }) => {
    expect(() => readCode(exec, KINDS)).toThrow(
      expect.objectContaining({ status: 400, says: `The request content was malformed:\n${says}` }),
    );
  });

  test("of a retired kind is refused, since it could not be run", () => {
    const says =
      "The 'nodejs:6' runtime is no longer supported. You may read and delete but not update or invoke this action.";
    expect(() => readCode({ kind: "nodejs:6", code: "x" }, KINDS)).toThrow(
      expect.objectContaining({ status: 400, says }),
    );
  });
});

describe("code is taken for an archive", () => {
  test("when it is the base64 of anything", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.constantFrom("", "\n", "  "), (bytes, around) => {
        expect(isBase64(around + Buffer.from(bytes).toString("base64") + around)).toBe(true);
      }),
    );
  });

  test("and not when it has a character, a length or padding that base64 has not", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."Ab9+/= ;({}"), maxLength: 12 }), (code) => {
        const text = code.trim();
        const padding = /=*$/.exec(text)?.[0].length ?? 0;
        const body = text.slice(0, text.length - padding);
        const expected =
          text !== "" &&
          text.length % 4 === 0 &&
          padding <= 2 &&
          body !== "" &&
          [...body].every((character) => /[A-Za-z0-9+/]/.test(character));
        expect(isBase64(code)).toBe(expected);
      }),
    );
  });

  test.each(["", "   ", "exports.main = () => ({})", "def main(a): return {}", "abc"])("not %j", (code) => {
    expect(isBase64(code)).toBe(false);
  });
});
