import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { z } from "zod";

const SCRIPT = join(import.meta.dirname, "serve.ts");
const Up = z.object({ url: z.string(), token: z.string().nullable() });

export type ServerOptions = {
  environment?: Readonly<Record<string, string>>;
  /** Another user to run as; only root can. */
  uid?: number;
  /** No file that it writes may grow beyond this: what a full disk looks like to it. */
  largestFileBytes?: number;
};

/** How a process ended, and what it said. */
export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

function spawnServer(dataPath: string, options: ServerOptions): { child: ChildProcess; ended: Promise<Ended> } {
  const limited = options.largestFileBytes === undefined ? [] : ["prlimit", `--fsize=${options.largestFileBytes}`];
  const [command = "", ...rest] = [...limited, process.execPath, SCRIPT];
  const child = spawn(command, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      // Compiling the same sources dozens of times would take most of the tests' time.
      ...(options.uid === undefined ? { NODE_COMPILE_CACHE: join(tmpdir(), "latchkey-test-compile-cache") } : {}),
      PATH: process.env["PATH"],
      LATCHKEY_DATA: dataPath,
      LATCHKEY_PORT: "0",
      ...options.environment,
    },
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  const said = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    said.stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said.stderr += text;
  });
  const ended = once(child, "close").then(([code]: (number | null)[]) => ({ code: code ?? null, ...said }));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    // It still has its files open until then.
    await ended;
  });
  return { child, ended };
}

/** A server in a process of its own, from the sources, on a port that the system chooses. Gone when the test ends. */
export async function startServer(dataPath: string, options: ServerOptions = {}) {
  const { child, ended } = spawnServer(dataPath, options);
  const firstLine = new Promise<string>((resolve) => child.stdout?.once("data", resolve));
  const line = await Promise.race([firstLine, ended]);
  if (typeof line !== "string") throw new Error(`the server did not start: ${line.stderr}`);
  const end = (signal: "SIGKILL" | "SIGTERM" | "SIGINT") => (): Promise<Ended> => {
    child.kill(signal);
    return ended;
  };
  return {
    ...Up.parse(JSON.parse(line)),
    pid: child.pid ?? 0,
    ended,
    /** As a power cut would, as far as the process is concerned. */
    kill: end("SIGKILL"),
    stop: end("SIGTERM"),
    interrupt: end("SIGINT"),
  };
}

/** Starts a server that is not to start; resolves when its process has ended by itself. */
export async function failToStart(dataPath: string, options: ServerOptions = {}): Promise<Ended> {
  const { child, ended } = spawnServer(dataPath, options);
  const started = new Promise<string>((resolve) => child.stdout?.once("data", resolve));
  const outcome = await Promise.race([started, ended]);
  if (typeof outcome === "string") throw new Error("the server started");
  return outcome;
}
