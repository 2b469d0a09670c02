import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { cpuMicroseconds, type Subject } from "./processes.ts";

const run = promisify(execFile);

export type Load = {
  connections: number;
  seconds: number;
  path: string;
  method?: "GET" | "POST";
  body?: string;
  authorizations?: readonly string[];
};
export type Measured = {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  cpuMicrosecondsPerRequest: number;
  failures: number;
};

const MILLISECONDS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

function latency(report: string, percentile: string): number {
  const [, value, unit] = new RegExp(`${percentile}%\\s+([\\d.]+)(us|ms|s)`).exec(report) ?? [];
  return Number(value) * (MILLISECONDS[unit ?? ""] ?? Number.NaN);
}

/** A wrk script that goes through the given headers one after the other. */
function script(load: Load): string {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-load-"));
  writeFileSync(join(folder, "authorizations"), (load.authorizations ?? []).join("\n"));
  writeFileSync(join(folder, "body"), load.body ?? "");
  const path = join(folder, "load.lua");
  writeFileSync(
    path,
    `local headers, at = {}, 0
for line in io.lines("${folder}/authorizations") do headers[#headers + 1] = line end
local body = io.open("${folder}/body"):read("*a")
request = function()
  at = at + 1
  local fields = {}
  if #headers > 0 then fields["Authorization"] = headers[(at - 1) % #headers + 1] end
  if body ~= "" then fields["Content-Type"] = "application/json" end
  return wrk.format("${load.method ?? "GET"}", "${load.path}", fields, body ~= "" and body or nil)
end
`,
  );
  return path;
}

/** One round of wrk with one thread: the load is one core's, whatever the number of connections. */
async function measure(subject: Subject, load: Load): Promise<Measured> {
  const before = cpuMicroseconds(subject.pid);
  const { stdout } = await run("wrk", [
    "-t1",
    `-c${load.connections}`,
    `-d${load.seconds}s`,
    "--latency",
    "-s",
    script(load),
    subject.url,
  ]);
  const used = cpuMicroseconds(subject.pid) - before;
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  const failures = Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0);
  return {
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    p50Ms: latency(stdout, "50"),
    p99Ms: latency(stdout, "99"),
    cpuMicrosecondsPerRequest: used / requests,
    failures,
  };
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export type Comparison = { subject: Measured; bare: Measured; ratio: number; cpuRatio: number; rounds: number };

/** Measures both alternately, turning the order round each time; every figure is the median of the rounds. */
export async function compare(subject: Subject, bare: Subject, load: Load, rounds: number): Promise<Comparison> {
  const taken: { subject: Measured; bare: Measured }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const bareLoad = { ...load, path: "/", method: "GET" as const, body: "" };
    if (round % 2 === 0) taken.push({ bare: await measure(bare, bareLoad), subject: await measure(subject, load) });
    else taken.push({ subject: await measure(subject, load), bare: await measure(bare, bareLoad) });
  }
  const failures = taken.reduce((sum, round) => sum + round.subject.failures, 0);
  if (failures > 0) throw new Error(`${failures} requests to ${subject.name} failed; the figures mean nothing`);
  const middle = (pick: (round: (typeof taken)[number]) => number): number => median(taken.map(pick));
  const summary = (who: "subject" | "bare"): Measured => ({
    requestsPerSecond: middle((round) => round[who].requestsPerSecond),
    p50Ms: middle((round) => round[who].p50Ms),
    p99Ms: middle((round) => round[who].p99Ms),
    cpuMicrosecondsPerRequest: middle((round) => round[who].cpuMicrosecondsPerRequest),
    failures: 0,
  });
  return {
    subject: summary("subject"),
    bare: summary("bare"),
    ratio: middle((round) => round.subject.requestsPerSecond / round.bare.requestsPerSecond),
    cpuRatio: middle((round) => round.bare.cpuMicrosecondsPerRequest / round.subject.cpuMicrosecondsPerRequest),
    rounds,
  };
}
