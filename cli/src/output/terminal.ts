import { styleText } from "node:util";
import type { Sink } from "../world.ts";
import { plainText } from "./plain-text.ts";

/** Where words to the user go: to standard error, so that standard output carries data and nothing else. */
export type Talk = {
  /** Something worth knowing; `--quiet` leaves it out. */
  say(text: string): void;
  warn(text: string): void;
  /** An error, and what to try next. */
  complain(text: string, next: readonly string[]): void;
};

/** Colours where standard error is a terminal that wants them. */
export function createTalk(stderr: Sink, { quiet, colours }: { quiet: boolean; colours: boolean }): Talk {
  const paint = (style: "yellow" | "red" | "dim", text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const write = (text: string) => stderr.write(`${text}\n`);
  return {
    say: (text) => {
      if (!quiet) write(plainText(text));
    },
    warn: (text) => write(`${paint("yellow", "Warning:")} ${plainText(text)}`),
    complain: (text, next) => {
      write(`${paint("red", "Error:")} ${plainText(text)}`);
      for (const line of next) write(paint("dim", `  ${plainText(line)}`));
    },
  };
}
