import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tempFolder } from "../../../test/temp-folder.ts";
import { isInstalled, markInstalled, planNpm } from "./npm.ts";

const INSTALL = "npm install --omit=dev --no-audit --no-fund";
const BUILD = "npm install --include=dev --no-audit --no-fund && npm run build";

test.each([
  { what: "dependencies", manifest: { dependencies: { yaml: "^2.0.0" } }, line: INSTALL },
  { what: "optional dependencies", manifest: { optionalDependencies: { yaml: "^2.0.0" } }, line: INSTALL },
  { what: "an install script", manifest: { scripts: { postinstall: "node prepare.js" } }, line: INSTALL },
  { what: "a build script", manifest: { scripts: { build: "tsc" } }, line: BUILD },
  {
    what: "a build script and dependencies",
    manifest: { scripts: { build: "tsc" }, dependencies: { a: "1" } },
    line: BUILD,
  },
  {
    what: "nothing of all that",
    manifest: { type: "module", scripts: { test: "vitest" }, devDependencies: { a: "1" } },
    line: undefined,
  },
  { what: "an empty build script", manifest: { scripts: { build: "" } }, line: undefined },
  { what: "members of the wrong kind", manifest: { scripts: [], dependencies: "x" }, line: undefined },
])("a package.json with $what asks for $line", async ({ manifest, line }) => {
  const folder = await tempFolder({ "package.json": JSON.stringify(manifest) });
  expect((await planNpm(folder))?.line).toBe(line);
});

test("a package.json that is no JSON is left to npm, which says what is wrong with it", async () => {
  const folder = await tempFolder({ "package.json": "{ oops" });
  expect((await planNpm(folder))?.line).toBe(INSTALL);
});

describe("an installation is up to date", () => {
  const at = async (times: { readonly [path: string]: number }): Promise<string> => {
    const folder = await tempFolder({ "package.json": "", "package-lock.json": "", "node_modules/x/index.js": "" });
    for (const [path, time] of Object.entries(times)) await utimes(join(folder, path), time, time);
    return folder;
  };
  test.each([
    { manifest: 100, lock: 100, modules: 100, current: true },
    { manifest: 100, lock: 200, modules: 300, current: true },
    { manifest: 200, lock: 100, modules: 100, current: false },
    { manifest: 100, lock: 200, modules: 100, current: false },
  ])("at $manifest, $lock, $modules: $current", async ({ manifest, lock, modules, current }) => {
    const folder = await at({ "package.json": manifest, "package-lock.json": lock, node_modules: modules });
    expect(await isInstalled(folder)).toBe(current);
  });

  test("not without a lock file or without node_modules", async () => {
    expect(await isInstalled(await tempFolder({ "package.json": "", "node_modules/x": "" }))).toBe(false);
    expect(await isInstalled(await tempFolder({ "package.json": "", "package-lock.json": "" }))).toBe(false);
  });

  test("once it is marked as such", async () => {
    const folder = await at({ "package.json": 1000.1234567, "package-lock.json": 2000.7654321, node_modules: 500 });
    expect(await isInstalled(folder)).toBe(false);
    await markInstalled(folder);
    expect(await isInstalled(folder)).toBe(true);
  });
});
