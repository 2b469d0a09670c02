/** What JSON can say. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A `parameters` or `annotations` dictionary. */
export type Dictionary = { readonly [key: string]: Json };

/** Environment variables by name, as `process.env` gives them. */
export type Environment = { readonly [name: string]: string | undefined };

/** `true`: served on the web; `raw`: the same with the request left unparsed; `false`: reached with a key only. */
export type Web = boolean | "raw";

/** Milliseconds, megabytes, megabytes; the server fills in what is not said. */
export type Limits = { readonly timeout?: number; readonly memory?: number; readonly logs?: number };

/** A schedule that invokes its function. */
export type Trigger = {
  readonly name: string;
  readonly enabled: boolean;
  /** Five fields, UTC. */
  readonly cron: string;
  readonly body: Dictionary | null;
};

/** What decides how a folder becomes code, in order of precedence (`identify`: take the files as they are). */
export type BuildStep = "build.sh" | "build.cmd" | "package.json" | ".include" | "identify";

/** Where a function's code comes from. Paths are absolute. */
export type FunctionSource =
  | { readonly kind: "file"; readonly path: string; readonly binary: boolean; readonly zipped: boolean }
  | { readonly kind: "folder"; readonly path: string; readonly step: BuildStep; readonly binary: boolean }
  | { readonly kind: "sequence"; readonly components: readonly string[] };

/** Where something was said, for people: a path relative to the project, and a line in it. */
export type Place = { readonly file: string; readonly line: number | null };

/** One function, with file system and project.yml merged. */
export type ProjectFunction = {
  /** `package/name`, or `name` alone in the default package. */
  readonly qualifiedName: string;
  readonly name: string;
  readonly source: FunctionSource;
  /** `nodejs:18` or `nodejs:default`; null where only the built files can tell. */
  readonly runtime: string | null;
  readonly place: Place;
  readonly main: string | null;
  readonly docker: string | null;
  readonly web: Web;
  /** What callers must send in `X-Require-Whisk-Auth`; a secret. */
  readonly webSecure: string | null;
  readonly annotations: Dictionary;
  readonly parameters: Dictionary;
  readonly environment: Dictionary;
  readonly limits: Limits | null;
  readonly triggers: readonly Trigger[];
};

/** The name of the package that is none: its functions live directly in the namespace. */
export const DEFAULT_PACKAGE = "default";

/** One package and its functions. `parameters` and `environment` already contain the project's own. */
export type ProjectPackage = {
  readonly name: string;
  readonly shared: boolean;
  readonly annotations: Dictionary;
  readonly parameters: Dictionary;
  readonly environment: Dictionary;
  readonly binding: { readonly namespace: string; readonly name: string } | null;
  readonly functions: readonly ProjectFunction[];
};

/** The namespace that project.yml asks for: one, or one of two. */
export type TargetNamespace = string | { readonly test?: string | undefined; readonly production?: string | undefined };

/** What `env` files and substitutions brought into a project, so that it can be kept out of what people read. */
export type Concealer = {
  /** The text with every such value replaced by `[secret]`. */
  conceal(text: string): string;
};

/** A project as it stands on disk, checked and ready to be built. */
export type Project = {
  /** Absolute path of its folder. */
  readonly root: string;
  readonly packages: readonly ProjectPackage[];
  /** How `lib` is built, or null where there is nothing to build. */
  readonly libStep: BuildStep | null;
  readonly targetNamespace: TargetNamespace | null;
  /** Files and folders that play no part in a deployment, relative to the project. */
  readonly strays: readonly string[];
  /** What the user should know although it stops nothing. */
  readonly warnings: readonly string[];
  /** Whether `include` and `exclude` left everything in. */
  readonly whole: boolean;
  readonly secrets: Concealer;
};
