import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../errors.ts";
import type { FunctionSource } from "../model.ts";
import type { Selection } from "../selection.ts";
import { findBuildStep } from "./build-step.ts";
import { parseFileName } from "./file-name.ts";
import { isLeftover } from "./walk.ts";

/** A function as the file system shows it. `shown` is its path relative to the project. */
export type FoundFunction = {
  readonly name: string;
  readonly runtime: string | null;
  readonly source: FunctionSource;
  readonly shown: string;
};

/** A folder below `packages`. */
export type FoundPackage = { readonly name: string; readonly functions: readonly FoundFunction[] };

/** What `packages` holds. */
export type FoundPackages = {
  readonly packages: readonly FoundPackage[];
  readonly strays: readonly string[];
  readonly problems: readonly Problem[];
  /** Everything there is, selected or not. */
  readonly names: readonly { readonly name: string; readonly functions: readonly string[] }[];
};

/** Lists the packages of a project and the functions in them, as far as they are selected. */
export async function scanPackages(root: string, selection: Selection): Promise<FoundPackages> {
  const strays: string[] = [];
  const problems: Problem[] = [];
  const packages: FoundPackage[] = [];
  const names: { name: string; functions: string[] }[] = [];
  for (const entry of await entriesOf(join(root, "packages"))) {
    const shown = `packages/${entry.name}`;
    if (!entry.isFolder) {
      strays.push(shown);
      continue;
    }
    const found = await scanPackage(root, entry.name, shown, selection);
    problems.push(...found.problems);
    strays.push(...found.strays);
    names.push({ name: entry.name, functions: found.names });
    if (selection.hasPackage(entry.name)) packages.push({ name: entry.name, functions: found.functions });
  }
  return { packages, strays, problems, names };
}

async function scanPackage(root: string, packageName: string, shownPackage: string, selection: Selection) {
  const strays: string[] = [];
  const problems: Problem[] = [];
  const functions: FoundFunction[] = [];
  const seen = new Map<string, string>();
  for (const entry of await entriesOf(join(root, shownPackage))) {
    const shown = `${shownPackage}/${entry.name}`;
    if (entry.name.startsWith(".")) continue;
    const named = entry.isFolder ? null : parseFileName(entry.name);
    const name = named?.name ?? entry.name;
    const former = seen.get(name);
    if (former !== undefined) {
      const message = `The function name '${name}' appears twice, once as ${former} and once as ${shown}`;
      problems.push({ message, place: { file: shown, line: null } });
      continue;
    }
    seen.set(name, shown);
    if (!selection.hasFunction(packageName, name)) continue;

    const path = join(root, shown);
    if (named !== null) {
      const source = { kind: "file", path, binary: named.binary, zipped: named.zipped } as const;
      functions.push({ name, runtime: named.runtime, source, shown });
      continue;
    }
    const found = await findBuildStep(path, shown, "function");
    if ("problem" in found) problems.push({ message: found.problem, place: { file: shown, line: null } });
    else
      functions.push({ name, runtime: null, source: { kind: "folder", path, step: found.step, binary: false }, shown });
  }
  return { strays, problems, functions, names: [...seen.keys()] };
}

/** Names and kinds, sorted, so that what happens does not depend on the file system's order. */
async function entriesOf(folder: string): Promise<{ name: string; isFolder: boolean }[]> {
  const names = (await readdir(folder)).filter((name) => !isLeftover(name)).sort();
  const isFolder = (name: string): Promise<boolean> =>
    // A link to nothing is told of when its function is built.
    stat(join(folder, name)).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
  return Promise.all(names.map(async (name) => ({ name, isFolder: await isFolder(name) })));
}
