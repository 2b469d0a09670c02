import { describe, expect, test, vi } from "vitest";
import { isRunning, launchersIn } from "../../test/is-running.ts";
import { actionOf, startTestRuntime } from "../../test/start-test-runtime.ts";

const NOTE_ON_DEATH = "stderr: The action did not initialize or run as expected. Log data might be missing.";
const NOT_A_DICTIONARY = "The function did not return a dictionary.";
const OUT_OF_MEMORY = "The action exhausted its memory and was aborted.";

describe("an application error, after which the process serves on,", () => {
  test.each([
    { what: "a returned error", code: "return { error: 'no such order', statusCode: 404 };", error: "no such order" },
    {
      what: "a returned error that is an object",
      code: "return { error: { statusCode: 404 } };",
      error: { statusCode: 404 },
    },
    {
      what: "an exception",
      code: "throw new TypeError('wrong');",
      error: "wrong",
      logs: /^stdout: TypeError: wrong\n.*index\.js/,
    },
    { what: "a text thrown", code: "throw 'wrong';", error: "wrong" },
    { what: "an object thrown", code: "throw { code: 7 };", error: { code: 7 } },
    { what: "nothing thrown", code: "throw undefined;", error: {} },
    { what: "a rejection without a reason", code: "return Promise.reject();", error: {} },
    { what: "a rejection with a text", code: "return Promise.reject('wrong');", error: "wrong" },
    {
      what: "a rejection with an object",
      code: "return Promise.reject({ code: 7, deep: { list: [1] } });",
      error: { code: 7, deep: { list: [1] } },
    },
    {
      what: "a rejection with a circle",
      code: "const a = { name: 'a' }; a.self = a; return Promise.reject(a);",
      error: { name: "a", self: "[Circular]" },
    },
    {
      what: "a rejection with an error",
      code: "return Promise.reject(Object.assign(new RangeError('too far'), { code: 'E_FAR', status: 416, retry() {} }));",
      error: {
        name: "RangeError",
        message: "too far",
        code: "E_FAR",
        status: 416,
        stack: expect.stringContaining("index.js"),
      },
    },
    {
      what: "an async function's exception",
      code: "return (async () => { throw new Error('late'); })();",
      error: { name: "Error", message: "late", stack: expect.any(String) },
    },
  ])("comes of $what", async ({ code, error, logs }) => {
    const { run } = startTestRuntime();
    const action = actionOf(`let calls = 0; exports.main = () => { if (++calls === 2) return { calls }; ${code} };`);
    const outcome = await run(action);
    expect(outcome).toMatchObject({ status: "application_error", timedOut: false });
    expect(outcome.result).toEqual({ error });
    expect(outcome.resultBytes).toBe(Buffer.byteLength(JSON.stringify(outcome.result)));
    if (logs !== undefined) expect(outcome.logs.join("\n")).toMatch(logs);
    expect((await run(action)).result).toEqual({ calls: 2 });
  });

  test("comes of a result above a megabyte, which is cut", async () => {
    const { tryOut } = startTestRuntime();
    const { status, result } = await tryOut("exports.main = () => ({ text: 'x'.repeat(1048576) })");
    expect(status).toBe("application_error");
    const { error } = result as { error: string };
    expect(error).toMatch(
      /^The action produced a response that exceeded the allowed length: 1048587 > 1048576 bytes\. The truncated response was: {"text":"xxx/,
    );
    expect(error.length).toBeLessThan(2000);
  });

  test("does not come of a result of exactly a megabyte", async () => {
    const { tryOut } = startTestRuntime();
    const { status, resultBytes } = await tryOut("exports.main = () => ({ text: 'x'.repeat(1048565) })");
    expect({ status, resultBytes }).toEqual({ status: "success", resultBytes: 1048576 });
  });
});

describe("a developer error", () => {
  test.each([
    {
      what: "a text",
      code: "return 'text';",
      logs: 'stderr: Result must be of type object but has type "string": text',
    },
    { what: "a number", code: "return 7;", logs: 'stderr: Result must be of type object but has type "number": 7' },
    {
      what: "an array",
      code: "return [1, 2];",
      logs: 'stderr: Result must be of type object but has type "array": [ 1, 2 ]',
    },
    { what: "null", code: "return null;", logs: 'stderr: Result must be of type object but has type "null": null' },
    { what: "a function", code: "return () => {};", logs: 'has type "function"' },
    { what: "an object that becomes a text", code: "return new Date(0);", logs: 'has type "object": 1970' },
    {
      what: "a circle",
      code: "const a = {}; a.a = a; return a;",
      logs: "stderr: The result cannot be written as JSON: TypeError: Converting circular structure",
    },
    { what: "a BigInt", code: "return { big: 1n };", logs: "Do not know how to serialize a BigInt" },
    {
      what: "an object that refuses to become JSON",
      code: "return { toJSON() { throw new Error('never'); } };",
      logs: "Error: never",
    },
    {
      what: "something nested too deep",
      code: "let a = {}; for (let i = 0; i < 1e6; i += 1) a = { a }; return a;",
      logs: "Maximum call stack size exceeded",
    },
  ])("comes of returning $what, and the logs say why", async ({ code, logs }) => {
    const { run } = startTestRuntime();
    const action = actionOf(`let calls = 0; exports.main = () => { if (++calls === 2) return { calls }; ${code} };`);
    const outcome = await run(action);
    expect(outcome).toMatchObject({ status: "developer_error", result: { error: NOT_A_DICTIONARY } });
    expect(outcome.logs.join("\n")).toContain(logs);
    expect((await run(action)).result).toEqual({ calls: 2 });
  });

  test.each([
    { what: "process.exit", code: "process.exit(0);" },
    { what: "process.exit after a while", code: "return new Promise(() => setTimeout(() => process.exit(3), 5));" },
    { what: "an abort", code: "process.abort();" },
    { what: "a signal to itself", code: "process.kill(process.pid, 'SIGKILL'); return new Promise(() => {});" },
    {
      what: "an exception in a callback",
      code: "setImmediate(() => { throw new Error('astray'); }); return new Promise(() => {});",
      logs: "Error: astray",
    },
    {
      what: "a rejection nobody handles",
      code: "Promise.reject(new Error('astray')); return new Promise(() => {});",
      logs: "Error: astray",
    },
    {
      what: "a rejection nobody handles although it returns",
      code: "Promise.reject(new Error('astray')); return {};",
      logs: "Error: astray",
    },
  ])("comes of $what, and the next call gets a new process", async ({ code, logs = "" }) => {
    const { run } = startTestRuntime();
    const action = actionOf(`exports.main = ({ harmless }) => { if (harmless) return { harmless }; ${code} };`);
    await run(action, { harmless: true });
    const outcome = await run(action);
    expect(outcome).toMatchObject({ status: "developer_error", result: { error: "command exited" }, timedOut: false });
    expect(outcome.logs.join("\n")).toContain(logs);
    expect(outcome.logs.at(-1)).toBe(NOTE_ON_DEATH);
    expect(await run(action, { harmless: true })).toMatchObject({ status: "success", initMs: expect.any(Number) });
  });

  test.each([
    {
      what: "no such function",
      code: "exports.other = () => {};",
      error: "Function entrypoint 'main' is not a function.",
    },
    {
      what: "something else than a function",
      code: "exports.main = 7;",
      error: "Function entrypoint 'main' is not a function.",
    },
    {
      what: "no function of a name that cannot be one",
      main: "a-b",
      code: "exports.main = () => {};",
      error: "Function entrypoint 'a-b' is not a function.",
    },
    { what: "no code", code: "", error: "Function entrypoint 'main' is not a function." },
    {
      what: "a syntax error",
      code: "exports.main = () => {",
      error: "Cannot start function. Check logs for details.",
      logs: "SyntaxError",
    },
    {
      what: "a syntax error in an ES module",
      code: "export const main = (",
      error: "Cannot start function. Check logs for details.",
      logs: "SyntaxError",
    },
    {
      what: "an exception",
      code: "throw new Error('at once');",
      error: "Cannot initialize function. Check logs for details.",
      logs: "Error: at once",
    },
    {
      what: "an exception in an ES module",
      code: "export const a = 1; throw new Error('at once');",
      error: "Cannot initialize function. Check logs for details.",
      logs: "Error: at once",
    },
    {
      what: "a module that is missing",
      code: "require('not-there');",
      error: "Cannot initialize function. Check logs for details.",
      logs: "Cannot find module 'not-there'",
    },
    {
      what: "process.exit",
      code: "process.exit(1);",
      error: "The action did not initialize and exited unexpectedly.",
      logs: NOTE_ON_DEATH,
    },
  ])("comes of code with $what at its start", async ({ code, error, logs = "", main = "" }) => {
    const { tryOut, runtime } = startTestRuntime();
    const outcome = await tryOut(code, {}, { main });
    expect(outcome).toMatchObject({ status: "developer_error", result: { error }, initMs: expect.any(Number) });
    expect(outcome.logs.join("\n")).toContain(logs);
    expect(outcome.logs.includes(NOTE_ON_DEATH)).toBe(logs === NOTE_ON_DEATH);
    expect(runtime.stats().cells).toBe(0);
  });
});

describe("the time limit", () => {
  const limits = { timeoutMs: 300 };
  const runText = "The action exceeded its time limits of 300 milliseconds.";
  const initText = "The action exceeded its time limits of 300 milliseconds during initialization.";

  test.each([
    { what: "an endless loop", code: "exports.main = () => { while (true); };", error: runText },
    {
      what: "an endless loop of promises",
      code: "exports.main = async () => { while (true) await null; };",
      error: runText,
    },
    {
      what: "an endless loop of callbacks",
      code: "exports.main = () => new Promise(() => { (function again() { setImmediate(again); })(); });",
      error: runText,
    },
    { what: "a promise that never settles", code: "exports.main = () => new Promise(() => {});", error: runText },
    {
      what: "a function that ignores signals",
      code: "exports.main = () => { process.on('SIGTERM', () => {}); return new Promise(() => {}); };",
      error: runText,
    },
    { what: "a start without an end", code: "while (true);", error: initText },
    {
      what: "an ES module that never gets ready",
      code: "await new Promise(() => {}); export const main = () => ({});",
      error: initText,
    },
  ])("ends $what", async ({ code, error }) => {
    const { run, runtime, folders } = startTestRuntime();
    const outcome = await run(actionOf(`console.log("before");\n${code}`, { limits }));
    expect(outcome).toMatchObject({ status: "developer_error", result: { error }, timedOut: true });
    expect(outcome.logs).toEqual(["stdout: before", NOTE_ON_DEATH]);
    const tookMs = outcome.endedAt - outcome.startedAt;
    // Both instants are whole milliseconds of the wall clock, and the limit counts another's: rounding may lose one.
    expect(tookMs).toBeGreaterThanOrEqual(300 - 1);
    expect(tookMs).toBeLessThan(3000);
    await runtime.drain(1000);
    expect(folders()).toEqual([]);
  });

  test("ends the programs that the function runs, too", async () => {
    const { run } = startTestRuntime();
    const outcome = await run(
      actionOf(
        `const { spawn } = require("child_process");
         exports.main = () => new Promise(() => {
           console.log(spawn("sleep", ["1000"]).pid);
           console.log(spawn("/bin/sh", ["-c", "trap '' TERM; sleep 1000 & wait"]).pid);
         });`,
        { limits },
      ),
    );
    const pids = outcome.logs.flatMap((line) => /^stdout: (\d+)$/.exec(line)?.[1] ?? []).map(Number);
    expect(pids).toHaveLength(2);
    await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]));
  });

  test("counts for start and run each on its own, and a warm process starts anew", async () => {
    const { run } = startTestRuntime();
    const nap = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);";
    const action = actionOf(`${nap} exports.main = () => { ${nap} return {}; };`, { limits: { timeoutMs: 750 } });
    const outcomes = [await run(action), await run(action), await run(action)];
    expect(outcomes.map(({ status }) => status)).toEqual(["success", "success", "success"]);
  });
});

describe("the memory limit", () => {
  test.each([
    { what: "objects", code: "const kept = []; for (;;) kept.push({ n: kept.length });" },
    { what: "buffers", code: "const kept = []; for (;;) kept.push(Buffer.alloc(1000000, 1));" },
    {
      what: "buffers, a few at a time",
      code: "const kept = []; return new Promise(() => setInterval(() => kept.push(Buffer.alloc(5000000, 1)), 1));",
    },
    { what: "text", code: "const kept = []; for (;;) kept.push(Buffer.alloc(1000000, 'x').toString('latin1'));" },
    { what: "one buffer larger than all there is", code: "return { length: Buffer.alloc(2 ** 30, 1).length };" },
  ])("ends a function that hoards $what", async ({ code }) => {
    const { run } = startTestRuntime();
    const action = actionOf(`exports.main = ({ harmless }) => { if (harmless) return {}; ${code} };`, {
      limits: { memoryMb: 128 },
    });
    const outcome = await run(action);
    expect(outcome).toMatchObject({ status: "developer_error", result: { error: OUT_OF_MEMORY }, timedOut: false });
    expect((await run(action, { harmless: true })).status).toBe("success");
  });

  test.each([128, 256, 1024])("of %i MB is known to V8, which then tidies up in time", async (memoryMb) => {
    const { tryOut } = startTestRuntime();
    const code = `exports.main = () => ({ heapMb: require("v8").getHeapStatistics().heap_size_limit / 2 ** 20 })`;
    const { heapMb } = (await tryOut(code, {}, { limits: { memoryMb } })).result as { heapMb: number };
    expect(heapMb).toBeLessThan(memoryMb * 0.9);
    expect(heapMb).toBeGreaterThan(memoryMb * 0.7);
  });

  test("does not end a function that makes much garbage", async () => {
    const { tryOut } = startTestRuntime();
    const { status } = await tryOut(
      `exports.main = () => {
         let kept = [];
         for (let round = 0; round < 10000000; round += 1) { kept.push({ round, text: "n" + round }); if (kept.length === 100000) kept = []; }
         return {};
       };`,
      {},
      { limits: { memoryMb: 128 } },
    );
    expect(status).toBe("success");
  });

  test("leaves alone what stays below it", async () => {
    const { tryOut } = startTestRuntime();
    const { status, result } = await tryOut(
      `exports.main = async () => { const kept = Buffer.alloc(80000000, 1); await new Promise((done) => setTimeout(done, 100)); return { length: kept.length }; };`,
      {},
      { limits: { memoryMb: 128 } },
    );
    expect({ status, result }).toEqual({ status: "success", result: { length: 80_000_000 } });
  });
});

test("code that cannot be loaded rejects the call with what loading threw", async () => {
  const { run, runtime } = startTestRuntime();
  const action = { ...actionOf(""), loadCode: () => Promise.reject(new Error("deleted meanwhile")) };
  await expect(run(action)).rejects.toThrow("deleted meanwhile");
  await runtime.drain(1000);
  expect(runtime.stats().cells).toBe(0);
});

test("a process that dies before its code is there fails the call, and the runtime goes on", async () => {
  const { run, runtime, scratchDirectory } = startTestRuntime();
  const code = Promise.withResolvers<string>();
  const failed = run({ ...actionOf(""), loadCode: () => code.promise });
  const [launcher = 0] = await vi.waitFor(() => {
    const found = launchersIn(scratchDirectory);
    expect(found).toHaveLength(1);
    return found;
  });
  process.kill(launcher, "SIGKILL");
  expect(await failed).toMatchObject({
    status: "internal_error",
    result: { error: "Failed to provision resources to run the action." },
  });
  code.resolve("exports.main = () => ({})");
  expect((await run(actionOf("exports.main = () => ({ fine: true })"))).result).toEqual({ fine: true });
  expect(runtime.stats()).toMatchObject({ cells: 1, starting: 0, idle: 1 });
});

test("an argument nested too deep to be passed on is refused", async () => {
  const { tryOut } = startTestRuntime();
  const value = JSON.parse(`${"[".repeat(200_000)}${"]".repeat(200_000)}`);
  await expect(tryOut("exports.main = () => ({})", { value })).rejects.toThrow("runtime.value_too_deep");
});
