import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import type { Environment } from "../src/config.ts";
import { main } from "../src/main.ts";
import type { Operator } from "../src/operator.ts";

/** What a run of the command line left. */
export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

type Setting = {
  readonly environment?: Environment;
  readonly stdin?: string;
  readonly operator?: Operator;
};

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a command line in this process, as in a pipeline: nothing is a terminal. Its configuration folder is its own unless said. */
export async function runCli(
  line: readonly string[],
  { environment = {}, stdin = "", operator }: Setting = {},
): Promise<Ran> {
  const written = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = await main({
    arguments: line,
    environment: { LATCHKEY_CONFIG_DIR: environment["LATCHKEY_CONFIG_DIR"] ?? temporaryFolder(), ...environment },
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: sink("stdout"),
    stderr: sink("stderr"),
    loadOperator: async () => operator ?? Promise.reject(new Error("this test has no server code")),
  });
  return { code, ...written };
}
