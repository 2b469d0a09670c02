import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plainJson, plainLine, plainText } from "./plain-text.ts";

/** What a terminal obeys rather than shows. */
const isObeyed = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

describe("other people's text cannot give orders to a terminal", () => {
  test.each([
    { what: "a colour", text: "\u001b[31mred", plain: "\\x1b[31mred" },
    { what: "a title, ended by a bell", text: "\u001b]0;you\u0007", plain: "\\x1b]0;you\\x07" },
    { what: "the one-character form of an escape", text: "\u009b2J", plain: "\\x9b2J" },
    { what: "a line break", text: "one\ntwo", plain: "one\\x0atwo" },
    { what: "a carriage return that would overwrite the line", text: "no\ryes", plain: "no\\x0dyes" },
    { what: "text that runs backwards", text: "exe\u202egpj", plain: "exe\\u202egpj" },
    { what: "an isolate", text: "\u2066x\u2069", plain: "\\u2066x\\u2069" },
    { what: "delete", text: "a\u007f", plain: "a\\x7f" },
  ])("$what is written out", ({ text, plain }) => {
    expect(plainLine(text)).toBe(plain);
  });

  test.each(["demo", "größer", "測試", "👩‍💻", "e\u0301", "a b"])("%s is left as it is", (text) => {
    expect(plainLine(text)).toBe(text);
  });

  test("whatever the text, nothing that is obeyed is left in a line", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !isObeyed.test(plainLine(text))));
  });

  test("lines of text keep their breaks and tabs, and nothing else", () => {
    expect(plainText("a\tb\r\nc\n\u001b[2J")).toBe("a\tb\nc\n\\x1b[2J");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => !isObeyed.test(plainText(text).replaceAll(/[\n\t]/g, ""))),
    );
  });
});

describe("JSON", () => {
  test("what a terminal obeys is escaped, and means the same", () => {
    const value = { name: "\u009b2J\u202e\u007f\u001b" };
    expect(plainJson(value)).toBe('{\n  "name": "\\u009b2J\\u202e\\u007f\\u001b"\n}');
  });

  test("whatever the value, a program reads it back unchanged and a terminal has nothing to obey", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: "binary" }), (value, key) => {
        const text = plainJson({ [`k${key}`]: value });
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ [`k${key}`]: value })));
        expect(text.replaceAll("\n", "")).not.toMatch(isObeyed);
      }),
    );
  });
});
