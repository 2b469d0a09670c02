import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSeededRandom } from "../../test/seeded-random.ts";
import { hasSecretShape, newSecret } from "./secret-format.ts";

const secret = fc.string().map((seed) => newSecret(createSeededRandom(seed)).reveal());
const base62 = fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

/** What scanners compute: the text's CRC-32 in base62, most significant digit first, six digits. */
function checksum(text: string): string {
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const powers = [62 ** 5, 62 ** 4, 62 ** 3, 62 ** 2, 62, 1];
  return powers.map((power) => digits[Math.floor(crc32(text) / power) % 62]).join("");
}

describe("every secret that is issued", () => {
  test("passes its own check", () => {
    fc.assert(fc.property(secret, (text) => hasSecretShape(text)));
  });

  test("is dofs_v1_ and 56 letters and digits, 64 characters in all, none of them a colon", () => {
    fc.assert(fc.property(secret, (text) => /^dofs_v1_[0-9A-Za-z]{56}$/.test(text)));
  });

  test("ends with the CRC-32 of what precedes", () => {
    fc.assert(fc.property(secret, (text) => text.slice(-6) === checksum(text.slice(0, -6))));
  });

  test("hides in its wrapper", () => {
    const wrapped = newSecret(createSeededRandom());
    expect(`${wrapped} ${JSON.stringify({ wrapped })}`).not.toContain(wrapped.reveal().slice(8));
  });
});

describe("a secret is refused before any look-up when", () => {
  test("any one of its characters is another", () => {
    fc.assert(
      fc.property(secret, fc.nat({ max: 63 }), base62, (text, position, character) => {
        fc.pre(text[position] !== character);
        expect(hasSecretShape(text.slice(0, position) + character + text.slice(position + 1))).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ["its prefix is another", `dofs_v2_${"a".repeat(50)}`],
    ["it has a colon", `dofs_v1_${"a".repeat(49)}:`],
    ["it is longer", `dofs_v1_${"a".repeat(51)}`],
  ])("%s, though its checksum is right", (_what, body) => {
    expect(hasSecretShape(body + checksum(body))).toBe(false);
  });

  test("two neighbouring characters changed places", () => {
    fc.assert(
      fc.property(secret, fc.nat({ max: 62 }), (text, position) => {
        const [one = "", other = ""] = text.slice(position, position + 2);
        fc.pre(one !== other);
        expect(hasSecretShape(text.slice(0, position) + other + one + text.slice(position + 2))).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    { what: "a character is missing", spoil: (text: string) => text.slice(0, -1) },
    { what: "there is one too many", spoil: (text: string) => `${text}0` },
    { what: "a line end follows", spoil: (text: string) => `${text}\n` },
    { what: "a blank precedes", spoil: (text: string) => ` ${text}` },
    { what: "it is written in capitals", spoil: (text: string) => text.toUpperCase() },
    { what: "its id is still in front", spoil: (text: string) => `dof_v1_${"0".repeat(32)}:${text}` },
    { what: "there is nothing", spoil: () => "" },
  ])("$what", ({ spoil }) => {
    expect(hasSecretShape(spoil(newSecret(createSeededRandom()).reveal()))).toBe(false);
  });
});

test("two secrets are never the same", () => {
  const random = createSeededRandom();
  const made = Array.from({ length: 2000 }, () => newSecret(random).reveal());
  expect(new Set(made).size).toBe(made.length);
});
