import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/open-test-store.ts";
import { createSeededRandom } from "../../test/seeded-random.ts";
import { LatchkeyError } from "../kernel/errors.ts";
import type { Pepper } from "../kernel/secret-hash.ts";
import { loadPepper, lockDataFolder, prepareDataFolder } from "./data-folder.ts";

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const random = createSeededRandom();

/** The catalogued error that doing this throws. */
function refusalOf(action: () => unknown): LatchkeyError {
  try {
    action();
  } catch (error) {
    if (error instanceof LatchkeyError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("the data folder", () => {
  test("is for its owner alone, and so is each folder that had to be made on the way", () => {
    const above = join(temporaryFolder(), "above");
    const { path } = prepareDataFolder(join(above, "data"));
    expect([modeOf(above), modeOf(path)]).toEqual(["700", "700"]);
  });

  test("may be there already, and keeps what is in it", () => {
    const path = temporaryFolder();
    writeFileSync(join(path, "note"), "mine");
    prepareDataFolder(path);
    expect(readFileSync(join(path, "note"), "utf8")).toBe("mine");
  });

  test("is refused below a file, with a sentence that names it and says what to do", () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const { code, says } = refusalOf(() => prepareDataFolder(join(file, "data")));
    expect(code).toBe("store.folder_unusable");
    expect(says).toContain(join(file, "data"));
    expect(says).toContain("--data");
  });
});

describe("the lock", () => {
  test("keeps a second server out until the first lets go", () => {
    const folder = prepareDataFolder(temporaryFolder());
    const lock = lockDataFolder(folder);
    expect(refusalOf(() => lockDataFolder(folder)).code).toBe("store.in_use");
    lock.release();
    lockDataFolder(folder).release();
  });

  test("is not said to be another server's when its file cannot be used", () => {
    const folder = prepareDataFolder(temporaryFolder());
    mkdirSync(join(folder.path, "server.lock"));
    const { code, says } = refusalOf(() => lockDataFolder(folder));
    expect(code).toBe("store.folder_unusable");
    expect(says).toContain("server.lock");
  });

  test("is not taken in a file that holds something else", () => {
    const folder = prepareDataFolder(temporaryFolder());
    writeFileSync(join(folder.path, "server.lock"), "not a lock".repeat(100));
    const { code, says } = refusalOf(() => lockDataFolder(folder));
    expect(code).toBe("store.folder_unusable");
    expect(says).toContain("server.lock");
  });
});

describe("the pepper", () => {
  test("is 256 bits, made once and kept", () => {
    const folder = prepareDataFolder(temporaryFolder());
    const made = loadPepper(folder, random);
    expect(made.bytes).toHaveLength(32);
    expect(loadPepper(folder, random)).toEqual(made);
  });

  test("is another in each folder", () => {
    const [one, other] = [temporaryFolder(), temporaryFolder()].map((path) =>
      loadPepper(prepareDataFolder(path), random),
    );
    expect(one?.bytes).not.toEqual(other?.bytes);
  });

  test("can be read by its owner alone, however it came there, and nothing is left beside it", () => {
    const folder = prepareDataFolder(temporaryFolder());
    const before = readdirSync(folder.path);
    loadPepper(folder, random);
    expect(modeOf(folder.pepper)).toBe("600");
    expect(readdirSync(folder.path).sort()).toEqual([...before, "pepper"].sort());
    chmodSync(folder.pepper, 0o644);
    loadPepper(folder, random);
    expect(modeOf(folder.pepper)).toBe("600");
  });

  test.each([
    { what: "empty", text: () => "" },
    { what: "cut off", text: (whole: string) => whole.slice(0, 30) },
    { what: "not JSON", text: (whole: string) => `x${whole}` },
    { what: "a word", text: () => "null" },
    { what: "without its key", text: () => '{"id":"1"}' },
    { what: "without its id", text: (whole: string) => whole.replace('"id"', '"di"') },
    { what: "with a key that is too short", text: () => '{"id":"1","key":"AAAA"}' },
    { what: "with a key that is no text", text: () => '{"id":"1","key":17}' },
  ])("is refused when it is $what; it stays as it is, and nothing of it is said", ({ text }) => {
    const folder = prepareDataFolder(temporaryFolder());
    loadPepper(folder, random);
    const whole = readFileSync(folder.pepper, "utf8");
    const damaged = text(whole);
    writeFileSync(folder.pepper, damaged);
    const error = refusalOf(() => loadPepper(folder, random));
    expect(error.code).toBe("store.pepper_damaged");
    expect(error.says).toContain(folder.pepper);
    expect(readFileSync(folder.pepper, "utf8")).toBe(damaged);
    const key = /"key":"(.{8})/.exec(whole)?.[1] ?? "no key";
    expect(`${error.stack} ${JSON.stringify(error)} ${error.cause}`).not.toContain(key);
  });

  test("is not made where another process has just made one", () => {
    const folder = prepareDataFolder(temporaryFolder());
    let theirs: Pepper | null = null;
    // They are faster: they make theirs while we draw our random bytes.
    const slow = {
      ...random,
      bytes(count: number) {
        theirs ??= loadPepper(folder, createSeededRandom("theirs"));
        return random.bytes(count);
      },
    };
    const ours = loadPepper(folder, slow);
    expect(theirs).not.toBeNull();
    expect(ours).toEqual(theirs);
    expect(readdirSync(folder.path).filter((name) => name.startsWith("pepper"))).toEqual(["pepper"]);
  });
});
