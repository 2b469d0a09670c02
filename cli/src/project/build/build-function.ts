import { isUtf8 } from "node:buffer";
import { access, constants, readFile, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import { BuildError } from "../errors.ts";
import { parseFileName, runtimeOf } from "../files/file-name.ts";
import { type FoundFile, isInside } from "../files/walk.ts";
import type { BuildStep, Environment, FunctionSource, ProjectFunction } from "../model.ts";
import { collectFiles } from "./collect.ts";
import { isInstalled, markInstalled, planNpm } from "./npm.ts";
import { runCommand } from "./run-command.ts";
import { zipFiles } from "./zip.ts";

/** A function's code, ready to be sent. */
export type BuiltCode = {
  /** Source text, or base64 when `binary`. */
  readonly code: string;
  readonly binary: boolean;
  readonly zipped: boolean;
  readonly runtime: string;
};

/** How builds are run. */
export type BuildOptions = {
  /** Absolute path of the project. */
  readonly root: string;
  /** What build commands see, `PATH` and `SHELL` included. */
  readonly environment: Environment;
  /** Skip steps whose result is still there. */
  readonly incremental: boolean;
  readonly timeoutMs: number;
  /** A command starts. */
  readonly onCommand: (command: string) => void;
  readonly onLine: (line: string) => void;
};

/** Builds one function; throws a `BuildError` that says why it cannot be. */
export async function buildFunction(
  { qualifiedName, source, runtime, docker }: ProjectFunction,
  options: BuildOptions,
): Promise<BuiltCode> {
  if (source.kind === "sequence") throw new BuildError(`'${qualifiedName}' is a sequence and has nothing to build`);
  const { code, binary, zipped, guess } = await encode(source, options);
  const known = runtime ?? guess;
  if (known === null && docker === null) {
    throw new BuildError(`Function '${qualifiedName}': runtime type could not be determined`);
  }
  return { code, binary, zipped, runtime: known ?? "blackbox" };
}

type Encoded = Omit<BuiltCode, "runtime"> & { readonly guess: string | null };

async function encode(source: Exclude<FunctionSource, { kind: "sequence" }>, options: BuildOptions): Promise<Encoded> {
  await refuseOutside(options.root, source.path);
  if (source.kind === "file") {
    return { ...(await encodeFile(source.path, source.binary)), zipped: source.zipped, guess: runtimeOf(source.path) };
  }
  await runStep(source.step, source.path, options);
  const files = await collectFiles({ folder: source.path, lib: join(options.root, "lib") });
  const [only] = files;
  if (only === undefined) throw new BuildError("The function has no included files");
  if (files.length === 1) {
    const named = parseFileName(only.path);
    return {
      ...(await encodeFile(only.absolute, source.binary || named.binary)),
      zipped: named.zipped,
      guess: named.runtime,
    };
  }
  const code = Buffer.from(await zipFiles(files)).toString("base64");
  return { code, binary: true, zipped: true, guess: agreeOnRuntime(files) };
}

async function encodeFile(path: string, binary: boolean): Promise<{ code: string; binary: boolean }> {
  const content = await readFile(path);
  if (!binary && !isUtf8(content)) {
    throw new BuildError(
      `'${basename(path)}' is no UTF-8 text; if it is meant to be binary, say 'binary: true' in project.yml`,
    );
  }
  return { code: content.toString(binary ? "base64" : "utf8"), binary };
}

async function refuseOutside(root: string, path: string): Promise<void> {
  const real = await realpath(path).catch(() => null);
  if (real === null) throw new BuildError("The function is a link to something that does not exist");
  if (!isInside(await realpath(root), real))
    throw new BuildError("The function is a link to a place outside the project");
}

/** Runs what a folder wants to be run before its files are taken. Also builds `lib`. */
export async function runStep(step: BuildStep, folder: string, options: BuildOptions): Promise<void> {
  if (step === "build.sh" || step === "build.cmd") await runScript(step, folder, options);
  if (step === "package.json") await runNpm(folder, options);
}

async function runScript(script: "build.sh" | "build.cmd", folder: string, options: BuildOptions): Promise<void> {
  if (options.incremental && (await exists(join(folder, ".built")))) return;
  if (script === "build.sh" && !(await exists(join(folder, script), constants.X_OK))) {
    throw new BuildError("'build.sh' is not executable; run 'chmod +x build.sh' in its folder");
  }
  await run(script === "build.sh" ? "./build.sh" : "build.cmd", script, folder, options);
}

async function runNpm(folder: string, options: BuildOptions): Promise<void> {
  const plan = await planNpm(folder);
  if (plan === null) return;
  const built = !plan.builds || (await exists(join(folder, ".built")));
  if (options.incremental && built && (await isInstalled(folder))) return;
  await run(plan.line, plan.name, folder, options);
  await markInstalled(folder);
}

async function run(line: string, name: string, folder: string, options: BuildOptions): Promise<void> {
  const { environment, timeoutMs, onLine } = options;
  options.onCommand(name);
  await runCommand({ line, name, folder, environment, timeoutMs, onLine });
}

async function exists(path: string, mode = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/**
 * The runtime that the names of the files nearest to the top agree on. Only those: dependencies further down may bring
 * files of any language.
 */
function agreeOnRuntime(files: readonly FoundFile[]): string | null {
  const depthOf = ({ path }: FoundFile): number => path.split("/").length;
  const telling = files.filter(({ path }) => runtimeOf(path) !== null);
  const top = Math.min(...telling.map(depthOf));
  const runtimes = new Set(telling.filter((file) => depthOf(file) === top).map(({ path }) => runtimeOf(path)));
  const [runtime = null] = runtimes;
  return runtimes.size === 1 ? runtime : null;
}
