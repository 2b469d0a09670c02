import { ProjectError } from "../errors.ts";
import {
  DEFAULT_PACKAGE,
  type Environment,
  type Project,
  type ProjectFunction,
  type ProjectPackage,
} from "../model.ts";
import type { DeployApi, TriggerApi } from "./api.ts";
import { describeDeployer } from "./deployer-annotation.ts";
import { createGate } from "./gate.ts";
import { type DeployReport, type FunctionResult, type PackageResult, type ProgressEvent, succeeded } from "./report.ts";
import { checkRuntimes } from "./runtimes.ts";
import { fullName, isSequence, orderSequences, type Sequence } from "./sequences.ts";
import { createUnits, type Units } from "./units.ts";
import { noVersions, readVersions, type Target, type Versions, writeVersions } from "./versions.ts";

/** How and where to deploy. */
export type DeployOptions = {
  readonly api: DeployApi;
  /** Null without an API token; schedules then fail with a sentence that says so. */
  readonly triggers: TriggerApi | null;
  /** The namespace of the connection. */
  readonly namespace: string;
  /** Without a slash at the end. */
  readonly apiHost: string;
  /** What build commands see: the process's environment, and what `--build-env` adds. */
  readonly environment: Environment;
  /** Leave out what did not change since the last deployment from this folder. */
  readonly incremental?: boolean;
  readonly buildTimeoutMs?: number;
  readonly progress?: (event: ProgressEvent) => void;
};

/** As many as DigitalOcean's deployer has under way at a time. */
const DEPLOYS_MAX = 25;
const BUILD_TIMEOUT_MS = 10 * 60 * 1000;

/**
 * Builds and deploys a project: packages, then functions side by side, then sequences one by one (openwhisk-api 12.6).
 * What fails is in the report and stops nothing else. Throws a `ProjectError`, with nothing sent, when the project does
 * not fit the connection or the server.
 */
export async function deployProject(project: Project, options: DeployOptions): Promise<DeployReport> {
  const { api, triggers, environment, incremental = false, progress = () => undefined } = options;
  const target: Target = { apiHost: options.apiHost, namespace: options.namespace };
  await checkTarget(project, target, api);
  await checkRuntimes(project, api);

  const stored = await readVersions(project.root, target);
  if (stored === null)
    progress({ kind: "warning", text: ".deployed/versions.json cannot be understood and is replaced" });
  const former = stored ?? noVersions();
  const next = noVersions();
  const deployer = await describeDeployer(project.root, environment);
  const buildTimeoutMs = options.buildTimeoutMs ?? BUILD_TIMEOUT_MS;
  const deps = {
    project,
    target,
    api,
    triggers,
    deployer,
    environment,
    incremental,
    buildTimeoutMs,
    former,
    next,
    progress,
  };
  const units = createUnits(deps);

  const packages = await deployPackages(project, units, progress);
  const functions = await deployFunctions(project, packages, target, units, progress);
  await remember(project, target, former, next);
  return { ...target, packages, functions, ok: packages.every(succeeded) && functions.every(succeeded) };
}

async function checkTarget({ targetNamespace }: Project, { namespace }: Target, api: DeployApi): Promise<void> {
  const wanted =
    targetNamespace === null || typeof targetNamespace === "string"
      ? [targetNamespace]
      : [targetNamespace.test, targetNamespace.production];
  if (targetNamespace !== null && !wanted.includes(namespace)) {
    const names = wanted.filter((name) => typeof name === "string").join("' or '");
    throw ProjectError.of(
      `project.yml asks for the namespace '${names}', but the connection is to '${namespace}'; connect to that one first`,
    );
  }
  if (!(await api.namespaces()).includes(namespace)) {
    throw ProjectError.of(`Supplied credentials do not match target namespace '${namespace}'; deployment aborted`);
  }
}

type Progress = (event: ProgressEvent) => void;

async function deployPackages(project: Project, units: Units, progress: Progress): Promise<PackageResult[]> {
  const gate = createGate(DEPLOYS_MAX);
  const results = new Map<string, PackageResult>();
  const deploy = async (packages: readonly ProjectPackage[]): Promise<void> => {
    const deployed = packages.map((pkg) => gate(() => units.deployPackage(pkg)));
    for (const deploying of deployed) {
      const result = await deploying;
      results.set(result.name, result);
      progress({ kind: "package", result });
    }
  };
  const packages = project.packages.filter(({ name }) => name !== DEFAULT_PACKAGE);
  // What a package is bound to may be another one of the project, and has to be there first.
  await deploy(packages.filter(({ binding }) => binding === null));
  await deploy(packages.filter(({ binding }) => binding !== null));
  return packages.flatMap(({ name }) => results.get(name) ?? []);
}

async function deployFunctions(
  project: Project,
  packages: readonly PackageResult[],
  { namespace }: Target,
  units: Units,
  progress: Progress,
): Promise<FunctionResult[]> {
  const functions = project.packages.flatMap((pkg) => pkg.functions);
  const refused = refusals(project, packages);
  const results = new Map<ProjectFunction, FunctionResult>();
  async function settle<F extends ProjectFunction>(fn: F, deploy: (fn: F) => Promise<FunctionResult>): Promise<void> {
    const reason = refused.get(fn);
    const result = reason === undefined ? await deploy(fn) : units.failed(fn, reason);
    results.set(fn, result);
    progress({ kind: "function", result });
  }

  const gate = createGate(DEPLOYS_MAX);
  const coded = functions.filter((fn) => !isSequence(fn));
  await Promise.all(coded.map((fn) => gate(() => settle(fn, units.deployFunction))));

  const { ordered, circular } = orderSequences(functions.filter(isSequence), namespace);
  const circle = new Error("A cycle was detected in mutually dependent sequences");
  for (const sequence of circular) await settle(sequence, async () => units.failed(sequence, circle));
  for (const sequence of ordered) {
    warnOfStrangers(sequence, functions, namespace, progress);
    await settle(sequence, units.deploySequence);
  }
  return functions.flatMap((fn) => results.get(fn) ?? []);
}

/** Functions that need not be tried, and why. */
function refusals(project: Project, results: readonly PackageResult[]): Map<ProjectFunction, Error> {
  const refused = new Map<ProjectFunction, Error>();
  for (const pkg of project.packages) {
    const reason =
      pkg.name === DEFAULT_PACKAGE
        ? defaultPackageProblem(pkg)
        : results.flatMap((result) =>
            result.name === pkg.name && result.outcome === "failed" ? [result.reason] : [],
          )[0];
    if (reason === undefined) continue;
    for (const fn of pkg.functions)
      refused.set(fn, new Error(`The package '${pkg.name}' could not be deployed: ${reason}`));
  }
  return refused;
}

/** project.yml's own `parameters` and `environment` go to packages, and the default package is none. */
function defaultPackageProblem({ parameters, environment }: ProjectPackage): string | undefined {
  if (Object.keys({ ...parameters, ...environment }).length === 0) return undefined;
  return "The default package does not support attaching environment, parameters, or binding";
}

function warnOfStrangers(
  { qualifiedName, source }: Sequence,
  functions: readonly ProjectFunction[],
  namespace: string,
  progress: Progress,
): void {
  const own = new Set(functions.map((fn) => fullName(fn.qualifiedName, namespace)));
  for (const component of source.components.map((name) => fullName(name, namespace))) {
    if (own.has(component) || !component.startsWith(`/${namespace}/`)) continue;
    const text = `Sequence '${qualifiedName}' contains '${component}', which is in the same namespace but not part of the deployment`;
    progress({ kind: "warning", text });
  }
}

async function remember(project: Project, target: Target, former: Versions, next: Versions): Promise<void> {
  const packages = project.packages.map(({ name }) => name);
  const functions = project.packages.flatMap((pkg) => pkg.functions.map(({ qualifiedName }) => qualifiedName));
  const versions = project.whole
    ? next
    : {
        packages: updated(former.packages, packages, next.packages),
        functions: updated(former.functions, functions, next.functions),
      };
  const sizes = [former, versions].flatMap((entry) => [entry.packages.size, entry.functions.size]);
  if (sizes.some((size) => size > 0)) await writeVersions(project.root, target, versions);
}

/** What was tried and failed is forgotten, so that the next incremental deployment tries it again. */
function updated<V>(
  former: ReadonlyMap<string, V>,
  tried: readonly string[],
  next: ReadonlyMap<string, V>,
): Map<string, V> {
  const untouched = [...former].filter(([name]) => !tried.includes(name));
  return new Map([...untouched, ...next]);
}
