import type { Dirent, Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { BuildError } from "../errors.ts";

/** One file of a folder. */
export type FoundFile = {
  /** Relative to the folder, with `/` between the parts. */
  readonly path: string;
  readonly absolute: string;
  /** Permission bits. */
  readonly mode: number;
};

/** How a folder is gone through. */
export type Walk = {
  /** Links may lead into these folders and nowhere else. */
  readonly within: readonly string[];
  /** Whether to leave something out; a folder that is left out is not entered. `path` is relative to the folder. */
  readonly ignores: (path: string, isFolder: boolean) => boolean;
};

/** Left behind by tools, never part of a function. `.#x` is a lock of Emacs. */
const LEFTOVERS = [
  /^\.git$/,
  /^\.gitignore$/,
  /^\.DS_Store$/,
  /^\.deployed$/,
  /^\.nimbella$/,
  /^\.#/,
  /~$/,
  /\.sw[px]$/,
];

/** Whether a file or folder of this name has no business in a deployment, wherever it is. */
export function isLeftover(name: string): boolean {
  return LEFTOVERS.some((pattern) => pattern.test(name));
}

/**
 * Lists the files below a folder, sorted by path. A link counts as what it leads to, if that is inside the folder or
 * one of `within`: anything else would carry files off the machine that nobody meant to deploy.
 */
export async function listFiles(folder: string, { within, ignores }: Walk): Promise<FoundFile[]> {
  const roots = await Promise.all([folder, ...within].map((path) => realpath(path).catch(() => path)));
  const files: FoundFile[] = [];

  async function visit(absolute: string, path: string, ancestors: readonly string[]): Promise<void> {
    const real = await realpath(absolute);
    if (ancestors.includes(real)) throw new BuildError(`'${path}' is a link to a folder that contains it`);
    for (const entry of await readdir(absolute, { withFileTypes: true })) {
      if (isLeftover(entry.name)) continue;
      const child = join(absolute, entry.name);
      const childPath = path === "" ? entry.name : `${path}/${entry.name}`;
      // Asked before a link is followed: ignoring one is how a user gets past one that leads nowhere.
      if (ignores(childPath, entry.isDirectory())) continue;
      const stats = await resolve(entry, child, childPath);
      if (entry.isSymbolicLink() && stats.isDirectory() && ignores(childPath, true)) continue;
      if (stats.isDirectory()) await visit(child, childPath, [...ancestors, real]);
      else if (stats.isFile()) files.push({ path: childPath, absolute: child, mode: modeOf(stats, entry.name) });
      else throw new BuildError(`'${childPath}' is neither a file nor a folder`);
    }
  }

  async function resolve(entry: Dirent, absolute: string, path: string): Promise<Stats> {
    if (entry.isSymbolicLink()) {
      const target = await realpath(absolute).catch(() => null);
      if (target === null) throw new BuildError(`'${path}' is a link to something that does not exist`);
      if (!roots.some((root) => isInside(root, target))) {
        throw new BuildError(
          `'${path}' is a link to a place outside the function; copy what it needs, or put it in lib`,
        );
      }
    }
    return stat(absolute);
  }

  await visit(folder, "", []);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether a path is a folder itself or lies within it. Both have to be real paths. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The permission bits a file is packed with. */
export function modeOf(stats: Stats, name: string): number {
  // Windows knows no executable bit, but the runtime does.
  if (process.platform === "win32") return name.endsWith(".sh") ? 0o755 : 0o644;
  return stats.mode & 0o777;
}
