import type { z } from "zod";
import type { Problem } from "../errors.ts";
import { DEFAULT_PACKAGE, type Place, type Trigger } from "../model.ts";
import { isEntityName } from "./names.ts";
import {
  type FunctionSpec,
  functionSpec,
  type PackageSpec,
  type ProjectSpec,
  packageSpec,
  projectSpec,
  triggerSpec,
} from "./spec.ts";
import type { Path, YamlDocument } from "./yaml-document.ts";

/** A function as project.yml describes it. */
export type ConfiguredFunction = {
  readonly spec: FunctionSpec;
  readonly triggers: readonly Trigger[];
  readonly place: Place;
};

/** A package as project.yml describes it. */
export type ConfiguredPackage = {
  readonly spec: PackageSpec;
  readonly functions: readonly ConfiguredFunction[];
  readonly place: Place;
};

/** What project.yml says, as far as it could be understood. */
export type Config = { readonly project: ProjectSpec; readonly packages: readonly ConfiguredPackage[] };

const DEFAULT_PACKAGE_SUPPORTS_NONE =
  "The default package does not support attaching environment, parameters, or binding";

/** Checks a whole document and reports everything that is wrong with it; one wrong function hides no other. */
export function check(document: YamlDocument, file: string): { config: Config; problems: readonly Problem[] } {
  const checker = new Checker(document, file);
  return { config: checker.checkProject(), problems: checker.problems };
}

class Checker {
  readonly problems: Problem[] = [];
  readonly #document: YamlDocument;
  readonly #file: string;

  constructor(document: YamlDocument, file: string) {
    this.#document = document;
    this.#file = file;
  }

  checkProject(): Config {
    const value = this.#document.value();
    if (!isRecord(value)) {
      this.#report([], "configuration is empty or unparseable");
      return { project: {}, packages: [] };
    }
    const project = this.#parse(projectSpec, value, [], "") ?? {};
    const seen = new Set<string>();
    const packages = asList(value["packages"]).map((entry, index) =>
      this.#checkPackage(entry, ["packages", index], seen),
    );
    return { project, packages: packages.filter((entry) => entry !== null) };
  }

  #checkPackage(value: unknown, path: Path, seen: Set<string>): ConfiguredPackage | null {
    const spec = this.#parse(packageSpec, value, path, "in 'package' ");
    const key = isRecord(value) && value["functions"] ? "functions" : "actions";
    const listed = isRecord(value) ? asList(value[key]) : [];
    const names = new Set<string>();
    const functions = listed.map((entry, index) => this.#checkFunction(entry, [...path, key, index], names));
    if (spec === null) return null;
    this.#checkName("package", spec.name, path, seen);
    if (spec.binding && listed.length > 0)
      this.#report(path, "A package with a binding cannot have functions of its own");
    if (spec.name === DEFAULT_PACKAGE && attachesSomething(spec)) this.#report(path, DEFAULT_PACKAGE_SUPPORTS_NONE);
    return { spec, functions: functions.filter((entry) => entry !== null), place: this.#placeOf(path) };
  }

  #checkFunction(value: unknown, path: Path, seen: Set<string>): ConfiguredFunction | null {
    const spec = this.#parse(functionSpec, value, path, "in 'functions' clause ");
    if (spec === null) return null;
    this.#checkName("function", spec.name, path, seen);
    if (spec.sequence && (spec.file || spec.runtime || spec.binary || spec.main)) {
      this.#report(path, "A function cannot be a sequence and also have a file, runtime, binary, or main");
    }
    if (spec.remoteBuild && spec.localBuild) {
      const name = this.#document.writtenValue([...path, "name"]);
      this.#report(path, `Local and remote building cannot both be required (function ${name})`);
    }
    const triggers = (spec.triggers ?? []).map((trigger, index) =>
      this.#parse(triggerSpec(trigger), trigger, [...path, "triggers", index], "in 'triggers' clause "),
    );
    return { spec, triggers: triggers.filter((trigger) => trigger !== null), place: this.#placeOf(path) };
  }

  #checkName(kind: string, name: string, path: Path, seen: Set<string>): void {
    const written = (): string => this.#document.writtenValue([...path, "name"]);
    if (!isEntityName(name)) this.#report(path, `'${written()}' cannot be the name of a ${kind}`);
    if (seen.has(name)) this.#report(path, `The ${kind} '${written()}' appears twice`);
    seen.add(name);
  }

  #parse<T>(schema: z.ZodType<T>, value: unknown, path: Path, clause: string): T | null {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const within = issue.path.filter((step) => typeof step !== "symbol");
      if (issue.code === "unrecognized_keys") this.#reportKeys(issue.keys, path, within, clause);
      else this.#reportTemplate([...path, ...within], issue.message);
    }
    return null;
  }

  #reportKeys(keys: readonly string[], path: Path, within: Path, clause: string): void {
    const inner = within.findLast((step) => typeof step === "string");
    const where = inner === undefined ? clause : `in '${inner}' clause `;
    for (const key of keys) {
      const at = [...path, ...within, key];
      this.#report(at, `Invalid key '${this.#document.writtenKey(at)}' found ${where}in project.yml`);
    }
  }

  #reportTemplate(path: Path, message: string): void {
    const key = (): string => this.#document.writtenKey(path);
    const value = (): string => this.#document.writtenValue(path);
    this.#report(path, message.replace("{key}", key).replace("{value}", value));
  }

  #report(path: Path, message: string): void {
    this.problems.push({ message, place: this.#placeOf(path) });
  }

  #placeOf(path: Path): Place {
    return { file: this.#file, line: this.#document.line(path) };
  }
}

function attachesSomething({ shared, annotations, parameters, environment, binding }: PackageSpec): boolean {
  const dictionaries = [annotations ?? {}, parameters ?? {}, environment ?? {}];
  return shared === true || binding !== undefined || dictionaries.some((entry) => Object.keys(entry).length > 0);
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
