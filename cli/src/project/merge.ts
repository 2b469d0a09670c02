import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ConfiguredFunction, ConfiguredPackage } from "./config/check.ts";
import { isEntityName } from "./config/names.ts";
import type { ProjectSpec } from "./config/spec.ts";
import type { Problem } from "./errors.ts";
import { findBuildStep } from "./files/build-step.ts";
import { parseFileName } from "./files/file-name.ts";
import type { FoundFunction, FoundPackage } from "./files/scan-packages.ts";
import { isInside } from "./files/walk.ts";
import {
  DEFAULT_PACKAGE,
  type FunctionSource,
  type Place,
  type ProjectFunction,
  type ProjectPackage,
  type Web,
} from "./model.ts";
import type { Selection } from "./selection.ts";

/** What is merged: the file system's view, project.yml's view, and what to leave out. */
export type MergeInput = {
  readonly root: string;
  readonly found: readonly FoundPackage[];
  readonly configured: readonly ConfiguredPackage[];
  readonly project: ProjectSpec;
  readonly selection: Selection;
};

/** Packages and functions, with project.yml's word taking precedence over what file names say. */
export async function mergePackages(input: MergeInput): Promise<{ packages: ProjectPackage[]; problems: Problem[] }> {
  const problems: Problem[] = [];
  const packages: ProjectPackage[] = [];
  for (const [found, configured] of pairs(input.found, input.configured, (entry) => entry.spec.name)) {
    const name = configured?.spec.name ?? found?.name;
    if (name === undefined || !input.selection.hasPackage(name)) continue;
    if (!isEntityName(name)) problems.push(misnamed(name, "package", `packages/${name}`));
    packages.push(await mergePackage(input, name, found, configured, problems));
  }
  return { packages, problems };
}

async function mergePackage(
  { root, project, selection }: MergeInput,
  name: string,
  found: FoundPackage | undefined,
  configured: ConfiguredPackage | undefined,
  problems: Problem[],
): Promise<ProjectPackage> {
  const spec = configured?.spec;
  const functions: ProjectFunction[] = [];
  for (const [file, said] of pairs(found?.functions ?? [], configured?.functions ?? [], (entry) => entry.spec.name)) {
    const functionName = said?.spec.name ?? file?.name;
    if (functionName === undefined || !selection.hasFunction(name, functionName)) continue;
    if (file && !isEntityName(functionName)) problems.push(misnamed(functionName, "function", file.shown));
    const qualifiedName = name === DEFAULT_PACKAGE ? functionName : `${name}/${functionName}`;
    const place: Place = said?.place ?? { file: file?.shown ?? "packages", line: null };
    const source = await sourceOf(root, qualifiedName, file, said);
    if ("problem" in source) {
      problems.push({ message: source.problem, place });
      continue;
    }
    functions.push(mergeFunction({ qualifiedName, name: functionName, place }, source, said, spec?.web ?? true));
  }
  if (spec?.binding && functions.length > 0 && configured?.functions.length === 0) {
    problems.push({ message: "A package with a binding cannot have functions of its own", place: configured.place });
  }
  return {
    name,
    shared: spec?.shared ?? false,
    annotations: spec?.annotations ?? {},
    parameters: { ...project.parameters, ...spec?.parameters },
    environment: { ...project.environment, ...spec?.environment },
    binding: spec?.binding ?? null,
    functions,
  };
}

type Resolved = { readonly source: FunctionSource; readonly runtime: string | null };

function mergeFunction(
  identity: Pick<ProjectFunction, "qualifiedName" | "name" | "place">,
  { source, runtime }: Resolved,
  said: ConfiguredFunction | undefined,
  webByDefault: Web,
): ProjectFunction {
  const spec = said?.spec;
  const { timeout, memory, logs } = spec?.limits ?? {};
  const limits = {
    ...(timeout !== undefined && { timeout }),
    ...(memory !== undefined && { memory }),
    ...(logs !== undefined && { logs }),
  };
  return {
    ...identity,
    source,
    runtime: spec?.runtime ?? runtime,
    main: spec?.main ?? null,
    docker: spec?.docker ?? null,
    web: spec?.web ?? webByDefault,
    webSecure: spec?.webSecure ?? null,
    annotations: spec?.annotations ?? {},
    parameters: spec?.parameters ?? {},
    environment: spec?.environment ?? {},
    limits: Object.keys(limits).length > 0 ? limits : null,
    triggers: said?.triggers ?? [],
  };
}

async function sourceOf(
  root: string,
  qualifiedName: string,
  found: FoundFunction | undefined,
  said: ConfiguredFunction | undefined,
): Promise<Resolved | { problem: string }> {
  const spec = said?.spec;
  if (spec?.sequence) {
    if (found)
      return { problem: `'${qualifiedName}' cannot be a sequence and also exist in the project as ${found.shown}` };
    return { source: { kind: "sequence", components: spec.sequence }, runtime: null };
  }
  const named = spec?.file === undefined ? found : await sourceFromFile(root, spec.file);
  if (named === undefined) {
    return { problem: `Function '${qualifiedName}' is named in project.yml but does not exist in the project` };
  }
  if ("problem" in named) return named;
  const { source, runtime } = named;
  if (source.kind === "sequence") return { source, runtime };
  const binary = source.binary || spec?.binary === true;
  if (source.kind === "file" && runtime === null && !spec?.runtime && !spec?.docker) {
    return { problem: `Function '${qualifiedName}': runtime type could not be determined` };
  }
  return { source: { ...source, binary }, runtime };
}

/** `file:` in project.yml names a file or folder anywhere in the project. */
async function sourceFromFile(root: string, file: string): Promise<Resolved | { problem: string }> {
  const path = join(root, file);
  if (!isInside(root, path)) return { problem: "The 'file' of a function has to be inside the project" };
  const stats = await stat(path).catch(() => null);
  if (stats === null) return { problem: "The 'file' of a function does not exist" };
  if (stats.isDirectory()) {
    const found = await findBuildStep(path, file, "function");
    if ("problem" in found) return found;
    return { source: { kind: "folder", path, step: found.step, binary: false }, runtime: null };
  }
  const { runtime, binary, zipped } = parseFileName(path);
  return { source: { kind: "file", path, binary, zipped }, runtime };
}

function misnamed(name: string, kind: string, file: string): Problem {
  return { message: `'${name}' cannot be the name of a ${kind}`, place: { file, line: null } };
}

/** Matches two lists by name: the first one's order, then what only the second one has. */
function* pairs<A extends { readonly name: string }, B>(
  first: readonly A[],
  second: readonly B[],
  nameOf: (entry: B) => string,
): Generator<[A | undefined, B | undefined]> {
  const names = new Set(first.map(({ name }) => name));
  for (const entry of first) yield [entry, second.find((other) => nameOf(other) === entry.name)];
  for (const entry of second) if (!names.has(nameOf(entry))) yield [undefined, entry];
}
