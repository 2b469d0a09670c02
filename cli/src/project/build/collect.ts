import { readFile, realpath, stat } from "node:fs/promises";
import { basename, isAbsolute, join, posix, win32 } from "node:path";
import ignore from "ignore";
import { BuildError } from "../errors.ts";
import { type FoundFile, isInside, listFiles, modeOf } from "../files/walk.ts";

/** Folders that decide what belongs to a function. */
export type Folders = { readonly folder: string; readonly lib: string };

/** What steers a build and is no part of its result, at the top of a function's folder. */
const STEERING = ["/.ignore", "/.include", "/.source", "/.built", "/build.sh", "/build.cmd", "/__deployer__.zip"];

/** The files that make up a function: those that `.include` or `.source` names, or else all that `.ignore` leaves. */
export async function collectFiles(folders: Folders): Promise<FoundFile[]> {
  for (const name of [".include", ".source"]) {
    const items = await readList(join(folders.folder, name));
    if (items !== null) return collectIncluded(folders, name, items);
  }
  const rules = ignore()
    .add((await readList(join(folders.folder, ".ignore"))) ?? [])
    .add(STEERING);
  return listFiles(folders.folder, {
    within: [folders.lib],
    ignores: (path, isFolder) => rules.ignores(isFolder ? `${path}/` : path),
  });
}

async function collectIncluded(folders: Folders, listName: string, items: readonly string[]): Promise<FoundFile[]> {
  const files = new Map<string, FoundFile>();
  for (const item of items) {
    const { absolute, target } = await locate(folders, item);
    const stats = await stat(absolute).catch(() => null);
    if (stats === null) throw new BuildError(`'${item}' is included by '${listName}' but does not exist`);
    if (!stats.isDirectory()) {
      if (!stats.isFile()) throw new BuildError(`'${item}' is neither a file nor a folder`);
      files.set(target, { path: target, absolute, mode: modeOf(stats, absolute) });
      continue;
    }
    const within = [folders.folder, folders.lib];
    for (const file of await listFiles(absolute, { within, ignores: () => false })) {
      const path = target === "" ? file.path : `${target}/${file.path}`;
      files.set(path, { ...file, path });
    }
  }
  if (files.size === 0) throw new BuildError(`'${listName}' is empty`);
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Where an item of `.include` is, and what it is called in the result: only what comes from `lib` loses its folders. */
async function locate({ folder, lib }: Folders, item: string): Promise<{ absolute: string; target: string }> {
  if (isAbsolute(item) || win32.isAbsolute(item)) {
    throw new BuildError("Absolute paths are prohibited in an '.include' file");
  }
  const absolute = join(folder, item);
  const ownFiles = isInside(folder, absolute);
  if (!ownFiles && !isInside(lib, absolute)) throw new BuildError("Illegal use of '..' in an '.include' file");
  // A link may lead out of a folder that the path itself stays in.
  const real = await realpath(absolute).catch(() => absolute);
  const roots = await Promise.all([folder, lib].map((path) => realpath(path).catch(() => path)));
  if (!roots.some((root) => isInside(root, real))) {
    throw new BuildError(`'${item}' is a link to a place outside the function; copy what it needs, or put it in lib`);
  }
  if (!ownFiles) return { absolute, target: basename(absolute) };
  const target = posix.normalize(item.replaceAll("\\", "/")).replace(/\/$/, "");
  return { absolute, target: target === "." ? "" : target };
}

/** The lines of a list that say something, or null when there is no such file. */
async function readList(path: string): Promise<string[] | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return null;
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
