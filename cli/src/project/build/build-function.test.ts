import { chmod, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { type Files, tempFolder, writeFiles } from "../../../test/temp-folder.ts";
import { readProject } from "../read-project.ts";
import { type BuildOptions, type BuiltCode, buildFunction } from "./build-function.ts";

const CODE = "exports.main = async () => ({ body: 'hello' });\n";

/** Builds the one function of a project. */
async function buildIn(root: string, options: Partial<BuildOptions> = {}): Promise<BuiltCode & { commands: string[] }> {
  const project = await readProject(root, { environment: {} });
  const [fn] = project.packages.flatMap((pkg) => pkg.functions);
  if (fn === undefined) throw new Error("the project has no function");
  const commands: string[] = [];
  const built = await buildFunction(fn, {
    root,
    environment: { PATH: process.env["PATH"], HOME: process.env["HOME"] },
    incremental: false,
    timeoutMs: 30_000,
    onCommand: (command) => commands.push(command),
    onLine: () => undefined,
    ...options,
  });
  return { ...built, commands };
}

const build = async (files: Files, options?: Partial<BuildOptions>) => buildIn(await tempFolder(files), options);

const contents = ({ code }: BuiltCode): { [path: string]: string } =>
  Object.fromEntries(
    Object.entries(unzipSync(Buffer.from(code, "base64"))).map(([path, bytes]) => [path, strFromU8(bytes)]),
  );

describe("a single file", () => {
  test("is sent as text", async () => {
    const built = await build({ "packages/p/f.js": CODE });
    expect(built).toMatchObject({ code: CODE, binary: false, zipped: false, runtime: "nodejs:default" });
  });

  test("is sent as text from a folder too, when nothing else is in it", async () => {
    const built = await build({ "packages/p/f/index.js": CODE });
    expect(built).toMatchObject({ code: CODE, binary: false, zipped: false, runtime: "nodejs:default" });
  });

  test.each(["packages/p/f.js", "packages/p/f/index.js"])(
    "is sent as base64 when project.yml says so: %s",
    async (path) => {
      const built = await build({
        [path]: CODE,
        "project.yml": "packages: [{name: p, functions: [{name: f, binary: true}]}]",
      });
      expect(built).toMatchObject({ code: Buffer.from(CODE).toString("base64"), binary: true, zipped: false });
    },
  );

  test("that is a zip is sent as it is", async () => {
    const bytes = Buffer.from([0x50, 0x4b, 0xff, 0xfe]);
    const built = await build({ "packages/p/f.nodejs-18.zip": bytes });
    expect(built).toMatchObject({ code: bytes.toString("base64"), binary: true, zipped: true, runtime: "nodejs:18" });
  });

  test("that is no text is refused rather than mangled", async () => {
    const built = build({ "packages/p/f.js": Buffer.from([0xff, 0xfe, 0x00]) });
    await expect(built).rejects.toThrow(
      "'f.js' is no UTF-8 text; if it is meant to be binary, say 'binary: true' in project.yml",
    );
  });

  test("may be empty", async () => {
    expect(await build({ "packages/p/f.js": "" })).toMatchObject({ code: "", binary: false });
  });
});

describe("several files", () => {
  test("are zipped, and the zip is the same each time", async () => {
    const files = { "packages/p/f/index.js": CODE, "packages/p/f/data/a.json": "{}" };
    const [first, second] = [await build(files), await build(files)];
    expect(first).toMatchObject({ binary: true, zipped: true, runtime: "nodejs:default" });
    expect(contents(first)).toEqual({ "index.js": CODE, "data/a.json": "{}" });
    expect(second.code).toBe(first.code);
  });

  test.each([
    { files: ["__main__.py", "util.py"], runtime: "python:default" },
    { files: ["index.js", "package.json", "node_modules/gyp/x.py"], runtime: "nodejs:default" },
    { files: ["package.json", "dist/index.js"], runtime: "nodejs:default" },
    { files: ["a.ts", "b.js"], runtime: "nodejs:default" },
  ])("tell their runtime by the names nearest to the top: $files", async ({ files, runtime }) => {
    const own = Object.fromEntries(files.map((path) => [`packages/p/f/${path}`, path.endsWith(".json") ? "{}" : ""]));
    expect((await build(own)).runtime).toBe(runtime);
  });

  test.each([
    ["index.js", "main.py"],
    ["data.json", "notes.txt"],
  ])("that agree on none are refused: %s, %s", async (...files) => {
    const own = Object.fromEntries(files.map((path) => [`packages/p/f/${path}`, ""]));
    await expect(build(own)).rejects.toThrow("Function 'p/f': runtime type could not be determined");
  });

  test("that agree on none are fine when project.yml says the runtime", async () => {
    const yaml = "packages: [{name: p, functions: [{name: f, runtime: 'python:3.11'}]}]";
    const built = await build({ "project.yml": yaml, "packages/p/f/a.js": "", "packages/p/f/b.py": "" });
    expect(built.runtime).toBe("python:3.11");
  });

  test("of which none is left are refused", async () => {
    const files = { "packages/p/f/index.js": "", "packages/p/f/.ignore": "*.js" };
    await expect(build(files)).rejects.toThrow("The function has no included files");
  });
});

describe("build.sh", () => {
  const script = (body: string): Files => ({
    "packages/p/f/build.sh": `#!/bin/sh\nset -e\n${body}\n`,
    "packages/p/f/in.txt": "in",
  });

  test("runs in the function's folder before its files are taken, and wins over package.json", async () => {
    const built = await build({
      ...script("echo 'exports.main = () => ({})' > index.js; rm in.txt"),
      "packages/p/f/package.json": JSON.stringify({ dependencies: { nothing: "file:./nowhere" } }),
    });
    expect(built.commands).toEqual(["build.sh"]);
    expect(Object.keys(contents(built))).toEqual(["index.js", "package.json"]);
  });

  test("has its result picked by '.include'", async () => {
    const built = await build({
      ...script("mkdir out; echo '//' > out/index.js; echo '{}' > package.json"),
      "packages/p/f/.include": "out",
    });
    expect(built).toMatchObject({ code: "//\n", binary: false, runtime: "nodejs:default" });
  });

  test("that fails is told with what it said", async () => {
    const built = build(script("echo something is missing >&2; exit 2"));
    await expect(built).rejects.toMatchObject({
      message: "'build.sh' exited with code 2",
      output: ["something is missing"],
    });
  });

  test("that cannot be executed is told so", async () => {
    const root = await tempFolder(script("true"));
    await chmod(join(root, "packages/p/f/build.sh"), 0o644);
    await expect(buildIn(root)).rejects.toThrow("'build.sh' is not executable; run 'chmod +x build.sh' in its folder");
  });

  test("is not run again by an incremental build once it has left '.built'", async () => {
    const root = await tempFolder(script("echo '//' > index.js; touch .built"));
    expect((await buildIn(root, { incremental: true })).commands).toEqual(["build.sh"]);
    const second = await buildIn(root, { incremental: true });
    expect(second.commands).toEqual([]);
    expect(Object.keys(contents(second))).toEqual(["in.txt", "index.js"]);
    expect((await buildIn(root)).commands).toEqual(["build.sh"]);
  });
});

describe("package.json", () => {
  // npm links what a `file:` dependency names, so it has to be in lib to get into the function.
  const dependency: Files = {
    "lib/greeter/package.json": JSON.stringify({ name: "greeter", version: "1.0.0", main: "index.js" }),
    "lib/greeter/index.js": "module.exports = () => 'hi';\n",
  };
  const manifest = (more: object): Files => ({
    "packages/p/f/package.json": JSON.stringify({
      name: "f",
      dependencies: { greeter: "file:../../../lib/greeter" },
      ...more,
    }),
    "packages/p/f/index.js": CODE,
  });

  test("has its dependencies installed and taken along", { timeout: 30_000 }, async () => {
    const built = await build({ ...dependency, ...manifest({}) });
    expect(built.commands).toEqual(["npm install --omit=dev"]);
    expect(contents(built)).toMatchObject({
      "index.js": CODE,
      "node_modules/greeter/index.js": "module.exports = () => 'hi';\n",
    });
  });

  test("with a build script is installed in full and built", { timeout: 30_000 }, async () => {
    const more = {
      scripts: { build: "node -e \"require('fs').writeFileSync('built.js', require('greeter')())\"" },
      dependencies: {},
      devDependencies: { greeter: "file:../../../lib/greeter" },
    };
    const built = await build({ ...dependency, ...manifest(more), "packages/p/f/.include": "built.js" });
    expect(built.commands).toEqual(["npm install && npm run build"]);
    expect(built).toMatchObject({ code: "hi", binary: false, runtime: "nodejs:default" });
  });

  test("is not installed again by an incremental build unless it changed", { timeout: 60_000 }, async () => {
    const root = await tempFolder({ ...dependency, ...manifest({}) });
    const first = await buildIn(root, { incremental: true });
    const second = await buildIn(root, { incremental: true });
    expect([first.commands.length, second.commands.length]).toEqual([1, 0]);
    expect(second.code).toBe(first.code);
    expect((await buildIn(root)).commands).toHaveLength(1);
    await rm(join(root, "packages/p/f/node_modules"), { recursive: true });
    expect((await buildIn(root, { incremental: true })).commands).toHaveLength(1);
  });

  test("that changed in nothing that matters is installed once more, and not each time", {
    timeout: 60_000,
  }, async () => {
    const root = await tempFolder({ ...dependency, ...manifest({}) });
    await buildIn(root);
    await writeFiles(root, manifest({ description: "new" }));
    const commands = [await buildIn(root, { incremental: true }), await buildIn(root, { incremental: true })];
    expect(commands.map((built) => built.commands.length)).toEqual([1, 0]);
  });

  test("without anything to install needs no npm at all", async () => {
    const files = {
      "packages/p/f/package.json": '{"type":"module"}',
      "packages/p/f/index.js": "export const main = 1;",
    };
    const built = await build(files, { environment: { PATH: "/nowhere" } });
    expect(built.commands).toEqual([]);
    expect(Object.keys(contents(built))).toEqual(["index.js", "package.json"]);
  });

  test("whose installation fails is told with what npm said", { timeout: 30_000 }, async () => {
    const failure: unknown = await build(manifest({ dependencies: { greeter: "file:./nowhere.tgz" } })).catch(
      (cause: unknown) => cause,
    );
    expect(failure).toMatchObject({
      message: expect.stringMatching(/^'npm install --omit=dev' exited with code \d+$/),
    });
    expect(failure).toMatchObject({ output: expect.arrayContaining([expect.stringContaining("nowhere.tgz")]) });
  });
});

describe("a function that is a link", () => {
  test("to a place in the project is built", async () => {
    const root = await tempFolder({ "shared/f.js": CODE, "packages/p/.keep": "" });
    await symlink("../../shared/f.js", join(root, "packages/p/f.js"));
    expect((await buildIn(root)).code).toBe(CODE);
  });

  test.each([
    { target: "/etc/hostname", says: "The function is a link to a place outside the project" },
    { target: "nowhere.js", says: "The function is a link to something that does not exist" },
  ])("to $target is refused", async ({ target, says }) => {
    const root = await tempFolder({ "packages/p/.keep": "" });
    await symlink(target, join(root, "packages/p/f.js"));
    await expect(buildIn(root)).rejects.toThrow(says);
  });
});

test("a project reached through a link is no different", async () => {
  const root = await tempFolder({
    "packages/p/f/index.js": CODE,
    "packages/p/f/b.js": "",
    "packages/p/f/.include": "index.js\nb.js\n../../../lib/c.js",
    "lib/c.js": "",
  });
  const elsewhere = await tempFolder();
  await symlink(root, join(elsewhere, "project"));
  expect(Object.keys(contents(await buildIn(join(elsewhere, "project"))))).toEqual(["b.js", "c.js", "index.js"]);
});

test("building changes nothing in the folder by itself", async () => {
  const root = await tempFolder({ "packages/p/f/index.js": CODE, "packages/p/f/package.json": "{}" });
  await buildIn(root);
  expect(await readFile(join(root, "packages/p/f/index.js"), "utf8")).toBe(CODE);
  await expect(readFile(join(root, "packages/p/f/__deployer__.zip"))).rejects.toThrow("ENOENT");
  await writeFile(join(root, "packages/p/f/__deployer__.zip"), "left by another deployer");
  expect(Object.keys(contents(await buildIn(root)))).toEqual(["index.js", "package.json"]);
});
