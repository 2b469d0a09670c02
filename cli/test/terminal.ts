import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { onTestFinished } from "vitest";

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** A program that believes to have a person in front of it. */
export type Terminal = {
  /** Waits until the screen has shown this since the last wait; what was shown until then. */
  waitFor(what: RegExp): Promise<string>;
  type(keys: string): void;
  /** Waits until the program has ended; its exit code. */
  ended(): Promise<number | null>;
  /** All that was ever shown, without colours and cursor movements. */
  screen(): string;
  /** The same with them. */
  raw(): string;
};

/** Runs a program at a terminal of its own, with the help of script(1). It is gone after the test. */
export function openTerminal(
  command: readonly string[],
  { env, cwd }: { env: NodeJS.ProcessEnv; cwd?: string },
): Terminal {
  // The terminal has no size of its own here. Without `exec`, the shell would have an opinion of its own on Control-C.
  const line = `stty cols 120 rows 40; exec ${command.map(quote).join(" ")}`;
  const child = spawn("script", ["--quiet", "--return", "--flush", "--command", line, "/dev/null"], { env, cwd });
  onTestFinished(() => void child.kill());
  let shown = "";
  let waitedUntil = 0;
  const { promise: ended, resolve: hasEnded } = Promise.withResolvers<number | null>();
  child.on("close", hasEnded);
  child.stdout.on("data", (data: Buffer) => {
    shown += data.toString();
  });
  const screen = () => stripVTControlCharacters(shown);
  return {
    screen,
    raw: () => shown,
    type: (keys) => void child.stdin.write(keys),
    ended: () => ended,
    async waitFor(what) {
      for (;;) {
        const fresh = screen().slice(waitedUntil);
        const found = what.exec(fresh);
        if (found !== null) {
          waitedUntil += found.index + found[0].length;
          return fresh.slice(0, found.index + found[0].length);
        }
        const more = new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
        const isOver = await Promise.race([more.then(() => false), ended.then(() => true)]);
        if (isOver && what.exec(screen().slice(waitedUntil)) === null)
          throw new Error(`never saw ${what}, but:\n${screen()}`);
      }
    },
  };
}
