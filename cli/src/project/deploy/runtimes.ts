import { type Problem, ProjectError } from "../errors.ts";
import type { Project, ProjectFunction } from "../model.ts";
import type { DeployApi, Runtimes } from "./api.ts";

/**
 * Throws when a function asks for a runtime that the server does not offer. A server that does not say what it offers
 * is left to judge for itself, function by function.
 */
export async function checkRuntimes(project: Project, api: Pick<DeployApi, "runtimes">): Promise<void> {
  const functions = project.packages.flatMap((pkg) => pkg.functions);
  const named = functions.flatMap((fn) =>
    fn.runtime !== null && fn.docker === null ? [{ fn, runtime: fn.runtime }] : [],
  );
  if (named.length === 0) return;
  const runtimes = await api.runtimes().catch(() => null);
  if (runtimes === null) return;
  const problems = named
    .filter(({ runtime }) => !isOffered(runtime, runtimes))
    .map(({ fn, runtime }) => problemOf(fn, project.secrets.conceal(runtime), runtimes));
  if (problems.length > 0) throw new ProjectError(problems);
}

function isOffered(runtime: string, runtimes: Runtimes): boolean {
  const [family, version] = runtime.split(":");
  const images = Object.entries(runtimes).flatMap(([name, kinds]) => kinds.map((image) => ({ name, ...image })));
  if (version === "default") return images.some((image) => image.name === family && image.default === true);
  return images.some(({ kind }) => kind === runtime);
}

function problemOf({ place }: ProjectFunction, runtime: string, runtimes: Runtimes): Problem {
  const kinds = Object.values(runtimes).flatMap((images) => images.map(({ kind }) => kind));
  return { message: `'${runtime}' is not a valid runtime value; the server offers ${kinds.join(", ")}`, place };
}
