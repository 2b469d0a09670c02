import type { Place } from "./model.ts";

/** One thing that is wrong with a project, in a sentence, and where it is if that is known. */
export type Problem = { readonly message: string; readonly place: Place | null };

/** `project.yml:12: …`, the way editors and compilers say it. */
export function describeProblem({ message, place }: Problem): string {
  if (place === null) return message;
  return place.line === null ? `${place.file}: ${message}` : `${place.file}:${place.line}: ${message}`;
}

/** A project that cannot be used, with every reason that was found. Nothing has been sent when it is thrown. */
export class ProjectError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(describeProblem).join("\n"));
    this.name = "ProjectError";
    this.problems = problems;
  }

  /** For a single problem that has no line of its own. */
  static of(message: string): ProjectError {
    return new ProjectError([{ message, place: null }]);
  }
}

/** Why one function could not be built; `output` holds the last lines its build printed. */
export class BuildError extends Error {
  readonly output: readonly string[];

  constructor(message: string, output: readonly string[] = []) {
    super(message);
    this.name = "BuildError";
    this.output = output;
  }
}
