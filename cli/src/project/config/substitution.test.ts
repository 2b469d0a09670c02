import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SourceText } from "./source-text.ts";
import { type Sources, scan, substitute } from "./substitution.ts";

const values: { readonly [name: string]: string | number } = {
  NAME: "Sam",
  OTHER: "x",
  PEM: "one\ntwo",
  QUOTED: 'say "hi"',
  PORT: 8080,
};
const sources: Sources = {
  variable: (name) => (Object.hasOwn(values, name) ? values[name] : undefined),
  file: (path) => (path === "creds.json" ? { user: "u", pass: "p\nq" } : undefined),
};
const run = (text: string) => substitute(text, scan(text), sources);

describe("every form of a reference", () => {
  test.each([
    { written: "a: ${NAME}", becomes: "a: Sam" },
    { written: "a: ${ NAME }", becomes: "a: Sam" },
    { written: "${NAME}${OTHER}", becomes: "Samx" },
    { written: "port: ${PORT}", becomes: "port: 8080" },
    { written: 'pem: "${PEM}"', becomes: 'pem: "one\\ntwo"' },
    { written: "pem: ${|PEM}", becomes: "pem: one\ntwo" },
    { written: "pem: ${| PEM}", becomes: "pem: one\ntwo" },
    { written: "env: $(NAME PEM)", becomes: 'env: {"NAME":"Sam","PEM":"one\\ntwo"}' },
    { written: "env: $( NAME )", becomes: 'env: {"NAME":"Sam"}' },
    { written: "env: ${NAME OTHER}", becomes: 'env: {"NAME":"Sam","OTHER":"x"}' },
    { written: "env: $(QUOTED)", becomes: 'env: {"QUOTED":"say \\"hi\\""}' },
    { written: "env: ${<creds.json}", becomes: 'env: {"user":"u","pass":"p\\nq"}' },
    { written: "env: ${< creds.json }", becomes: 'env: {"user":"u","pass":"p\\nq"}' },
    { written: "# ${NAME} in a comment", becomes: "# Sam in a comment" },
    { written: "costs $5, {x} and $", becomes: "costs $5, {x} and $" },
    { written: "$${NAME}", becomes: "$Sam" },
    { written: "", becomes: "" },
  ])("$written becomes $becomes", ({ written, becomes }) => {
    const { text, unresolved } = run(written);
    expect({ text, unresolved }).toEqual({ text: becomes, unresolved: [] });
  });

  test.each([
    { written: "${MISSING}", names: ["MISSING"], becomes: "<MISSING>" },
    { written: "${}", names: [""], becomes: "<>" },
    { written: "$(NAME MISSING)", names: ["MISSING"], becomes: '{"NAME":"Sam","MISSING":null}' },
    { written: "${<nothing.env}", names: ["<nothing.env"], becomes: "{}" },
    { written: "${A} ${A}", names: ["A", "A"], becomes: "<A> <A>" },
    { written: "${A$(B}", names: ["A$(B"], becomes: "<A$(B>" },
    { written: "${toString}", names: ["toString"], becomes: "<toString>" },
  ])("what is not known is told: $written", ({ written, names, becomes }) => {
    const { text, unresolved } = run(written);
    expect({ text, names: unresolved.map(({ name }) => name) }).toEqual({ text: becomes, names });
  });

  test.each([
    { written: "a: ${NAME", message: "Runaway variable name or path directive in project.yml" },
    { written: "a: $(NAME}", message: "Runaway variable name or path directive in project.yml" },
    { written: "a: $(<creds.json)", message: "Invalid substitution: $(<creds.json)" },
  ])("a malformed one is refused: $written", ({ written, message }) => {
    expect(scan(written)).toEqual([expect.objectContaining({ kind: "invalid", message })]);
  });

  test("only braces around several names are marked as deprecated", () => {
    const deprecated = (text: string) =>
      scan(text).map((reference) => "deprecated" in reference && reference.deprecated);
    expect(deprecated("$(A B) ${A B} $(A)")).toEqual([false, true, false]);
  });
});

/** Text that holds no reference and cannot become part of one. */
const plain = fc.string({ unit: fc.constantFrom("a", ":", " ", "\n", '"', "{", "}", "(", ")", "<", "|", "ä") });
const secret = fc.string({ minLength: 1, unit: fc.constantFrom("s", "3", "\n", "$", "{", "(", "}", '"', "\\", " ") });
const parts = fc.array(
  fc.oneof(
    plain.map((text) => ({ written: text, text: () => text })),
    fc.constant({ written: "${SECRET}", text: (value: string) => value.replaceAll("\n", "\\n") }),
    fc.constant({ written: "${|SECRET}", text: (value: string) => value }),
    fc.constant({ written: "$(SECRET)", text: (value: string) => JSON.stringify({ SECRET: value }) }),
  ),
);

test("each reference is replaced once, by itself, and nothing else is touched", () => {
  fc.assert(
    fc.property(parts, secret, (pieces, value) => {
      const written = pieces.map((piece) => piece.written).join("");
      const { text } = substitute(written, scan(written), { variable: () => value, file: () => undefined });
      expect(text).toBe(pieces.map((piece) => piece.text(value)).join(""));
    }),
  );
});

test("any stretch of the result leads back to what was written, and never to a value", () => {
  fc.assert(
    fc.property(parts, fc.nat(), fc.nat(), (pieces, a, b) => {
      const value = "S3CR3T\nS3CR3T";
      const written = pieces.map((piece) => piece.written).join("");
      const substituted = substitute(written, scan(written), { variable: () => value, file: () => undefined });
      const source = new SourceText(written, substituted);
      const { length } = substituted.text;
      const [start = 0, end = 0] = [a % (length + 1), b % (length + 1)].sort((x, y) => x - y);

      const shown = source.written(start, end);
      expect(written).toContain(shown);
      expect(shown).not.toContain("S3CR3T");
      expect(source.line(start)).toBeLessThanOrEqual(written.split("\n").length);
      for (const span of substituted.spans) {
        expect(source.written(span.start, span.end)).toBe(written.slice(span.from, span.to));
        expect(source.line(span.start)).toBe(written.slice(0, span.from).split("\n").length);
      }
    }),
  );
});
