import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tempFolder } from "../../../test/temp-folder.ts";
import { BuildError } from "../errors.ts";
import type { Environment } from "../model.ts";
import { runCommand } from "./run-command.ts";

const PATH = process.env["PATH"];

async function run(script: string, environment: Environment = {}, timeoutMs = 10_000) {
  const folder = await tempFolder({ "build.sh": `#!/bin/sh\n${script}\n` });
  const lines: string[] = [];
  const failure: unknown = await runCommand({
    line: "./build.sh",
    name: "build.sh",
    folder,
    environment: { PATH, ...environment },
    timeoutMs,
    onLine: (line) => lines.push(line),
  }).catch((cause: unknown) => cause);
  return { lines, failure, folder };
}

/** Whether a process still runs; a zombie does not. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  return stat !== null && !/\) Z /.test(stat);
}

describe("a build command", () => {
  test("has its output told line by line, the last one too when nothing ends it", async () => {
    const { lines, failure } = await run("echo one; echo two >&2; printf three");
    expect(failure).toBeUndefined();
    expect(lines.sort()).toEqual(["one", "three", "two"]);
  });

  test("sees the environment it is given and no other", async () => {
    const { lines } = await run('echo "$MARK"; echo "$HOME."', { MARK: "here" });
    expect(lines).toEqual(["here", "."]);
  });

  test("cannot wait for input", async () => {
    expect((await run("cat; echo done")).lines).toEqual(["done"]);
  });

  test("that fails is an error with its code and the last lines", async () => {
    const { failure } = await run("i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo line $i; done; exit 3");
    if (!(failure instanceof BuildError)) throw new Error("expected a BuildError");
    expect(failure.message).toBe("'build.sh' exited with code 3");
    expect(failure.output).toHaveLength(20);
    expect(failure.output.at(-1)).toBe("line 50");
  });

  test("that is killed is an error that says by what", async () => {
    const { failure } = await run("kill -TERM $$");
    // A shell in between reports the signal as 128 + 15.
    expect(String(failure)).toMatch(/'build.sh' (was ended by SIGTERM|exited with code 143)/);
  });

  test("that takes too long is stopped, with everything it started", async () => {
    const { failure, lines } = await run("sleep 600 & echo $!; sleep 600", {}, 300);
    expect(String(failure)).toContain("'build.sh' was stopped because it took longer than 0.3 s");
    await expect.poll(() => isAlive(Number(lines[0]))).toBe(false);
  });

  test("leaves nothing behind that runs on when it is done", async () => {
    const { failure, lines } = await run("sleep 600 & echo $!");
    expect(failure).toBeUndefined();
    await expect.poll(() => isAlive(Number(lines[0]))).toBe(false);
  });

  test("does not keep us waiting for output of something that escaped", async () => {
    const { failure, lines } = await run("setsid sleep 20 & echo $!");
    expect(failure).toBeUndefined();
    process.kill(Number(lines[0]), "SIGKILL");
  });

  test("runs although SHELL is no shell", async () => {
    expect((await run("echo ok", { SHELL: "/usr/sbin/nologin" })).lines).toEqual(["ok"]);
  });

  test("ends with us: an interrupt reaches it", async () => {
    const folder = await tempFolder({ "build.sh": "#!/bin/sh\nsleep 600 &\necho $!\nwait\n" });
    const module = JSON.stringify(new URL("run-command.ts", import.meta.url).href);
    const script = `
      const { runCommand } = await import(${module});
      const environment = { PATH: process.env.PATH };
      const onLine = (line) => console.log(line);
      await runCommand({ line: "./build.sh", name: "b", folder: ".", environment, timeoutMs: 60000, onLine });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [pid] = await once(child.stdout, "data");
    child.kill("SIGINT");
    const [, signal] = await once(child, "exit");
    expect(signal).toBe("SIGINT");
    await expect.poll(() => isAlive(Number(String(pid)))).toBe(false);
  });

  test("that cannot be started is an error", async () => {
    const folder = join(await tempFolder(), "nowhere");
    const command = {
      line: "true",
      name: "npm install",
      folder,
      environment: { PATH },
      timeoutMs: 1000,
      onLine: () => undefined,
    };
    await expect(runCommand(command)).rejects.toThrow(/^'npm install' could not be run: /);
  });
});
