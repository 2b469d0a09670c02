import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { benchAudit } from "./audit.ts";
import { benchFootprint } from "./footprint.ts";
import { benchAccepted, benchCold, benchSequence, benchWarm, benchWeb } from "./invoke.ts";
import { benchRemoval } from "./removal.ts";
import { type Results, report } from "./report.ts";
import { benchSchedules } from "./schedules.ts";
import { benchVerify } from "./verify.ts";

const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const wants = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
const said = (line: string): void => void process.stderr.write(`${line}\n`);

try {
  execFileSync("wrk", ["-v"], { stdio: "ignore" });
} catch (error) {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") {
    said("The load is made by wrk, which is not installed. On Debian: apt-get install wrk");
    process.exit(1);
  }
}

const git = (...args: string[]): string => execFileSync("git", args, { encoding: "utf8" }).trim();
const dirty = git("status", "--porcelain", "--", "server/src", "cli", "contract") === "" ? "" : "-dirty";
const results: Results = {
  commit: `${git("rev-parse", "--short", "HEAD")}${dirty}`,
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  node: process.versions.node,
  ...(wants("footprint") ? { footprint: await benchFootprint(said) } : {}),
  ...(wants("cold") ? { cold: await benchCold(said) } : {}),
  ...(wants("warm") ? { warm: await benchWarm(said) } : {}),
  ...(wants("web") ? { web: await benchWeb(said) } : {}),
  ...(wants("sequence") ? { sequence: await benchSequence(said) } : {}),
  ...(wants("accepted") ? { accepted: await benchAccepted(said) } : {}),
  ...(wants("schedules") ? { schedules: await benchSchedules(said) } : {}),
  ...(wants("verify") ? { verify: await benchVerify(said) } : {}),
  ...(wants("removal") ? { removal: await benchRemoval(said) } : {}),
  ...(wants("audit") ? { audit: await benchAudit(said) } : {}),
};

process.stdout.write(report(results));
if (process.argv.includes("--write")) {
  const folder = join(import.meta.dirname, "results");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${results.date}-${results.commit}`);
  writeFileSync(`${path}.json`, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(`${path}.md`, report(results));
}
