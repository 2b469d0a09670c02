import { inspect } from "node:util";
import type { Concealer, Json } from "./model.ts";

const HIDDEN = "[secret]";
/** Shorter values are too common in ordinary text to be told from it. */
const RECOGNISABLE_LENGTH = 4;

/**
 * Remembers what came from env files and substitutions, and takes it out of text meant for people. The last line of
 * defence: problems quote project.yml as it was written, so only a build's own output and a server's answer can repeat
 * a value at all.
 */
export class Secrets implements Concealer {
  readonly #values = new Set<string>();

  /** Adds every string within a value, and the lines of those that have several, because output comes in lines. */
  add(value: Json): void {
    if (typeof value === "object" && value !== null) {
      for (const member of Object.values(value)) this.add(member);
      return;
    }
    const text = String(value);
    for (const part of [text, ...text.split(/\r?\n/)]) {
      if (part.trim().length >= RECOGNISABLE_LENGTH) this.#values.add(part.trim());
    }
  }

  conceal(text: string): string {
    // The longest first: a value may contain another one.
    const values = [...this.#values].sort((a, b) => b.length - a.length);
    return values.reduce((concealed, value) => concealed.replaceAll(value, HIDDEN), text);
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
