import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSeededRandom } from "../../test/seeded-random.ts";
import { createSealer } from "./seal.ts";

const PEPPER = { id: "1", bytes: new Uint8Array(32).fill(7) };
const random = createSeededRandom();
const sealer = createSealer({ pepper: PEPPER, random, purpose: "test" });
const TEXT = "https://latchkey.example/invitations#a-secret";

test("what was sealed can be opened in its place, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string(), (text, place) => {
      expect(sealer.open(sealer.seal(text, place), place)).toBe(text);
    }),
  );
});

test("sealed, nothing of the text is to be seen, and the same text looks different each time", () => {
  const [one, two] = [sealer.seal(TEXT, "row 1"), sealer.seal(TEXT, "row 1")];
  expect(Buffer.from(one).includes("invitations")).toBe(false);
  expect(Buffer.from(one).equals(two)).toBe(false);
});

test("another process with the same pepper opens it", () => {
  const other = createSealer({ pepper: PEPPER, random: createSeededRandom("another"), purpose: "test" });
  expect(other.open(sealer.seal(TEXT, "row 1"), "row 1")).toBe(TEXT);
});

describe("it stays closed", () => {
  test("in another place", () => {
    expect(sealer.open(sealer.seal(TEXT, "row 1"), "row 2")).toBeUndefined();
  });

  test("for another purpose, or under another pepper", () => {
    const sealed = sealer.seal(TEXT, "row 1");
    const otherPepper = { id: "1", bytes: new Uint8Array(32).fill(8) };
    expect(createSealer({ pepper: PEPPER, random, purpose: "other" }).open(sealed, "row 1")).toBeUndefined();
    expect(createSealer({ pepper: otherPepper, random, purpose: "test" }).open(sealed, "row 1")).toBeUndefined();
  });

  test("when any byte of it is changed, or some are missing", () => {
    const sealed = sealer.seal(TEXT, "row 1");
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Uint8Array.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(sealer.open(changed, "row 1")).toBeUndefined();
      expect(sealer.open(sealed.subarray(0, index), "row 1")).toBeUndefined();
    }
  });
});

test("a sealer shows nothing of its key", () => {
  const shown = inspect(sealer, { showHidden: true, depth: null }) + JSON.stringify(sealer);
  expect(shown).toBe(`${inspect({ seal: sealer.seal, open: sealer.open }, { showHidden: true, depth: null })}{}`);
});
