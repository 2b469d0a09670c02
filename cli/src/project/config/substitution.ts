import type { Json } from "../model.ts";
import { asText } from "./env-values.ts";

/** What a reference asks for. */
type Request =
  | { readonly kind: "variable"; readonly name: string; readonly verbatim: boolean }
  | { readonly kind: "dictionary"; readonly names: readonly string[]; readonly deprecated: boolean }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "invalid"; readonly message: string };

/** One reference in the text of project.yml; `from` and `to` delimit it, terminator included. */
export type Reference = Request & { readonly from: number; readonly to: number };

const INTRODUCER = /\$[{(]/g;

/**
 * Finds `${NAME}`, `${|NAME}`, `$(A B)`, its older spelling `${A B}`, and `${<path}`, anywhere in the text, comments
 * included. There is no way to escape one, and they do not nest: the first terminator ends a reference.
 */
export function scan(text: string): Reference[] {
  const references: Reference[] = [];
  const introducer = new RegExp(INTRODUCER);
  for (let found = introducer.exec(text); found !== null; found = introducer.exec(text)) {
    const from = found.index;
    const end = text.indexOf(found[0] === "${" ? "}" : ")", from + 2);
    if (end < 0) {
      const message = "Runaway variable name or path directive in project.yml";
      references.push({ kind: "invalid", from, to: text.length, message });
      break;
    }
    introducer.lastIndex = end + 1;
    references.push({ from, to: end + 1, ...interpret(found[0], text.slice(from + 2, end).trim()) });
  }
  return references;
}

function interpret(introducer: string, inside: string): Request {
  const brace = introducer === "${";
  if (inside.startsWith("<")) {
    if (brace) return { kind: "file", path: inside.slice(1).trim() };
    return { kind: "invalid", message: `Invalid substitution: $(${inside})` };
  }
  if (brace && inside.startsWith("|")) return { kind: "variable", name: inside.slice(1).trim(), verbatim: true };
  if (brace && !/\s/.test(inside)) return { kind: "variable", name: inside, verbatim: false };
  return { kind: "dictionary", names: inside.split(/\s+/), deprecated: brace };
}

/** Where values come from; `undefined` is "not known or empty". */
export type Sources = {
  variable(name: string): Json | undefined;
  file(path: string): Json | undefined;
};

/** A stretch of the new text that took the place of a reference. */
export type Span = { readonly start: number; readonly end: number; readonly from: number; readonly to: number };

/** The text after substitution, with enough to find the way back. */
export type Substituted = {
  readonly text: string;
  readonly spans: readonly Span[];
  readonly unresolved: readonly { readonly name: string; readonly from: number }[];
};

/** Replaces every reference. What cannot be resolved leaves a stand-in, so that the rest can still be checked. */
export function substitute(text: string, references: readonly Reference[], sources: Sources): Substituted {
  const unresolved: { name: string; from: number }[] = [];
  const spans: Span[] = [];
  let result = "";
  let copied = 0;
  for (const reference of references) {
    const { from, to } = reference;
    const missing = (name: string): void => void unresolved.push({ name, from });
    result += text.slice(copied, from);
    const start = result.length;
    result += replacement(reference, sources, missing);
    spans.push({ start, end: result.length, from, to });
    copied = to;
  }
  return { text: result + text.slice(copied), spans, unresolved };
}

function replacement(reference: Reference, sources: Sources, missing: (name: string) => void): string {
  switch (reference.kind) {
    case "variable": {
      const value = sources.variable(reference.name);
      if (value === undefined) {
        missing(reference.name);
        return `<${reference.name}>`;
      }
      return reference.verbatim ? asText(value) : asText(value).replaceAll("\n", "\\n");
    }
    case "dictionary": {
      const found = reference.names.map((name): [string, Json] => {
        const value = sources.variable(name);
        if (value === undefined) missing(name);
        return [name, value ?? null];
      });
      return JSON.stringify(Object.fromEntries(found));
    }
    case "file": {
      const value = sources.file(reference.path);
      if (value === undefined) {
        missing(`<${reference.path}`);
        return "{}";
      }
      return JSON.stringify(value);
    }
    case "invalid":
      return '""';
  }
}
