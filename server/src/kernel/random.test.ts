import { describe, expect, test } from "vitest";
import { createSeededRandom } from "../../test/seeded-random.ts";
import { type Random, randomAlphanumeric, randomHex, systemRandom } from "./random.ts";

/** A generator that gives these bytes, over and over. */
const repeating = (...values: number[]): Random => {
  let next = 0;
  return {
    uuid: () => "",
    bytes: (count) => Uint8Array.from({ length: count }, () => values[next++ % values.length] ?? 0),
  };
};

describe("random letters and digits", () => {
  test("are as many as were asked for", () => {
    for (const length of [0, 1, 7, 50, 1000])
      expect(randomAlphanumeric(systemRandom, length)).toMatch(new RegExp(`^[0-9A-Za-z]{${length}}$`));
  });

  test("are all of them, each as likely as the others: bytes that would favour some are not used", () => {
    const made = randomAlphanumeric(repeating(...Array.from({ length: 256 }, (_, byte) => byte)), 248 * 10);
    const counts = new Map<string, number>();
    for (const character of made) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(62);
    expect(new Set(counts.values()).size).toBe(1);
  });

  test("are drawn again when a draw was of no use", () => {
    expect(randomAlphanumeric(repeating(255, 250, 0), 3)).toBe("AAA");
  });
});

test("random hex has two digits for each byte, lower case", () => {
  expect(randomHex(createSeededRandom(), 16)).toMatch(/^[0-9a-f]{32}$/);
  expect(randomHex(repeating(0, 171), 2)).toBe("00ab");
});
