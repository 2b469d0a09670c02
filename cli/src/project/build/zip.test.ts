import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { strFromU8, unzipSync } from "fflate";
import { expect, test } from "vitest";
import { tempFolder, writeFiles } from "../../../test/temp-folder.ts";
import { listFiles } from "../files/walk.ts";
import { zipFiles } from "./zip.ts";

const zip = async (folder: string): Promise<Uint8Array> =>
  zipFiles(await listFiles(folder, { within: [], ignores: () => false }));
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const name = fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom("a", "B", "1", "ä", "-", " ", ".x") });
const tree = fc.dictionary(name, fc.uint8Array({ maxLength: 200 }), { minKeys: 1, maxKeys: 5 });

test("the same tree gives the same zip, whenever and in whatever order it was written", async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (files) => {
      const first = await tempFolder(files);
      const second = await tempFolder();
      for (const [path, content] of Object.entries(files).reverse()) await writeFiles(second, { [path]: content });
      for (const path of await readdir(second)) await utimes(join(second, path), 0, 86_400 * 365 * 40);
      expect(sha256(await zip(second))).toBe(sha256(await zip(first)));
    }),
    { numRuns: 30 },
  );
});

test("any byte, name or mode that changes gives another zip", async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.nat(), async (files, pick) => {
      const folder = await tempFolder(files);
      const before = sha256(await zip(folder));
      const paths = Object.keys(files);
      const path = join(folder, paths[pick % paths.length] ?? "");
      const content = await readFile(path);

      await writeFile(path, Buffer.concat([content, Buffer.of(pick % 256)]));
      expect(sha256(await zip(folder))).not.toBe(before);
      if (content.length > 0) {
        const changed = Buffer.from(content);
        changed[pick % content.length] = (changed[pick % content.length] ?? 0) ^ 1;
        await writeFile(path, changed);
        expect(sha256(await zip(folder))).not.toBe(before);
      }
      await writeFile(path, content);
      expect(sha256(await zip(folder))).toBe(before);

      await chmod(path, 0o700);
      expect(sha256(await zip(folder))).not.toBe(before);
      await chmod(path, 0o644);
      await writeFiles(folder, { zzz: "" });
      expect(sha256(await zip(folder))).not.toBe(before);
    }),
    { numRuns: 30 },
  );
});

test("what goes in comes out, names and modes included, with the system's own unzip", async () => {
  const folder = await tempFolder({
    "run.sh": "#!/bin/sh\n",
    "src/ä b.txt": "grüße",
    "a/__proto__": "odd",
    "1": "one",
  });
  const packed = await zip(folder);
  const texts = Object.entries(unzipSync(packed)).map(([path, bytes]) => [path, strFromU8(bytes)]);
  expect(texts).toContainEqual(["src/ä b.txt", "grüße"]);

  const out = await tempFolder({ "out.zip": packed });
  execFileSync("unzip", ["-q", "out.zip"], { cwd: out });
  expect(await readFile(join(out, "src/ä b.txt"), "utf8")).toBe("grüße");
  expect(await readFile(join(out, "a/__proto__"), "utf8")).toBe("odd");
  const modes = (await listFiles(out, { within: [], ignores: (path) => path !== "run.sh" })).map(({ mode }) => mode);
  expect(modes).toEqual([0o755]);
});

test("the time zone does not matter", async () => {
  const folder = await tempFolder({ "a.js": "a", "b.js": "b" });
  const script = `
    const { zipFiles } = await import(${JSON.stringify(new URL("zip.ts", import.meta.url).href)});
    const files = ["a.js", "b.js"].map((path) => ({ path, absolute: ${JSON.stringify(folder)} + "/" + path, mode: 0o644 }));
    process.stdout.write(Buffer.from(await zipFiles(files)).toString("base64"));`;
  const inZone = (zone: string): string =>
    execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      env: { ...process.env, TZ: zone },
      encoding: "utf8",
    });
  expect(inZone("Pacific/Kiritimati")).toBe(inZone("America/Los_Angeles"));
});

test("more files than a zip can count are refused", async () => {
  const files = Array.from({ length: 65_536 }, (_, index) => ({ path: String(index), absolute: "/nowhere", mode: 0 }));
  await expect(zipFiles(files)).rejects.toThrow("The function has 65536 files; a zip can hold 65535");
});

test("a name that the zip library cannot hold is refused", async () => {
  const folder = await tempFolder({ "index.js": "" });
  await writeFile(join(folder, "__proto__"), "odd");
  await expect(zip(folder)).rejects.toThrow("A file cannot be called '__proto__'");
});
