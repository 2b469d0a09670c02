import { argon2Sync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createSeededRandom } from "../../test/seeded-random.ts";
import { TOO_BUSY } from "./fair-queue.ts";
import { createPasswordHasher } from "./password-hash.ts";
import { createSecretHasher } from "./secret-hash.ts";

const PASSWORD = "correct horse battery staple";
const withPepper = (byte: number, seed = "latchkey") => {
  const hasher = createSecretHasher({ id: "1", bytes: new Uint8Array(32).fill(byte) });
  return createPasswordHasher({ random: createSeededRandom(seed), hasher });
};
const passwords = withPepper(7);
const hash = async (password: string): Promise<string> => String(await passwords.hash("::1", password));

test("a hash says how it was made, at OWASP's parameters, and shows nothing of the password", async () => {
  const stored = await hash(PASSWORD);
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1,keyid=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(await hash(PASSWORD)).not.toBe(stored);
});

test("the password is it, and no other one is", async () => {
  const stored = await hash(PASSWORD);
  expect(await passwords.verify("::1", stored, PASSWORD)).toBe(true);
  for (const other of [`${PASSWORD} `, PASSWORD.toUpperCase(), PASSWORD.slice(1), ""])
    expect(await passwords.verify("::1", stored, other)).toBe(false);
});

test("the same characters are the same password, however a keyboard writes them", async () => {
  expect(
    await passwords.verify("::1", await hash("crème brûlée à trois"), "crème brûlée à trois".normalize("NFD")),
  ).toBe(true);
});

test("a long password counts to its last character", async () => {
  const long = "é".repeat(128);
  expect(await passwords.verify("::1", await hash(long), long)).toBe(true);
  expect(await passwords.verify("::1", await hash(long), `${long.slice(0, -1)}e`)).toBe(false);
});

describe("nothing matches", () => {
  test("under another pepper: a copy of the database alone is of no use", async () => {
    expect(await withPepper(8).verify("::1", await hash(PASSWORD), PASSWORD)).toBe(false);
  });

  test.each([
    ["no hash", null],
    ["an empty one", ""],
    ["one that is not ours", "$2b$10$abcdefghijklmnopqrstuv"],
    ["one without a tag", "$argon2id$v=19$m=19456,t=2,p=1,keyid=1$AAAAAAAAAAAAAAAAAAAAAA$"],
    ["one with a short tag", "$argon2id$v=19$m=19456,t=2,p=1,keyid=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA"],
  ])("%s", async (_what, stored) => {
    expect(await passwords.verify("::1", stored, PASSWORD)).toBe(false);
  });
});

test("a hash made with other parameters is still understood", async () => {
  const { hash: message } = createSecretHasher({ id: "1", bytes: new Uint8Array(32).fill(7) }).hash([
    "password",
    PASSWORD,
  ]);
  const nonce = new Uint8Array(16);
  const tag = argon2Sync("argon2id", { message, nonce, memory: 64, passes: 3, parallelism: 2, tagLength: 32 });
  const bare = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");
  const stored = `$argon2id$v=19$m=64,t=3,p=2,keyid=1$${bare(nonce)}$${bare(tag)}`;
  expect(await passwords.verify("::1", stored, PASSWORD)).toBe(true);
  expect(await passwords.verify("::1", stored, `${PASSWORD}.`)).toBe(false);
});

test("many addresses of one network wait as one", async () => {
  const hashes = Array.from({ length: 12 }, (_, index) => passwords.hash(`2001:db8:1:2::${index}`, PASSWORD));
  const refused = (await Promise.all(hashes)).filter((answer) => answer === TOO_BUSY);
  // Two at work, eight waiting.
  expect(refused).toHaveLength(2);
});
