import { describe, expect, test } from "vitest";
import { idsBefore, makeActivationId, parseActivationId } from "./activations.ts";

describe("an activation id", () => {
  test.each([
    { id: "a".repeat(31), says: "Activation id length is 31 but must be 32." },
    { id: "a".repeat(33), says: "Activation id length is 33 but must be 32." },
    { id: `${"a".repeat(31)}z`, says: "The activation id is not valid." },
    { id: `${"a".repeat(31)}\n`, says: "The activation id is not valid." },
  ])("of $id.length characters: $says", ({ id, says }) => {
    expect(() => parseActivationId(id)).toThrow(expect.objectContaining({ status: 400, says }));
  });

  test("may be asked for in capitals", () => {
    expect(parseActivationId("AB".repeat(16))).toBe("ab".repeat(16));
  });

  test("is 32 lower-case hex digits that grow with time, whatever the random part", () => {
    const early = makeActivationId(Date.UTC(2026, 0, 1), "f".repeat(20));
    const late = makeActivationId(Date.UTC(2026, 0, 1) + 1, "0".repeat(20));
    expect(early).toMatch(/^[0-9a-f]{32}$/);
    expect(early < late).toBe(true);
    expect(early < idsBefore(Date.UTC(2026, 0, 1) + 1)).toBe(true);
    expect(late < idsBefore(Date.UTC(2026, 0, 1) + 1)).toBe(false);
  });
});
