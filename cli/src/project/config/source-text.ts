import type { Substituted } from "./substitution.ts";

/**
 * project.yml as it was written, reachable from positions in the text after substitution. Whatever is shown to a person
 * is taken from here: a value that came from the environment is shown as its reference, never as itself.
 */
export class SourceText {
  readonly #original: string;
  readonly #spans: Substituted["spans"];

  constructor(original: string, substituted: Substituted) {
    this.#original = original;
    this.#spans = substituted.spans;
  }

  /** The line, from 1, of a position in the original text. */
  lineOfOriginal(offset: number): number {
    return this.#original.slice(0, offset).split("\n").length;
  }

  /** The line, from 1, where what stands at this position of the substituted text was written. */
  line(offset: number): number {
    return this.lineOfOriginal(this.#inOriginal(offset, "from"));
  }

  /** How a stretch of the substituted text was written; references are never cut in two. */
  written(start: number, end: number): string {
    return this.#original.slice(this.#inOriginal(start, "from"), this.#inOriginal(end, "to"));
  }

  #inOriginal(offset: number, edge: "from" | "to"): number {
    let shift = 0;
    for (const span of this.#spans) {
      if (offset < span.start || (edge === "to" && offset === span.start)) break;
      if (offset < span.end) return span[edge];
      shift = span.to - span.end;
    }
    return offset + shift;
  }
}
