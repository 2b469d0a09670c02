import { once } from "node:events";
import { chmod, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Files, tempFolder } from "../../../test/temp-folder.ts";
import { collectFiles, type Folders } from "./collect.ts";

async function project(files: Files): Promise<Folders> {
  const root = await tempFolder(files);
  return { folder: join(root, "packages/p/f"), lib: join(root, "lib") };
}

/** Paths that end up in the function, given what is in its folder and in lib. */
async function collected(own: Files, lib: Files = {}): Promise<string[]> {
  const files = Object.fromEntries([
    ...Object.entries(own).map(([path, content]) => [`packages/p/f/${path}`, content]),
    ...Object.entries(lib).map(([path, content]) => [`lib/${path}`, content]),
  ]);
  return (await collectFiles(await project(files))).map(({ path }) => path);
}

describe("without a list", () => {
  test("all files are taken, in order", async () => {
    const own = {
      "index.js": "",
      "b/z.js": "",
      "b/a.js": "",
      "a.js": "",
      "node_modules/x/index.js": "",
      ".config": "",
    };
    expect(await collected(own)).toEqual([
      ".config",
      "a.js",
      "b/a.js",
      "b/z.js",
      "index.js",
      "node_modules/x/index.js",
    ]);
  });

  test("what steers a build is left out, but only at the top", async () => {
    const steering = { "build.sh": "", "build.cmd": "", ".ignore": "", ".built": "", "__deployer__.zip": "" };
    const own = { "index.js": "", "package.json": "", ...steering, "node_modules/x/build.sh": "" };
    expect(await collected(own)).toEqual(["index.js", "node_modules/x/build.sh", "package.json"]);
  });

  test("what tools leave behind is left out everywhere", async () => {
    const leftovers = [
      ".git/config",
      ".gitignore",
      ".DS_Store",
      ".deployed/versions.json",
      ".nimbella/x",
      "a.js~",
      ".a.swp",
    ];
    const own = Object.fromEntries(
      ["index.js", ...leftovers, ...leftovers.map((path) => `sub/${path}`)].map((path) => [path, ""]),
    );
    expect(await collected(own)).toEqual(["index.js"]);
  });

  test.each([
    { ignore: "*.test.js", left: ["docs/a.md", "index.js", "src/b.js"] },
    { ignore: "docs", left: ["index.js", "index.test.js", "src/b.js", "src/b.test.js"] },
    { ignore: "docs/\n\nsrc/\n", left: ["index.js", "index.test.js"] },
    { ignore: "/index.js", left: ["docs/a.md", "index.test.js", "src/b.js", "src/b.test.js"] },
    {
      ignore: "# all tests but one\n*.test.js\n!src/b.test.js",
      left: ["docs/a.md", "index.js", "src/b.js", "src/b.test.js"],
    },
  ])("'.ignore' speaks the language of .gitignore: $ignore", async ({ ignore, left }) => {
    const own = { "index.js": "", "index.test.js": "", "docs/a.md": "", "src/b.js": "", "src/b.test.js": "" };
    expect(await collected({ ...own, ".ignore": ignore })).toEqual(left);
  });
});

describe("with '.include'", () => {
  const own = {
    "index.js": "",
    "package.json": "",
    "src/a.ts": "",
    "dist/a.js": "",
    "dist/sub/b.js": "",
    ".gitignore": "",
  };
  const lib = { "util.js": "", "parts/c.js": "", "parts/sub/d.js": "" };

  test.each([
    { include: "index.js", taken: ["index.js"] },
    { include: "./index.js\n  package.json  \n\n", taken: ["index.js", "package.json"] },
    { include: "dist", taken: ["dist/a.js", "dist/sub/b.js"] },
    { include: "dist/\nindex.js", taken: ["dist/a.js", "dist/sub/b.js", "index.js"] },
    { include: "dist/sub/b.js", taken: ["dist/sub/b.js"] },
    { include: "index.js\nindex.js\n./index.js", taken: ["index.js"] },
    { include: "../../../lib/util.js", taken: ["util.js"] },
    { include: "../../../lib/parts", taken: ["parts/c.js", "parts/sub/d.js"] },
    { include: "../../../lib/parts/sub/", taken: ["sub/d.js"] },
    { include: "index.js\n../../../lib", taken: ["index.js", "lib/parts/c.js", "lib/parts/sub/d.js", "lib/util.js"] },
  ])("$include takes $taken", async ({ include, taken }) => {
    expect(await collected({ ...own, ".include": include }, lib)).toEqual(taken);
  });

  test("'.source' is the same under its former name", async () => {
    expect(await collected({ ...own, ".source": "dist/a.js" })).toEqual(["dist/a.js"]);
  });

  test.each([
    { include: "/etc/passwd", says: "Absolute paths are prohibited in an '.include' file" },
    { include: "C:\\secrets", says: "Absolute paths are prohibited in an '.include' file" },
    { include: "../g/index.js", says: "Illegal use of '..' in an '.include' file" },
    { include: "../../../lib/../project.yml", says: "Illegal use of '..' in an '.include' file" },
    { include: "../../../library/x", says: "Illegal use of '..' in an '.include' file" },
    { include: "sub/../../g", says: "Illegal use of '..' in an '.include' file" },
    { include: "nothing.js", says: "'nothing.js' is included by '.include' but does not exist" },
    { include: "\n \n", says: "'.include' is empty" },
  ])("$include is refused", async ({ include, says }) => {
    await expect(collected({ ...own, ".include": include }, lib)).rejects.toThrow(says);
  });
});

describe("links", () => {
  const ask = async (link: string, target: string, files: Files = {}) => {
    const folders = await project({
      "packages/p/f/index.js": "",
      "packages/p/f/real/a.js": "",
      "lib/shared/b.js": "",
      "other/c.js": "",
      ...files,
    });
    await symlink(target, join(folders.folder, link));
    return (await collectFiles(folders)).map(({ path }) => path);
  };

  test.each([
    { target: "index.js", taken: ["index.js", "link", "real/a.js"] },
    { target: "real", taken: ["index.js", "link/a.js", "real/a.js"] },
    { target: "../../../lib/shared", taken: ["index.js", "link/b.js", "real/a.js"] },
  ])("inside the function or into lib count as what they lead to: $target", async ({ target, taken }) => {
    expect(await ask("link", target)).toEqual(taken);
  });

  test.each([
    {
      target: "../../../other",
      says: "'link' is a link to a place outside the function; copy what it needs, or put it in lib",
    },
    {
      target: "/etc/hostname",
      says: "'link' is a link to a place outside the function; copy what it needs, or put it in lib",
    },
    { target: "nowhere", says: "'link' is a link to something that does not exist" },
    { target: ".", says: "'link' is a link to a folder that contains it" },
  ])("to $target are refused", async ({ target, says }) => {
    await expect(ask("link", target)).rejects.toThrow(says);
  });

  test("that are ignored are not followed", async () => {
    expect(await ask("link", "/etc", { "packages/p/f/.ignore": "link" })).toEqual(["index.js", "real/a.js"]);
  });

  test("named by '.include' are held to the same rule", async () => {
    const files = { "packages/p/f/.include": "link" };
    await expect(ask("link", "/etc/hostname", files)).rejects.toThrow(
      "'link' is a link to a place outside the function",
    );
    await expect(ask("link", "../../../other", files)).rejects.toThrow(
      "'link' is a link to a place outside the function",
    );
  });
});

test("modes are kept", async () => {
  const folders = await project({ "packages/p/f/run": "", "packages/p/f/data": "" });
  await chmod(join(folders.folder, "run"), 0o755);
  await chmod(join(folders.folder, "data"), 0o600);
  const modes = (await collectFiles(folders)).map(({ path, mode }) => [path, mode.toString(8)]);
  expect(modes).toEqual([
    ["data", "600"],
    ["run", "755"],
  ]);
});

test("what is neither file nor folder is refused", async () => {
  const folders = await project({ "packages/p/f/index.js": "" });
  const server = createServer().listen(join(folders.folder, "socket"));
  onTestFinished(() => void server.close());
  await once(server, "listening");
  await expect(collectFiles(folders)).rejects.toThrow("'socket' is neither a file nor a folder");
});
