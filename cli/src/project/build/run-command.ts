import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { BuildError } from "../errors.ts";
import type { Environment } from "../model.ts";

/** A command of a build and how it is run. */
export type Command = {
  /** What the shell gets. */
  readonly line: string;
  /** How messages name it. */
  readonly name: string;
  readonly folder: string;
  readonly environment: Environment;
  readonly timeoutMs: number;
  /** Called with each line of its output, standard output and standard error alike. */
  readonly onLine: (line: string) => void;
};

/** How much of the output an error repeats. */
const LAST_LINES = 20;
/** How long output may go on after the command has ended, in case something escaped that still holds it open. */
const OUTPUT_GRACE_MS = 2000;

/**
 * Runs a command in the user's shell until it ends. Throws a `BuildError` with the last lines of its output when it
 * fails or takes too long. It gets a process group of its own, so that nothing it started survives it.
 */
export async function runCommand({ line, name, folder, environment, timeoutMs, onLine }: Command): Promise<void> {
  const shell = WINDOWS ? true : shellOf(environment);
  const child = spawn(line, {
    cwd: folder,
    env: environment,
    shell,
    detached: !WINDOWS,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const last: string[] = [];
  const output = readLines([child.stdout, child.stderr], (text) => {
    last.push(text);
    if (last.length > LAST_LINES) last.shift();
    onLine(text);
  });
  const expiry = { passed: false };
  const timeout = setTimeout(() => {
    expiry.passed = true;
    killGroup(child, "SIGKILL");
  }, timeoutMs);
  const stopWatching = dieTogether(child);
  try {
    const { code, signal } = await ended(child, name);
    killGroup(child, "SIGKILL");
    await output.finish(OUTPUT_GRACE_MS);
    if (expiry.passed)
      throw new BuildError(`'${name}' was stopped because it took longer than ${timeoutMs / 1000} s`, last);
    if (signal !== null) throw new BuildError(`'${name}' was ended by ${signal}`, last);
    if (code !== 0) throw new BuildError(`'${name}' exited with code ${code}`, last);
  } finally {
    clearTimeout(timeout);
    stopWatching();
  }
}

const WINDOWS = process.platform === "win32";

/** Shells that understand `a && b`; service accounts have programs in SHELL that are none at all. */
const SHELLS = new Set(["bash", "dash", "fish", "ksh", "sh", "zsh"]);

function shellOf(environment: Environment): string {
  const own = environment["SHELL"];
  return own !== undefined && SHELLS.has(basename(own)) ? own : "/bin/sh";
}

function ended(child: ChildProcess, name: string): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once("error", ({ message }) => reject(new BuildError(`'${name}' could not be run: ${message}`)));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}

function readLines(streams: readonly Readable[], onLine: (line: string) => void) {
  const readers = streams.map((input) =>
    createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }).on("line", onLine),
  );
  const closed = Promise.all(readers.map((reader) => once(reader, "close")));
  return {
    /** Waits for the end of the output, but not for ever. */
    async finish(graceMs: number): Promise<void> {
      const grace = setTimeout(() => {
        for (const reader of readers) reader.close();
        for (const stream of streams) stream.destroy();
      }, graceMs);
      await closed;
      clearTimeout(grace);
    },
  };
}

/**
 * A terminal's Ctrl-C reaches its own process group only, so the build's group has to be told. Afterwards the signal is
 * sent again, for whatever it means to this process without us.
 */
function dieTogether(child: ChildProcess): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const handlers = signals.map((signal) => {
    const handler = (): void => {
      // Not the signal itself: what a shell starts in the background ignores an interrupt.
      killGroup(child, "SIGTERM");
      stop();
      process.kill(process.pid, signal);
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  const stop = (): void => {
    for (const { signal, handler } of handlers) process.off(signal, handler);
  };
  return stop;
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (WINDOWS) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Already gone.
  }
}
