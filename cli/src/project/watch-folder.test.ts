import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../test/run-cli.ts";
import { watchFolder } from "./watch-folder.ts";

async function startWatching(files: readonly string[] = []) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "packages", "a"), { recursive: true });
  const write = (path: string, text = `${path} ${Math.random()}`) => writeFileSync(join(folder, path), text);
  write("packages/a/one.js");
  const watching = await watchFolder(folder, files);
  onTestFinished(() => watching.close());
  return { folder, write, watching };
}

test("tells of files that are written, made and removed, several that change together at once", async () => {
  const { folder, write, watching } = await startWatching();
  write("packages/a/one.js");
  write("packages/a/two.js");
  expect(await watching.next()).toEqual(["packages/a/one.js", "packages/a/two.js"]);
  rmSync(join(folder, "packages/a/one.js"));
  expect(await watching.next()).toEqual(["packages/a/one.js"]);
});

test("tells of what happens in folders that are made later", async () => {
  const { folder, write, watching } = await startWatching();
  mkdirSync(join(folder, "packages", "b"));
  expect(await watching.next()).toEqual(["packages/b"]);
  write("packages/b/new.js");
  expect(await watching.next()).toEqual(["packages/b/new.js"]);
});

test("what deployments leave out is no change, nor what is installed", async () => {
  const { folder, write, watching } = await startWatching();
  for (const left of [".git", ".deployed", "packages/a/node_modules"]) {
    mkdirSync(join(folder, left));
    write(`${left}/file`);
  }
  write("packages/a/.one.js.swp");
  write("packages/a/one.js");
  expect(await watching.next()).toEqual(["packages/a/one.js"]);
});

test("a file elsewhere is watched if it is named", async () => {
  const elsewhere = join(temporaryFolder(), "production.env");
  writeFileSync(elsewhere, "A=1");
  const { watching } = await startWatching([elsewhere]);
  writeFileSync(elsewhere, "A=2");
  expect((await watching.next()).map((path) => path.endsWith("production.env"))).toEqual([true]);
});

test("what a build does in its folder can be told apart from what people do elsewhere", async () => {
  const { folder, write, watching } = await startWatching();
  mkdirSync(join(folder, "packages", "built"));
  await watching.next();
  write("packages/built/output.js");
  write("packages/a/one.js");
  // Only once it is there can it be forgotten.
  await new Promise((resolve) => setTimeout(resolve, 500));
  watching.forgetWithin([join(folder, "packages", "built")]);
  expect(await watching.next()).toEqual(["packages/a/one.js"]);
});
