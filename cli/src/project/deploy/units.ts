import { join } from "node:path";
import { type BuildOptions, buildFunction, runStep } from "../build/build-function.ts";
import { BuildError } from "../errors.ts";
import type { Environment, Project, ProjectFunction, ProjectPackage } from "../model.ts";
import type { ActionBody, DeployApi, TriggerApi } from "./api.ts";
import { actionBody, type Content, type Digested, packageBody } from "./bodies.ts";
import type { Deployer } from "./deployer-annotation.ts";
import { createGate } from "./gate.ts";
import { reachOf } from "./reach.ts";
import type { FunctionResult, PackageResult, ProgressEvent } from "./report.ts";
import { fullName, type Sequence } from "./sequences.ts";
import { deployTriggers } from "./triggers.ts";
import type { Target, Versions } from "./versions.ts";

/** What deploying the parts of one project takes. */
export type UnitsDeps = {
  readonly project: Project;
  readonly target: Target;
  readonly api: DeployApi;
  readonly triggers: TriggerApi | null;
  readonly deployer: Deployer;
  readonly environment: Environment;
  readonly incremental: boolean;
  readonly buildTimeoutMs: number;
  /** What the last deployment left. */
  readonly former: Versions;
  /** What this one leaves; filled as parts succeed. */
  readonly next: Versions;
  readonly progress: (event: ProgressEvent) => void;
};

const BUILDS_MAX = 4;
/** A new package or function gets this version, and an update never leads back to it (openwhisk-api 4.3). */
const FIRST_VERSION = "0.0.1";

/** Deploys a project's parts, one per call. Nothing here throws: what fails is told by the result. */
export type Units = ReturnType<typeof createUnits>;

/** Makes them. */
export function createUnits(deps: UnitsDeps) {
  const { project, target, api, former, next, progress } = deps;
  const buildGate = createGate(BUILDS_MAX);

  /** A server's answer or a build's complaint, without what came from the environment. */
  const reasonOf = (cause: unknown): string =>
    project.secrets.conceal(cause instanceof Error ? cause.message : "unknown reason");

  const failed = (fn: ProjectFunction, cause: unknown): FunctionResult => ({
    name: fn.qualifiedName,
    outcome: "failed",
    reason: reasonOf(cause),
    output: cause instanceof BuildError ? cause.output.map((line) => project.secrets.conceal(line)) : [],
  });

  const buildOptions = (name: string): BuildOptions => ({
    root: project.root,
    environment: deps.environment,
    incremental: deps.incremental,
    timeoutMs: deps.buildTimeoutMs,
    onCommand: (command) => progress({ kind: "building", target: name, command }),
    onLine: (line) => progress({ kind: "output", target: name, line: project.secrets.conceal(line) }),
  });

  let libBuilt: Promise<void> | null = null;
  /** Built once, when the first folder needs it; afterwards everybody learns how that went. */
  function buildLib(): Promise<void> {
    libBuilt ??=
      project.libStep === null
        ? Promise.resolve()
        : runStep(project.libStep, join(project.root, "lib"), buildOptions("lib"));
    return libBuilt.catch((cause: unknown) => {
      throw new BuildError(
        `'lib' could not be built: ${reasonOf(cause)}`,
        cause instanceof BuildError ? cause.output : [],
      );
    });
  }

  async function send(fn: ProjectFunction, content: Content): Promise<FunctionResult> {
    const name = fn.qualifiedName;
    const reach = reachOf(fn, target);
    const { digest, body }: Digested<ActionBody> = actionBody(fn, content, deps.deployer);
    const known = former.functions.get(name);
    if (deps.incremental && known?.digest === digest) {
      next.functions.set(name, known);
      return { name, outcome: "skipped", version: known.version, reach };
    }
    const sizeBytes = content.kind === "code" ? Buffer.byteLength(content.built.code) : 0;
    progress({ kind: "uploading", target: name, sizeBytes });
    const stored = await api.getAction(name).catch(() => null);
    const { version } = await api.putAction(name, body(stored));
    const triggers = await deployTriggers(fn, deps.triggers, reasonOf);
    // A schedule that failed has to be tried again, which only happens to functions that are not known to be up to date.
    if (triggers.every(({ outcome }) => outcome === "deployed")) next.functions.set(name, { version, digest });
    return { name, outcome: outcomeOf(version), version, reach, triggers };
  }

  return {
    failed,

    async deployPackage(pkg: ProjectPackage): Promise<PackageResult> {
      const { name } = pkg;
      const { digest, body } = packageBody(pkg, deps.deployer);
      const known = former.packages.get(name);
      if (deps.incremental && known?.digest === digest) {
        next.packages.set(name, known);
        return { name, outcome: "skipped", version: known.version };
      }
      try {
        const stored = await api.getPackage(name).catch(() => null);
        const { version } = await api.putPackage(name, body(stored));
        next.packages.set(name, { version, digest });
        return { name, outcome: outcomeOf(version), version };
      } catch (cause) {
        return { name, outcome: "failed", reason: reasonOf(cause) };
      }
    },

    async deployFunction(fn: ProjectFunction): Promise<FunctionResult> {
      try {
        if (fn.source.kind === "folder") await buildLib();
        const built = await buildGate(() => buildFunction(fn, buildOptions(fn.qualifiedName)));
        return await send(fn, { kind: "code", built });
      } catch (cause) {
        return failed(fn, cause);
      }
    },

    async deploySequence(sequence: Sequence): Promise<FunctionResult> {
      try {
        const components = sequence.source.components.map((name) => fullName(name, target.namespace));
        return await send(sequence, { kind: "sequence", components });
      } catch (cause) {
        return failed(sequence, cause);
      }
    },
  };
}

function outcomeOf(version: string): "created" | "updated" {
  return version === FIRST_VERSION ? "created" : "updated";
}
