import { describe, expect, test } from "vitest";
import { actionOf, startTestRuntime } from "../../test/start-test-runtime.ts";

/** The lines of a function that writes in this way. */
async function logsOf(code: string, limits: { logsBytes?: number; timeoutMs?: number } = {}) {
  return (await startTestRuntime().tryOut(code, {}, { limits })).logs;
}

describe("what a function writes", () => {
  test("through the console is kept, each stream in its order", async () => {
    const logs = await logsOf(
      `exports.main = () => { console.log("one"); console.error("oops"); console.log("two\\nthree", { a: 1 }); return {}; }`,
    );
    expect(logs.filter((line) => line.startsWith("stdout"))).toEqual([
      "stdout: one",
      "stdout: two",
      "stdout: three { a: 1 }",
    ]);
    expect(logs.filter((line) => line.startsWith("stderr"))).toEqual(["stderr: oops"]);
  });

  test.each([
    { what: "to the descriptor", code: `exports.main = () => { require("fs").writeSync(1, "raw\\n"); return {}; }` },
    {
      what: "by a program it runs",
      code: `exports.main = () => { require("child_process").execSync("echo raw", { stdio: "inherit" }); return {}; }`,
    },
    { what: "without a line end", code: `exports.main = () => { process.stdout.write("raw"); return {}; }` },
    {
      what: "in two parts of a line",
      code: `exports.main = async () => { process.stdout.write("r"); await null; process.stdout.write("aw\\n"); return {}; }`,
    },
    {
      what: "by replacing process.stdout.write with its own",
      code: `const write = process.stdout.write; process.stdout.write = (text) => write.call(process.stdout, text); exports.main = () => { console.log("raw"); return {}; }`,
    },
  ])("$what is kept", async ({ code }) => {
    expect(await logsOf(code)).toEqual(["stdout: raw"]);
  });

  test("in bytes that part a character arrives whole", async () => {
    const logs = await logsOf(
      `const { writeSync } = require("fs");
       exports.main = async () => {
         for (const byte of Buffer.from("Grüße 世界\\n")) { writeSync(1, Buffer.from([byte])); await new Promise(setImmediate); }
         return {};
       };`,
    );
    expect(logs).toEqual(["stdout: Grüße 世界"]);
  });

  test("is text to us, whatever it says", async () => {
    const marker = ["", "_THE_END_OF_A_WHISK_ACTIVATION_", ""].join("X".repeat(3));
    const action = actionOf(
      `exports.main = () => { console.log("before ${marker}"); console.log("${marker}"); console.log("after"); return {}; }`,
    );
    const { run } = startTestRuntime();
    const expected = [`stdout: before ${marker}`, `stdout: ${marker}`, "stdout: after"];
    expect((await run(action)).logs).toEqual(expected);
    expect((await run(action)).logs).toEqual(expected);
  });

  test("bears the time of its coming in 30 columns", async () => {
    const { runtime } = startTestRuntime();
    const request = {
      activationId: "a".repeat(32),
      transactionId: "t",
      apiHost: "",
      apiKey: null,
      begin: null,
      value: {},
    };
    const outcome = await runtime.run(actionOf(`exports.main = () => { console.log("x"); return {}; }`), request);
    const [line = ""] = await outcome.logs;
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z stdout: x$/);
    const at = Date.parse(line.slice(0, 30));
    expect(at).toBeGreaterThanOrEqual(outcome.startedAt);
    expect(at).toBeLessThanOrEqual(outcome.endedAt + 1000);
  });
});

describe("an activation's logs", () => {
  test("hold what its start wrote, and nothing of any other activation", async () => {
    const { run } = startTestRuntime();
    const action = actionOf(`console.log("starting"); let calls = 0;
      exports.main = () => { calls += 1; console.log("call", calls); require("fs").writeSync(2, "raw " + calls); return {}; }`);
    expect((await run(action)).logs).toEqual(["stdout: starting", "stdout: call 1", "stderr: raw 1"]);
    for (let call = 2; call < 40; call += 1) {
      expect((await run(action)).logs).toEqual([`stdout: call ${call}`, `stderr: raw ${call}`]);
    }
  });

  test("never mix although calls follow each other without a pause", async () => {
    const { run } = startTestRuntime({ cellsPerActionMax: 1 });
    const action = actionOf(`const { writeSync } = require("fs");
      exports.main = ({ call }) => { for (let line = 0; line < 20; line += 1) writeSync(1 + line % 2, call + "\\n"); return {}; }`);
    const all = await Promise.all(Array.from({ length: 50 }, (_, call) => run(action, { call })));
    const seen = all.map(({ logs }) => [...new Set(logs.map((line) => line.slice("stdout: ".length)))]);
    expect(seen).toEqual(Array.from({ length: 50 }, (_, call) => [`${call}`]));
    expect(all.every(({ logs }) => logs.length === 20)).toBe(true);
  });

  test("are whole although there is more than a pipe holds at once", async () => {
    const { run } = startTestRuntime();
    const action = actionOf(
      `exports.main = ({ lines }) => { for (let line = 0; line < lines; line += 1) console.log("x".repeat(999)); return {}; }`,
      { limits: { logsBytes: 10_000_000 } },
    );
    expect((await run(action, { lines: 3000 })).logs).toHaveLength(3000);
    expect((await run(action, { lines: 1 })).logs).toHaveLength(1);
  });

  test("do not get what a program left behind writes while nothing runs", async () => {
    const { run } = startTestRuntime();
    const leave = `const { spawn } = require("child_process"); let left;
      exports.main = async ({ task }) => {
        if (task === "leave") { left = spawn("/bin/sh", ["-c", "read line; echo too late; read line"], { stdio: ["pipe", "inherit", "inherit"] }); left.stdin.write("now\\n"); return {}; }
        return { alive: left.exitCode === null };
      };`;
    const action = actionOf(leave);
    const first = await run(action, { task: "leave" });
    // By then it has spoken: a process that starts, runs and ends takes longer than an echo.
    await run(actionOf(`exports.main = () => { require("child_process").execSync("sleep 0.2"); return {}; }`));
    const second = await run(action, { task: "look" });
    expect(second).toMatchObject({ status: "success", result: { alive: true }, logs: [] });
    expect(first.logs.filter((line) => line !== "stdout: too late")).toEqual([]);
  });

  test("come after the result, which does not wait for them", async () => {
    const { runtime } = startTestRuntime();
    const request = {
      activationId: "a".repeat(32),
      transactionId: "t",
      apiHost: "",
      apiKey: null,
      begin: null,
      value: {},
    };
    const outcome = await runtime.run(actionOf(`exports.main = () => { console.log("x"); return {}; }`), request);
    const order: string[] = [];
    void outcome.logs.then(() => order.push("logs"));
    await Promise.resolve();
    order.push("result");
    await outcome.logs;
    expect(order).toEqual(["result", "logs"]);
  });
});

describe("a flood of logs", () => {
  const LIMIT = 256 * 1024;
  const NOTICE = `stderr: Logs were truncated because the total bytes size exceeds the limit of ${LIMIT} bytes.`;

  test.each([
    {
      what: "of 50 MB in lines",
      code: `const line = "x".repeat(999); exports.main = () => { for (let i = 0; i < 50000; i += 1) console.log(line); return { done: true }; }`,
    },
    {
      what: "of 50 MB without a line end",
      code: `exports.main = () => { const { writeSync } = require("fs"); const part = Buffer.alloc(1000000, "x"); for (let i = 0; i < 50; i += 1) for (let at = 0; at < part.length;) at += writeSync(2, part, at); return { done: true }; }`,
    },
    {
      what: "from a program",
      code: `exports.main = () => { require("child_process").execSync("head -c 50000000 /dev/zero", { stdio: "inherit" }); return { done: true }; }`,
    },
  ])("$what ends in success, truncated, and holds up nobody", async ({ code }) => {
    const { run } = startTestRuntime();
    const before = process.memoryUsage().rss;
    const { status, result, logs } = await run(actionOf(code, { limits: { logsBytes: LIMIT } }));
    expect({ status, result }).toEqual({ status: "success", result: { done: true } });
    expect(logs.at(-1)).toBe(NOTICE);
    const keptBytes = logs.slice(0, -1).reduce((sum, line) => sum + 31 + Buffer.byteLength(line), 0);
    expect(keptBytes).toBeLessThanOrEqual(LIMIT);
    expect(keptBytes).toBeGreaterThan(LIMIT - 1100);
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  test("before a crash is kept up to the limit too", async () => {
    const logs = await logsOf(
      `exports.main = () => { for (let i = 0; i < 2000; i += 1) console.log("x".repeat(999)); process.exit(1); }`,
      { logsBytes: LIMIT },
    );
    expect(logs.slice(-2)).toEqual([
      NOTICE,
      "stderr: The action did not initialize or run as expected. Log data might be missing.",
    ]);
  });
});
