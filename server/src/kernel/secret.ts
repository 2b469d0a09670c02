import { inspect } from "node:util";

const HIDDEN = "[secret]";

/**
 * A value that must not be printed. Every way of turning it into text gives `[secret]`;
 * the one way to the value, `reveal()`, is easy to search for.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
