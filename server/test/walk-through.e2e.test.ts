import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const repository = join(import.meta.dirname, "../..");
const run = promisify(execFile);

/** The shell blocks of the README's walk-through, in order. */
function walkThrough(): string[] {
  const section =
    readFileSync(join(repository, "README.md"), "utf8").split("## Five minutes")[1]?.split("\n## ")[0] ?? "";
  return [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block ?? "");
}

/** Runs `npm start` in a terminal, as a newcomer does. Resolves once the terminal shows what to do next; reads on until the end. */
async function startInTerminal(environment: Record<string, string>): Promise<() => string> {
  const server = spawn("script", ["-qefc", "npm start", "/dev/null"], {
    cwd: repository,
    env: environment,
    detached: true,
  });
  onTestFinished(async () => {
    if (server.pid !== undefined) process.kill(-server.pid, "SIGTERM");
    await new Promise((resolve) => server.once("exit", resolve));
  });
  let shown = "";
  return new Promise((resolve) => {
    server.stdout.on("data", (chunk) => {
      shown += String(chunk);
      if (/dop_v1_[0-9a-f]{64}/.test(shown) && shown.includes("deploy examples/hello")) resolve(() => shown);
    });
  });
}

test("the README's five minutes work as written, from the first start to the revoked key", {
  timeout: 120_000,
}, async () => {
  const home = mkdtempSync(join(tmpdir(), "latchkey-walk-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 10 }));
  const environment = { PATH: process.env["PATH"] ?? "", HOME: home, TERM: "xterm", LATCHKEY_PORT: "0" };

  const terminal = await startInTerminal(environment);
  const shown = terminal();
  const [token] = /dop_v1_[0-9a-f]{64}/.exec(shown) ?? [""];
  const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(shown) ?? [""];
  const blocks = walkThrough();
  expect(blocks).toHaveLength(4);
  expect(blocks[0]).toBe("export LATCHKEY_TOKEN=dop_v1_…\n");

  const inShell = (block: string, hasToken: boolean) =>
    run("bash", ["-euo", "pipefail", "-c", block], {
      cwd: repository,
      env: { ...environment, LATCHKEY_API_URL: url, ...(hasToken ? { LATCHKEY_TOKEN: token } : {}) },
    });

  const connected = await inShell(blocks[1] ?? "", true);
  expect(connected.stdout).toContain("Connected to functions namespace");
  const deployed = await inShell(blocks[2] ?? "", false);
  expect(deployed.stdout).toContain("Hello, Sam!");
  expect(deployed.stdout).toMatch(/success +nodejs:\d+/);
  const refused = await inShell(blocks[3] ?? "", true).catch(
    (error: { stdout: string; stderr: string; code: number }) => error,
  );
  expect(refused).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("my-laptop"),
    stderr: expect.stringContaining("revoked"),
  });
  // Nor has the token been pushed out of sight by a line for each request.
  expect(terminal()).not.toContain('"route"');
});
