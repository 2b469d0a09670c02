import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createSecretHasher, type SecretHash } from "./secret-hash.ts";

const PEPPER = { id: "1", bytes: new Uint8Array(32).fill(7) };
const hasher = createSecretHasher(PEPPER);
const parts = ["access_key", "fn-1", "dof_v1_1", "secret"];
const matches = (given: readonly string[], stored: SecretHash) => hasher.find(given, [stored]) === stored;

test("a hash is HMAC-SHA-256 under the pepper, over the secret and its place", () => {
  const expected = createHmac("sha256", PEPPER.bytes).update("access_key|fn-1|dof_v1_1|secret").digest();
  expect(hasher.hash(parts)).toEqual({ pepperId: "1", hash: expected });
});

test("what was hashed matches its hash", () => {
  expect(matches(parts, hasher.hash(parts))).toBe(true);
});

test("of several, the one that was hashed is found, wherever it stands", () => {
  const [one, two, three] = ["one", "two", "three"].map((secret) => hasher.hash(["access_key", secret]));
  if (one === undefined || two === undefined || three === undefined) throw new Error("unreachable");
  for (const candidates of [[two], [one, two], [two, one], [one, two, three]])
    expect(hasher.find(["access_key", "two"], candidates)).toBe(two);
  expect(hasher.find(["access_key", "two"], [one, three])).toBeUndefined();
  expect(hasher.find(["access_key", "two"], [])).toBeUndefined();
});

describe("a hash does not match", () => {
  test.each([
    ["another secret", ["access_key", "fn-1", "dof_v1_1", "secrets"]],
    ["the same secret of another key", ["access_key", "fn-1", "dof_v1_2", "secret"]],
    ["the same secret in another namespace", ["access_key", "fn-2", "dof_v1_1", "secret"]],
    ["the same secret of another kind", ["api_token", "fn-1", "dof_v1_1", "secret"]],
    ["nothing", []],
  ])("%s", (_what, others) => {
    expect(matches(others, hasher.hash(parts))).toBe(false);
  });

  test("under another pepper, whatever its id", () => {
    const other = createSecretHasher({ id: "1", bytes: new Uint8Array(32).fill(8) });
    expect(other.find(parts, [hasher.hash(parts)])).toBeUndefined();
  });

  test("when it was made under a pepper of another id", () => {
    expect(matches(parts, { ...hasher.hash(parts), pepperId: "2" })).toBe(false);
  });

  test.each([0, 1, 31, 33, 64])("when it has %d bytes", (length) => {
    const hash = new Uint8Array(length);
    hash.set(hasher.hash(parts).hash.subarray(0, length));
    expect(matches(parts, { pepperId: "1", hash })).toBe(false);
  });

  test("when it is the empty one that stands for an unknown key", () => {
    expect(matches(parts, { pepperId: "", hash: new Uint8Array(32) })).toBe(false);
  });
});

test("a hasher shows nothing of the pepper", () => {
  const shown = inspect(hasher, { showHidden: true, depth: null }) + JSON.stringify(hasher);
  expect(shown).not.toContain("7, 7");
});
