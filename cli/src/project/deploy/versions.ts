import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

// What was deployed where, in `.deployed/versions.json` (openwhisk-api 12.7). The file is shared with DigitalOcean's
// deployer, so members it may have put there are kept.

const versionShape = z.looseObject({ version: z.string(), digest: z.string() });
const entryShape = z.looseObject({
  apihost: z.string(),
  namespace: z.string(),
  packageVersions: z.record(z.string(), versionShape).default({}),
  actionVersions: z.record(z.string(), versionShape).default({}),
});
const fileShape = z.array(entryShape);

/** The version that a name got when its digest was this. */
export type DeployedVersion = { readonly version: string; readonly digest: string };

/** Versions by name; functions by `package/function`. */
export type Versions = {
  readonly packages: Map<string, DeployedVersion>;
  readonly functions: Map<string, DeployedVersion>;
};

/** Where something is deployed. */
export type Target = { readonly apiHost: string; readonly namespace: string };

/** No versions at all. */
export function noVersions(): Versions {
  return { packages: new Map(), functions: new Map() };
}

const fileOf = (root: string): string => join(root, ".deployed", "versions.json");

/** What is known of a target; null when the file is there but cannot be understood. */
export async function readVersions(root: string, target: Target): Promise<Versions | null> {
  const entries = await readEntries(root);
  const entry = entries?.find(isOf(target));
  if (entries === null) return null;
  return {
    packages: new Map(Object.entries(entry?.packageVersions ?? {})),
    functions: new Map(Object.entries(entry?.actionVersions ?? {})),
  };
}

/** Replaces what is known of a target and keeps what is known of others. */
export async function writeVersions(root: string, target: Target, versions: Versions): Promise<void> {
  const entries = (await readEntries(root)) ?? [];
  const index = entries.findIndex(isOf(target));
  const entry = {
    ...entries[index],
    apihost: target.apiHost,
    namespace: target.namespace,
    packageVersions: Object.fromEntries(versions.packages),
    actionVersions: Object.fromEntries(versions.functions),
  };
  entries.splice(index < 0 ? entries.length : index, 1, entry);
  const file = fileOf(root);
  await mkdir(join(root, ".deployed"), { recursive: true });
  // Renamed into place: a deployment that is interrupted here must not leave half a file for the next one.
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(entries, null, 2)}\n`);
  await rename(draft, file);
}

async function readEntries(root: string): Promise<z.output<typeof fileShape> | null> {
  const text = await readFile(fileOf(root), "utf8").catch(() => null);
  if (text === null) return [];
  try {
    return fileShape.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function isOf({ apiHost, namespace }: Target): (entry: z.output<typeof entryShape>) => boolean {
  return (entry) => entry.apihost === apiHost && entry.namespace === namespace;
}
