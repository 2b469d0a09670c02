import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readValues, type Values } from "./config/env-values.ts";
import { type ReadConfig, readConfig } from "./config/read-config.ts";
import { type Problem, ProjectError } from "./errors.ts";
import { findBuildStep } from "./files/build-step.ts";
import { scanPackages } from "./files/scan-packages.ts";
import { mergePackages } from "./merge.ts";
import type { BuildStep, Environment, Project } from "./model.ts";
import { Secrets } from "./secrets.ts";
import { createSelection } from "./selection.ts";

/** How to read a project. */
export type ReadOptions = {
  /** Variables for substitution that come before the env file: the process's environment. */
  readonly environment: Environment;
  /** Replaces the project's own `.env`; has to exist. */
  readonly envFile?: string | undefined;
  /** `package/function`, `package` or `package/`, separated by commas. */
  readonly include?: string | undefined;
  readonly exclude?: string | undefined;
};

const CONFIG = "project.yml";
const FORMER_CONFIG = "projectConfig.yml";
const ENV = ".env";

/**
 * Reads a project folder and merges it with its project.yml (openwhisk-api 12). Builds nothing and changes nothing.
 * Throws a `ProjectError` with every problem found.
 */
export async function readProject(folder: string, options: ReadOptions): Promise<Project> {
  const root = resolve(folder);
  const top = await readTopLevel(root, folder);
  const secrets = new Secrets();
  const envFile = await readEnv(root, options.envFile);
  secrets.add({ ...envFile });

  const variables = { environment: options.environment, envFile };
  const read = top.config === null ? EMPTY : await readConfig(root, top.config, variables, secrets);
  const selection = createSelection(options.include, options.exclude);
  const scanned = top.has("packages") ? await scanPackages(root, selection) : NO_PACKAGES;
  const { config } = read;
  const merged = await mergePackages({
    root,
    found: scanned.packages,
    configured: config.packages,
    project: config.project,
    selection,
  });
  const lib = await readLib(root, top.has("lib"));
  const problems = [...read.problems, ...scanned.problems, ...merged.problems, ...lib.problems];
  if (problems.length > 0) throw new ProjectError(problems);

  const known = config.packages.map(({ spec, functions }) => ({
    name: spec.name,
    functions: functions.map((entry) => entry.spec.name),
  }));
  const unmatched = selection.unmatched([...scanned.names, ...known]);
  const ignoredRemote = config.packages.some(({ functions }) => functions.some(({ spec }) => spec.remoteBuild));
  return {
    root,
    packages: merged.packages,
    libStep: lib.step,
    targetNamespace: config.project.targetNamespace ?? null,
    strays: [...top.strays, ...scanned.strays],
    warnings: [
      ...top.warnings,
      ...read.warnings,
      ...unmatched.map((word) => `Nothing in the project answers to '${word}'`),
      ...(ignoredRemote ? ["'remoteBuild' has no effect: functions are built on this machine"] : []),
    ],
    whole: selection.everything,
    secrets,
  };
}

const EMPTY: ReadConfig = { config: { project: {}, packages: [] }, problems: [], warnings: [] };
const NO_PACKAGES = { packages: [], strays: [], problems: [], names: [] };

async function readTopLevel(root: string, shown: string) {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => null);
  if (entries === null) throw ProjectError.of(`'${shown}' is not a folder that can be read`);
  const folders = new Set(entries.filter((entry) => !entry.isFile()).map(({ name }) => name));
  const files = new Set(entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name));
  const config = [CONFIG, FORMER_CONFIG].find((name) => files.has(name)) ?? null;
  if (config === null && !folders.has("packages")) {
    throw ProjectError.of(`'${shown}' is no functions project: it has neither a ${CONFIG} nor a folder 'packages'`);
  }
  const other = [...files].find((name) => /\.ya?ml$/.test(name));
  const warnings: string[] = [];
  if (config === FORMER_CONFIG)
    warnings.push(`The name '${FORMER_CONFIG}' is deprecated; please rename to '${CONFIG}' soon`);
  if (config === null && other !== undefined) warnings.push(`Found ${other} but no ${CONFIG}`);
  const known = new Set([CONFIG, ENV, "packages", "lib"]);
  const strays = entries
    .map(({ name }) => name)
    .filter((name) => !known.has(name) && name !== config && !name.startsWith("."));
  return { config, has: (name: string) => folders.has(name), strays: strays.sort(), warnings };
}

async function readEnv(root: string, given: string | undefined): Promise<Values> {
  const values = await readValues(given ?? join(root, ENV));
  if (values === null && given !== undefined) {
    throw ProjectError.of(`The specified environment file '${given}' does not exist`);
  }
  return values ?? {};
}

async function readLib(root: string, exists: boolean): Promise<{ step: BuildStep | null; problems: Problem[] }> {
  if (!exists) return { step: null, problems: [] };
  const found = await findBuildStep(join(root, "lib"), "lib", "lib");
  if ("problem" in found)
    return { step: null, problems: [{ message: found.problem, place: { file: "lib", line: null } }] };
  return { step: found.step === "identify" ? null : found.step, problems: [] };
}
