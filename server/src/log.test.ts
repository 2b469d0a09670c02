import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";

/** The arguments of a Node process that runs `code` with a `log` at hand. */
const running = (code: string): string[] => {
  const at = JSON.stringify(import.meta.resolve("./log.ts"));
  return ["--input-type=module", "--eval", `import { createLog } from ${at}; const log = createLog("info"); ${code}`];
};

/** The log lines that such a process leaves on standard error. */
function linesOf(code: string) {
  const { stderr } = spawnSync(process.execPath, running(code), { encoding: "utf8" });
  const lines = stderr.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line));
}

test.each([
  { end: "comes to its end", code: "" },
  { end: "is told to exit", code: "process.exit(1);" },
  { end: "crashes", code: "throw new Error('crash');" },
])("the last line is there although the process $end at once", ({ code }) => {
  expect(linesOf(`log.info({ n: 1 }, "first"); log.info({ n: 2 }, "last"); ${code}`)).toMatchObject([
    { n: 1, msg: "first" },
    { n: 2, msg: "last" },
  ]);
});

test.each(["cause", "error"])("an Error under %s is logged with its type, message, stack and cause", (name) => {
  const made = "new TypeError('it broke', { cause: new Error('a full disk') })";
  const [line] = linesOf(`log.error({ ${name}: ${made} }, "request failed");`);
  expect(line[name]).toMatchObject({ type: "TypeError", message: "it broke", cause: { message: "a full disk" } });
  expect(line[name].stack).toContain("it broke");
});

test("a code under the same name stays as it is", () => {
  expect(linesOf('log.info({ error: "namespace.not_found" }, "request");')).toMatchObject([
    { error: "namespace.not_found" },
  ]);
});

test("the process ends although nobody reads its log any more", async () => {
  const code = 'process.stdin.on("data", () => { log.info({}, "into the void"); process.exit(7); });';
  const child = spawn(process.execPath, running(code), { stdio: ["pipe", "ignore", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stderr.destroy();
  child.stdin.end("now");
  expect(await once(child, "exit")).toEqual([7, null]);
});
