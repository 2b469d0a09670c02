import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from "yaml";
import type { SourceText } from "./source-text.ts";

/** Keys and indexes from the root of a document to a value. */
export type Path = readonly (string | number)[];

/** What is wrong with YAML, in words that repeat nothing of it: the parser's own messages quote the text, secrets included. */
const SENTENCES: { readonly [code: string]: string } = {
  BAD_ALIAS: "an alias refers to an anchor that was not set before it",
  BAD_DQ_ESCAPE: "a double-quoted string has an escape sequence that does not exist",
  BAD_INDENT: "the indentation does not fit the lines above",
  BAD_SCALAR_START: "a plain value begins with a character that has to be quoted",
  BLOCK_AS_IMPLICIT_KEY: "a nested mapping stands where a single value is expected; perhaps it has to be quoted",
  BLOCK_IN_FLOW: "a block collection stands inside brackets or braces",
  DUPLICATE_KEY: "a key appears twice",
  MISSING_CHAR: "a quote, bracket, brace, colon or comma is missing",
  MULTILINE_IMPLICIT_KEY: "a key extends over several lines; perhaps a colon is missing",
  MULTIPLE_DOCS: "there is more than one document",
  TAG_RESOLVE_FAILED: "a tag is not known",
  UNEXPECTED_TOKEN: "there is something unexpected here",
};

/** A parsed document together with the way back to what was written. */
export class YamlDocument {
  readonly #document: Document;
  readonly #source: SourceText;

  constructor(text: string, source: SourceText) {
    // js-yaml, which the other deployer uses, knows merge keys; alias bombs stop at the library's default count.
    this.#document = parseDocument(text, { merge: true, prettyErrors: false, logLevel: "error" });
    this.#source = source;
  }

  /** Syntax errors, without a word of the text. */
  problems(): { message: string; line: number }[] {
    const errors = this.#document.errors.map(({ code, pos: [start] }) => ({ code: String(code), start }));
    visit(this.#document, {
      Alias: (_key, alias) => {
        if (!alias.resolve(this.#document)) errors.push({ code: "BAD_ALIAS", start: alias.range?.[0] ?? 0 });
      },
    });
    return errors.map(({ code, start }) => ({
      message: `this is not valid YAML: ${SENTENCES[code] ?? "it cannot be understood"}`,
      line: this.#source.line(start),
    }));
  }

  /** The document as plain values, or null when its aliases multiply beyond reason. */
  value(): unknown {
    try {
      return this.#document.toJS();
    } catch {
      return null;
    }
  }

  /** The line of the value at a path, or of the nearest enclosing one that was written out. */
  line(path: Path): number | null {
    for (let length = path.length; length >= 0; length -= 1) {
      const { key, value } = this.#find(path.slice(0, length));
      const range = (key ?? value)?.range;
      if (range) return this.#source.line(range[0]);
    }
    return null;
  }

  /** A key as it was written. */
  writtenKey(path: Path): string {
    return this.#written(this.#find(path).key);
  }

  /** A value as it was written. */
  writtenValue(path: Path): string {
    return this.#written(this.#find(path).value);
  }

  #written(node: Node | null): string {
    return node?.range ? unquoted(this.#source.written(node.range[0], node.range[1]).trim()) : "…";
  }

  #find(path: Path): { key: Node | null; value: Node | null } {
    let key: Node | null = null;
    let value = this.#resolved(this.#document.contents);
    for (const step of path) {
      const pair = isMap(value) ? this.#pairOf(value.items, String(step)) : null;
      key = asNode(pair?.key);
      const next: unknown = isSeq(value) && typeof step === "number" ? value.items[step] : pair?.value;
      value = this.#resolved(next);
      if (value === null) break;
    }
    return { key, value };
  }

  #pairOf(pairs: readonly Pair[], name: string): Pair | null {
    const own = pairs.find(({ key }) => isScalar(key) && String(key.value) === name);
    if (own) return own;
    for (const { key, value } of pairs) {
      if (!isScalar(key) || key.value !== "<<") continue;
      const merged = this.#resolved(value);
      for (const map of isSeq(merged) ? merged.items.map((item) => this.#resolved(item)) : [merged]) {
        const found = isMap(map) ? this.#pairOf(map.items, name) : null;
        if (found) return found;
      }
    }
    return null;
  }

  #resolved(node: unknown): Node | null {
    if (isAlias(node)) return node.resolve(this.#document) ?? null;
    return asNode(node);
  }
}

function asNode(value: unknown): Node | null {
  return isNode(value) && !isPair(value) ? value : null;
}

function unquoted(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
}
