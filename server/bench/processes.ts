import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const repository = new URL("../../", import.meta.url).pathname;

/** A server under measurement. */
export type Subject = { readonly name: string; readonly url: string; readonly pid: number; stop(): Promise<void> };

const ended = (child: ChildProcess): Promise<void> => new Promise((resolve) => child.once("exit", () => resolve()));

async function firstUrl(child: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    const url = /http:\/\/[\w.:[\]]+/.exec(text)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error(`the server under measurement printed no address: ${text}`);
}

async function start(name: string, args: string[], environment: Record<string, string>): Promise<Subject> {
  const log = openSync(join(mkdtempSync(join(tmpdir(), "latchkey-bench-")), "log"), "w");
  const child = spawn(process.execPath, args, { cwd: repository, env: environment, stdio: ["ignore", "pipe", log] });
  const url = await firstUrl(child);
  child.stdout?.resume();
  return {
    name,
    url,
    pid: child.pid ?? 0,
    async stop() {
      child.kill("SIGTERM");
      await ended(child);
    },
  };
}

export const startBare = (): Promise<Subject> => start("bare", [join(import.meta.dirname, "bare.ts")], {});

/** Latchkey as users run it, its limits raised so that none of them is what is measured. */
export const startLatchkey = (dataPath: string): Promise<Subject> =>
  start("latchkey", [join(repository, "cli/bin/latchkey.js"), "serve", "--data", dataPath, "--port", "0"], {
    PATH: "/usr/bin:/bin",
    HOME: dataPath,
    LATCHKEY_INVOCATIONS_PER_MINUTE: "100000000",
    LATCHKEY_CONCURRENT_INVOCATIONS: "10000",
  });

const TICKS_PER_SECOND = 100;

/** CPU time a process has used so far, in microseconds (proc(5): fields 14 and 15 of stat, in ticks of 10 ms). */
export function cpuMicroseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1_000_000;
}

/** Resident memory of a process in MiB. */
export function residentMib(pid: number): number {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) / 1024;
}
