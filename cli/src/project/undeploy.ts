import { noVersions, readVersions, type Target, writeVersions } from "./deploy/versions.ts";
import type { Project } from "./model.ts";
import { DEFAULT_PACKAGE } from "./model.ts";

/** What undeploying needs of the data plane. Names are `package/function`, or `function` alone. */
export type UndeployApi = {
  /** False when there was none. */
  deleteAction(name: string): Promise<boolean>;
  /** False when there was none; fails when there is still something in it. */
  deletePackage(name: string): Promise<boolean>;
  /** Names of the functions in a package, without the package's own; null when there is none. */
  listPackage(name: string): Promise<readonly string[] | null>;
  /** Up to 200 of the namespace's functions. */
  listActions(): Promise<readonly string[]>;
  /** Up to 200 of the namespace's packages. */
  listPackages(): Promise<readonly string[]>;
};

/** What it needs of the control plane, given an API token. */
export type UndeployTriggerApi = {
  listTriggers(): Promise<readonly { readonly name: string; readonly function: string }[]>;
  deleteTrigger(name: string): Promise<void>;
};

/** With what to undeploy. Without a token schedules stay, and find nothing to invoke. */
export type UndeployDeps = { readonly api: UndeployApi; readonly triggers: UndeployTriggerApi | null };

/** What became of one thing that was to go. */
export type UndeployResult = { readonly kind: "function" | "package" | "trigger"; readonly name: string } & (
  | { readonly outcome: "deleted" | "absent" }
  | { readonly outcome: "failed"; readonly reason: string }
);

/** Deletes functions and the schedules that invoke them. */
export async function undeployFunctions(names: readonly string[], deps: UndeployDeps): Promise<UndeployResult[]> {
  const results = await deleteTriggers(deps, (trigger) => names.includes(trigger.function));
  for (const name of names) results.push(await attempt("function", name, () => deps.api.deleteAction(name)));
  return results;
}

/** Deletes schedules; the functions that they invoke stay. */
export async function undeployTriggers(
  names: readonly string[],
  { deleteTrigger }: UndeployTriggerApi,
): Promise<UndeployResult[]> {
  const results: UndeployResult[] = [];
  for (const name of names) results.push(await attempt("trigger", name, () => deleteTrigger(name).then(() => true)));
  return results;
}

/** Deletes packages with everything in them. */
export async function undeployPackages(names: readonly string[], deps: UndeployDeps): Promise<UndeployResult[]> {
  const results: UndeployResult[] = [];
  for (const name of names) {
    const functions = await deps.api.listPackage(name).catch(() => null);
    const qualified = (functions ?? []).map((fn) => `${name}/${fn}`);
    results.push(...(await undeployFunctions(qualified, deps)));
    results.push(await attempt("package", name, () => deps.api.deletePackage(name)));
  }
  return results;
}

/** Deletes everything in the namespace. Lists come in pages, so it goes on until one is empty or nothing gives way. */
export async function undeployNamespace(deps: UndeployDeps): Promise<UndeployResult[]> {
  const { api } = deps;
  return [
    ...(await deleteTriggers(deps, () => true)),
    ...(await untilGone(api.listActions, (name) => attempt("function", name, () => api.deleteAction(name)))),
    ...(await untilGone(api.listPackages, (name) => attempt("package", name, () => api.deletePackage(name)))),
  ];
}

/** Deletes a project's functions, its packages if nothing of somebody else is in them, and the record of both. */
export async function undeployProject(project: Project, target: Target, deps: UndeployDeps): Promise<UndeployResult[]> {
  const functions = project.packages.flatMap((pkg) => pkg.functions.map(({ qualifiedName }) => qualifiedName));
  const results = await undeployFunctions(functions, deps);
  const packages = project.packages.map(({ name }) => name).filter((name) => name !== DEFAULT_PACKAGE);
  for (const name of packages) {
    const others = await deps.api.listPackage(name).catch(() => null);
    if ((others ?? []).length === 0) results.push(await attempt("package", name, () => deps.api.deletePackage(name)));
  }
  await forget(project, target, results);
  return results;
}

async function forget({ root }: Project, target: Target, results: readonly UndeployResult[]): Promise<void> {
  const versions = (await readVersions(root, target)) ?? noVersions();
  for (const { kind, name, outcome } of results) {
    if (outcome === "failed") continue;
    if (kind === "function") versions.functions.delete(name);
    if (kind === "package") versions.packages.delete(name);
  }
  await writeVersions(root, target, versions);
}

async function untilGone(
  list: () => Promise<readonly string[]>,
  remove: (name: string) => Promise<UndeployResult>,
): Promise<UndeployResult[]> {
  const results = new Map<string, UndeployResult>();
  for (let names = await list(); names.length > 0; names = await list()) {
    let gone = 0;
    for (const name of names) {
      const result = await remove(name);
      results.set(name, result);
      if (result.outcome === "deleted") gone += 1;
    }
    if (gone === 0) break;
  }
  return [...results.values()];
}

async function deleteTriggers(
  { triggers }: UndeployDeps,
  concerns: (trigger: { readonly name: string; readonly function: string }) => boolean,
): Promise<UndeployResult[]> {
  if (triggers === null) return [];
  const listed = await triggers.listTriggers().catch(() => []);
  const remove = (name: string) => attempt("trigger", name, () => triggers.deleteTrigger(name).then(() => true));
  return Promise.all(listed.filter(concerns).map(({ name }) => remove(name)));
}

async function attempt(
  kind: UndeployResult["kind"],
  name: string,
  remove: () => Promise<boolean>,
): Promise<UndeployResult> {
  try {
    return { kind, name, outcome: (await remove()) ? "deleted" : "absent" };
  } catch (cause) {
    return { kind, name, outcome: "failed", reason: cause instanceof Error ? cause.message : "unknown reason" };
  }
}
