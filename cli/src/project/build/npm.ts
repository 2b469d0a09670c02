import { readFile, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

// What npm has to be asked for in a folder with a package.json.

const dictionary = z.record(z.string(), z.unknown()).catch({});
const manifestShape = z.object({
  scripts: dictionary.default({}),
  dependencies: dictionary.default({}),
  optionalDependencies: dictionary.default({}),
});

/** `npm install` and what follows it, or null where there is nothing to install and nothing to build. */
export type NpmPlan = { readonly line: string; readonly name: string; readonly builds: boolean };

const QUIET = "--no-audit --no-fund";
const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];

/** Reads package.json: a `build` script wants everything installed, anything else only what runs in production. */
export async function planNpm(folder: string): Promise<NpmPlan | null> {
  const manifest = parseManifest(await readFile(join(folder, "package.json"), "utf8"));
  if (manifest?.scripts["build"]) {
    return {
      line: `npm install --include=dev ${QUIET} && npm run build`,
      name: "npm install && npm run build",
      builds: true,
    };
  }
  const needed =
    manifest === null ||
    Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).length > 0 ||
    INSTALL_SCRIPTS.some((script) => manifest.scripts[script]);
  return needed ? { line: `npm install --omit=dev ${QUIET}`, name: "npm install --omit=dev", builds: false } : null;
}

/** Null for a package.json that is none: npm says what is wrong with it better than we would. */
function parseManifest(text: string): z.output<typeof manifestShape> | null {
  try {
    return manifestShape.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

const LOCKS = ["package-lock.json", "yarn.lock"];

/** Whether dependencies were installed after package.json and the lock file last changed. */
export async function isInstalled(folder: string): Promise<boolean> {
  const [manifest = 0, modules = 0, ...locks] = await changedAt(folder, ["package.json", "node_modules", ...LOCKS]);
  return Math.max(...locks) > 0 && modules >= Math.max(manifest, ...locks);
}

/** Dates `node_modules` after what it was installed from: npm leaves it alone when nothing in it has to change. */
export async function markInstalled(folder: string): Promise<void> {
  const [modules = 0, ...sources] = await changedAt(folder, ["node_modules", "package.json", ...LOCKS]);
  // Whole milliseconds: a file system may keep more digits than a date can carry.
  const newest = Math.ceil(Math.max(...sources)) / 1000;
  if (modules > 0 && modules < newest * 1000) await utimes(join(folder, "node_modules"), newest, newest);
}

async function changedAt(folder: string, names: readonly string[]): Promise<number[]> {
  const times = names.map((name) =>
    stat(join(folder, name)).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    ),
  );
  return Promise.all(times);
}
