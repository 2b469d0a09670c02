import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../errors.ts";
import type { Environment } from "../model.ts";
import type { Secrets } from "../secrets.ts";
import { type Config, check } from "./check.ts";
import { lookUp, readValues, type Values } from "./env-values.ts";
import { SourceText } from "./source-text.ts";
import { type Reference, type Substituted, scan, substitute } from "./substitution.ts";
import { YamlDocument } from "./yaml-document.ts";

/** What there is to say about a project.yml, and what it says. */
export type ReadConfig = {
  readonly config: Config;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
};

/** Where the variables of project.yml come from. */
export type Variables = { readonly environment: Environment; readonly envFile: Values };

const NOTHING: Config = { project: {}, packages: [] };

/** Reads project.yml: substitutes, parses, checks. Every value that was substituted is added to `secrets`. */
export async function readConfig(
  root: string,
  file: string,
  variables: Variables,
  secrets: Secrets,
): Promise<ReadConfig> {
  const original = await readFile(join(root, file), "utf8");
  const references = scan(original);
  const substituted = await substituteFrom(root, original, references, variables, secrets);
  const source = new SourceText(original, substituted);
  const document = new YamlDocument(substituted.text, source);

  const at = (line: number) => ({ file, line });
  const early: Problem[] = [
    ...textProblems(original, references, substituted, source).map(({ message, line }) => ({
      message,
      place: at(line),
    })),
    ...document.problems().map(({ message, line }) => ({ message, place: at(line) })),
  ];
  const deprecated = references.some((reference) => reference.kind === "dictionary" && reference.deprecated);
  const warnings = deprecated ? [`Using '\${}' for dictionary substitution is now deprecated; use '$()'`] : [];
  // What a text means is not worth asking while it cannot be read.
  if (document.problems().length > 0) return { config: NOTHING, problems: early, warnings };
  const { config, problems } = check(document, file);
  return { config, problems: [...early, ...problems], warnings };
}

function textProblems(
  original: string,
  references: readonly Reference[],
  { unresolved }: Substituted,
  source: SourceText,
): { message: string; line: number }[] {
  const problems = references
    .filter((reference) => reference.kind === "invalid")
    .map(({ message, from }) => ({ message, line: source.lineOfOriginal(from) }));
  const tab = original.indexOf("\t");
  if (tab >= 0) problems.push({ message: "YAML configuration may not contain tabs", line: source.lineOfOriginal(tab) });
  const [first] = unresolved;
  if (first) {
    const names = [...new Set(unresolved.map(({ name }) => `'${name}'`))].join(", ");
    const message = `The following substitutions could not be resolved: ${names}`;
    problems.push({ message, line: source.lineOfOriginal(first.from) });
  }
  return problems;
}

async function substituteFrom(
  root: string,
  original: string,
  references: readonly Reference[],
  { environment, envFile }: Variables,
  secrets: Secrets,
): Promise<Substituted> {
  const paths = new Set(references.flatMap((reference) => (reference.kind === "file" ? [reference.path] : [])));
  const files = new Map<string, Values>();
  for (const path of paths) {
    const values = await readValues(join(root, path));
    if (values !== null && Object.keys(values).length > 0) files.set(path, values);
  }
  return substitute(original, references, {
    variable: (name) => {
      const value = lookUp(name, environment, envFile);
      if (value !== undefined) secrets.add(value);
      return value;
    },
    file: (path) => {
      const values = files.get(path);
      if (values !== undefined) secrets.add({ ...values });
      return values === undefined ? undefined : { ...values };
    },
  });
}
