import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { processEnvironment } from "../src/config.ts";
import { type Ran, temporaryFolder } from "./run-cli.ts";

/** The command itself. */
export const BIN = join(import.meta.dirname, "../bin/latchkey.js");

/** An environment in which nothing of the user's is found: whatever is kept is kept in this folder. */
export const environmentIn = (home: string): NodeJS.ProcessEnv => ({
  PATH: [dirname(process.execPath), processEnvironment()["PATH"]].join(delimiter),
  HOME: home,
  LATCHKEY_CONFIG_DIR: join(home, "config"),
  LATCHKEY_DATA: join(home, "data"),
});

type Options = { readonly env: NodeJS.ProcessEnv; readonly stdin?: string; readonly cwd?: string };

/** Starts the command in a process of its own, connected to pipes. */
export function spawnLatchkey(line: readonly string[], { env, cwd }: Omit<Options, "stdin">) {
  const child = spawn(process.execPath, [BIN, ...line], { env, cwd, stdio: "pipe" });
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
    });
  }
  const ended = once(child, "close").then(([code]: (number | null)[]): Ran => ({ code: code ?? -1, ...written }));
  return { child, written, ended };
}

/** Runs the command to its end. */
export async function runLatchkey(line: readonly string[], { stdin = "", ...options }: Options): Promise<Ran> {
  const { child, ended } = spawnLatchkey(line, options);
  child.stdin.end(stdin);
  return ended;
}

const First = z.object({ token: z.string() });

/** A team, and a server for it on a free port; `env` has all that the owner needs to use it. For as long as a file's tests run. */
export async function startLatchkey() {
  const home = mkdtempSync(join(tmpdir(), "latchkey-home-"));
  const env: NodeJS.ProcessEnv = { ...environmentIn(home) };
  const first = await runLatchkey(["init", "--team", "Acme", "--email", "ada@example.com", "-o", "json"], { env });
  const { token } = First.parse(JSON.parse(first.stdout));
  const { child, written, ended } = spawnLatchkey(["serve", "--port", "0"], { env });
  const [line] = await once(createInterface(child.stdout), "line");
  const url = /http:\/\/\S+/.exec(String(line))?.[0] ?? "";
  return {
    /** For one test: with the owner's token, and connected to nothing. */
    env: (): NodeJS.ProcessEnv => ({
      ...env,
      LATCHKEY_CONFIG_DIR: temporaryFolder(),
      LATCHKEY_API_URL: url,
      LATCHKEY_TOKEN: token,
    }),
    token,
    /** All that the server has written so far. */
    log: () => written.stdout + written.stderr,
    async stop(): Promise<Ran> {
      child.kill("SIGTERM");
      const ran = await ended;
      rmSync(home, { recursive: true, force: true, maxRetries: 10 });
      return ran;
    },
  };
}
