import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/open-test-store.ts";
import { createSeededRandom } from "../../test/seeded-random.ts";
import { LatchkeyError } from "../kernel/errors.ts";
import { systemRandom } from "../kernel/random.ts";
import { loadAuditKey } from "./audit-key.ts";
import { prepareDataFolder } from "./data-folder.ts";

const NOT_SIGNED = { hasSigned: false };
const open = () => prepareDataFolder(temporaryFolder());
const pemOf = (folder: ReturnType<typeof open>, random = systemRandom) =>
  loadAuditKey(folder, random, NOT_SIGNED).export({ format: "pem", type: "pkcs8" });

function refusalOf(act: () => unknown): LatchkeyError {
  try {
    act();
  } catch (error) {
    if (error instanceof LatchkeyError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

describe("the audit log's key", () => {
  test("is an Ed25519 key, made once and kept, another in each folder", () => {
    const folder = open();
    const key = loadAuditKey(folder, systemRandom, NOT_SIGNED);
    expect(key.asymmetricKeyType).toBe("ed25519");
    expect(verify(null, Buffer.from("x"), createPublicKey(key), sign(null, Buffer.from("x"), key))).toBe(true);
    expect(pemOf(folder)).toBe(key.export({ format: "pem", type: "pkcs8" }));
    expect(pemOf(open())).not.toBe(pemOf(folder));
  });

  test("is the one that RFC 8032, section 7.1, makes of its first seed", () => {
    const seed = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
    const random = { ...systemRandom, bytes: (count: number) => (count === 32 ? seed : systemRandom.bytes(count)) };
    const key = createPublicKey(loadAuditKey(open(), random, NOT_SIGNED));
    const der = key.export({ format: "der", type: "spki" });
    expect(der.subarray(-32).toString("hex")).toBe("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  });

  test("can be read by its owner alone, however it came there, and nothing is left beside it", () => {
    const folder = open();
    const before = readdirSync(folder.path);
    pemOf(folder);
    const mode = () => (statSync(folder.auditKey).mode & 0o777).toString(8);
    expect(mode()).toBe("600");
    expect(readdirSync(folder.path).sort()).toEqual([...before, "audit-key"].sort());
    chmodSync(folder.auditKey, 0o644);
    pemOf(folder);
    expect(mode()).toBe("600");
  });

  test("is in the form that every tool reads", () => {
    const folder = open();
    const pem = pemOf(folder);
    expect(readFileSync(folder.auditKey, "utf8")).toBe(pem);
    expect(createPrivateKey(String(pem)).asymmetricKeyType).toBe("ed25519");
  });

  test("that is missing although it has signed is not made anew", () => {
    const folder = open();
    const error = refusalOf(() => loadAuditKey(folder, systemRandom, { hasSigned: true }));
    expect([error.code, error.says]).toEqual(["store.audit_key_missing", expect.stringContaining(folder.auditKey)]);
    expect(readdirSync(folder.path)).not.toContain("audit-key");
  });

  test.each([
    { what: "empty", text: () => "" },
    { what: "cut off", text: (whole: string) => whole.slice(0, 60) },
    { what: "no PEM", text: () => "null" },
    { what: "another kind of key", text: () => X25519 },
  ])("is refused when it is $what; it stays as it is, and nothing of it is said", ({ text }) => {
    const folder = open();
    const damaged = text(String(pemOf(folder)));
    writeFileSync(folder.auditKey, damaged);
    const error = refusalOf(() => loadAuditKey(folder, systemRandom, NOT_SIGNED));
    expect([error.code, error.says]).toEqual(["store.audit_key_damaged", expect.stringContaining(folder.auditKey)]);
    expect(readFileSync(folder.auditKey, "utf8")).toBe(damaged);
    expect(error.cause).toBeUndefined();
  });

  test("is not made where another process has just made one", () => {
    const folder = open();
    const theirs: string[] = [];
    // They are faster: they make theirs while we draw our random bytes.
    const slow = {
      ...systemRandom,
      bytes(count: number) {
        if (theirs.length === 0) theirs.push(String(pemOf(folder, createSeededRandom("theirs"))));
        return systemRandom.bytes(count);
      },
    };
    expect([pemOf(folder, slow)]).toEqual(theirs);
  });
});

/** A key for agreeing on keys, of the same size and in the same form. */
const X25519 = String(
  createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), Buffer.alloc(32, 1)]),
    format: "der",
    type: "pkcs8",
  }).export({ format: "pem", type: "pkcs8" }),
);
