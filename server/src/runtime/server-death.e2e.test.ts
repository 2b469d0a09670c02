import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { launchersIn } from "../../test/is-running.ts";
import { startTestRuntime } from "../../test/start-test-runtime.ts";

const PROGRAM = fileURLToPath(new URL("../../test/runtime-process.ts", import.meta.url));
const SERVER_FILE_FD = 7;

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-runtime-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A process of its own with a runtime in it that runs these codes, and an open file to inherit. */
function startServer(directory: string, codes: readonly string[]): ChildProcess {
  const inherited = openSync("/etc/hostname", "r");
  const server = spawn(process.execPath, [PROGRAM, directory, ...codes], {
    stdio: ["ignore", "pipe", "inherit", "ignore", "ignore", "ignore", "ignore", inherited],
  });
  onTestFinished(() => {
    server.kill("SIGKILL");
  });
  return server;
}

async function readLines(server: ChildProcess, count: number): Promise<unknown[]> {
  const lines: unknown[] = [];
  if (server.stdout === null) throw new Error("no output");
  for await (const line of createInterface(server.stdout)) {
    lines.push(JSON.parse(line));
    if (lines.length === count) break;
  }
  return lines;
}

describe("a server that is killed", () => {
  test("takes every function's process along, busy, waiting and idle ones", async () => {
    const directory = scratch();
    const server = startServer(directory, [
      "exports.main = () => ({ idle: true })",
      `require("fs").writeFileSync(process.env.HOME + "/looping", ""); while (true);`,
      `exports.main = () => { require("fs").writeFileSync(process.env.HOME + "/looping", ""); while (true); }`,
      `exports.main = () => { require("fs").writeFileSync(process.env.HOME + "/waiting", ""); return new Promise(() => {}); }`,
    ]);
    await readLines(server, 1);
    await vi.waitFor(
      () =>
        expect(
          readdirSync(directory, { recursive: true }).filter((path) => /(looping|waiting)$/.test(`${path}`)),
        ).toHaveLength(3),
      { timeout: 10_000 },
    );
    expect(launchersIn(directory)).toHaveLength(4);

    server.kill("SIGKILL");
    await once(server, "exit");
    await vi.waitFor(() => expect(launchersIn(directory)).toEqual([]), { timeout: 2000, interval: 10 });
  });

  test("leaves folders behind, which the next one removes", async () => {
    const directory = scratch();
    const server = startServer(directory, ["exports.main = () => ({})"]);
    await readLines(server, 1);
    server.kill("SIGKILL");
    await once(server, "exit");
    const leftOver = readdirSync(directory);
    expect(leftOver).toHaveLength(1);

    startTestRuntime({ scratchDirectory: directory });
    await vi.waitFor(() => expect(readdirSync(directory)).not.toEqual(expect.arrayContaining(leftOver)));
    expect(readdirSync(directory)).toHaveLength(1);
  });
});

test("a server that lives keeps its folders when another one starts beside it", async () => {
  const directory = scratch();
  await readLines(startServer(directory, ["exports.main = () => ({})"]), 1);
  const { tryOut } = startTestRuntime({ scratchDirectory: directory });
  await tryOut("exports.main = () => ({})");
  expect(readdirSync(directory)).toHaveLength(2);
});

test("a function gets none of the files that the server has open or has inherited", async () => {
  const list = `const fs = require("fs"); exports.main = () => ({ open: fs.readdirSync("/proc/self/fd").flatMap((fd) => {
    try { return [fd + " " + fs.readlinkSync("/proc/self/fd/" + fd)]; } catch { return []; } }) })`;
  const server = startServer(scratch(), [list]);
  const [result] = await readLines(server, 1);
  const serverFiles = readdirSync(`/proc/${server.pid}/fd`);
  expect(serverFiles).toContain(`${SERVER_FILE_FD}`);
  const { open } = result as { open: string[] };
  expect(open.filter((file) => !/ (anon_inode|socket|pipe):| .dev.null$/.test(file))).toEqual([]);
});
