import { once } from "node:events";
import { relative, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { watch } from "chokidar";
import { isInside, isLeftover } from "./files/walk.ts";
import type { Project } from "./model.ts";

/** What changes in a folder, as long as somebody asks. */
export type FolderWatch = {
  /** Resolves once something has changed and then nothing for a moment, with the paths, relative to the folder. */
  next(): Promise<readonly string[]>;
  /** Forgets what has changed within these folders. */
  forgetWithin(folders: readonly string[]): void;
  close(): Promise<void>;
};

/** Editors write a file in several steps, and people save several files at once. */
const QUIET_MS = 200;

/** Watches a folder and `files` elsewhere. What deployments leave out is no change, nor are installed modules. */
export async function watchFolder(folder: string, files: readonly string[] = []): Promise<FolderWatch> {
  const changed = new Set<string>();
  let failure: unknown;
  let wake: () => void = () => undefined;

  const ignored = (path: string): boolean =>
    relative(folder, path)
      .split(sep)
      .some((name) => name !== ".." && (name === "node_modules" || isLeftover(name)));
  const watcher = watch([folder, ...files], { ignored, ignoreInitial: true });
  watcher.on("all", (_, path) => {
    changed.add(path);
    wake();
  });
  watcher.on("error", (error) => {
    failure = error;
    wake();
  });
  await once(watcher, "ready");

  return {
    async next() {
      while (changed.size === 0 && failure === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (failure !== undefined) throw failure;
      let known: number;
      do {
        known = changed.size;
        await sleep(QUIET_MS);
      } while (changed.size !== known);
      const paths = [...changed].map((path) => relative(folder, path)).sort();
      changed.clear();
      return paths;
    },
    forgetWithin(folders) {
      for (const path of changed) if (folders.some((built) => isInside(built, path))) changed.delete(path);
    },
    close: () => watcher.close(),
  };
}

/** The folders of a project in which commands run when it is built, and write what they like. */
export function buildFolders({ root, libStep, packages }: Project): string[] {
  const functions = packages.flatMap((pkg) => pkg.functions);
  const built = functions.flatMap(({ source }) => (source.kind === "folder" && runs(source.step) ? [source.path] : []));
  return libStep !== null && runs(libStep) ? [...built, `${root}${sep}lib`] : built;
}

const runs = (step: string): boolean => step === "package.json" || /^build\.(sh|cmd)$/.test(step);
