import { describe, expect, test, vi } from "vitest";
import { isRunning } from "../../test/is-running.ts";
import { actionOf, startTestRuntime } from "../../test/start-test-runtime.ts";

/** A frame as a launcher would send it. */
const FRAME = `const { writeSync, closeSync } = require("fs");
  const frame = (type, id, json) => {
    const bytes = Buffer.alloc(9 + Buffer.byteLength(json));
    bytes.writeUInt32LE(Buffer.byteLength(json)); bytes[4] = type; bytes.writeUInt32LE(id, 5); bytes.write(json, 9);
    return bytes;
  };
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));`;

describe("a function that plays with its channel", () => {
  test.each([
    { what: "closes it", code: "closeSync(3); await wait(5000); return {};" },
    { what: "writes garbage to it", code: "writeSync(3, Buffer.alloc(100, 0xff)); await wait(5000); return {};" },
    {
      what: "announces more than it may send",
      code: "const b = Buffer.alloc(9); b.writeUInt32LE(2 ** 31); writeSync(3, b); await wait(5000); return {};",
    },
    { what: "answers under another id", code: "writeSync(3, frame(19, 77, '{}')); await wait(5000); return {};" },
    { what: "says hello again", code: "writeSync(3, frame(16, 0, 'null')); await wait(5000); return {};" },
    { what: "answers with no JSON", code: "writeSync(3, frame(19, 3, '{]')); await wait(5000); return {};" },
    { what: "answers with an array", code: "writeSync(3, frame(19, 3, '[]')); await wait(5000); return {};" },
    {
      what: "answers with a text nested without end",
      code: "writeSync(3, frame(19, 3, '['.repeat(500000))); await wait(5000); return {};",
    },
    { what: "answers what was not asked", code: "writeSync(3, frame(17, 3, 'null')); await wait(5000); return {};" },
  ])("and $what loses its process; the next call gets another", async ({ code }) => {
    const { run } = startTestRuntime();
    const action = actionOf(
      `${FRAME} exports.main = async ({ harmless }) => { if (harmless) return { harmless }; ${code} };`,
    );
    expect((await run(action, { harmless: true })).result).toEqual({ harmless: true });
    const { status, result, startedAt, endedAt } = await run(action);
    expect({ status, result }).toEqual({ status: "developer_error", result: { error: "command exited" } });
    expect(endedAt - startedAt).toBeLessThan(4000);
    expect((await run(action, { harmless: true })).result).toEqual({ harmless: true });
  });

  test("and makes it non-blocking is served as before", async () => {
    const { run } = startTestRuntime();
    const action = actionOf(
      `const socket = new (require("net").Socket)({ fd: 3, readable: false }); exports.main = ({ text }) => ({ text });`,
    );
    const text = "x".repeat(900_000);
    for (let call = 0; call < 3; call += 1) expect((await run(action, { text })).result).toEqual({ text });
  });

  test("and answers twice speaks for itself only once, and never for a later call", async () => {
    const { run } = startTestRuntime();
    const action = actionOf(
      `${FRAME} let id = 1; exports.main = ({ cheat }) => { id += 1;
         if (cheat) writeSync(3, Buffer.concat([frame(19, id, '{"forged":1}'), frame(19, id + 1, '{"forged":2}')]));
         return { honest: true }; };`,
    );
    expect((await run(action, { cheat: true })).result).toEqual({ forged: 1 });
    for (let call = 0; call < 3; call += 1) expect((await run(action, {})).result).toEqual({ honest: true });
  });
});

describe("a function that replaces what the launcher uses", () => {
  test.each([
    { what: "JSON", code: "JSON.stringify = JSON.parse = () => { throw new Error('mine'); };" },
    { what: "JSON altogether", code: "globalThis.JSON = undefined;" },
    {
      what: "fs",
      code: "const fs = require('fs'); for (const name of Object.keys(fs)) { try { fs[name] = () => { throw new Error('mine'); }; } catch {} }",
    },
    {
      what: "the console and its streams",
      code: "globalThis.console = null; process.stdout.write = process.stderr.write = () => { throw new Error('mine'); };",
    },
    { what: "timers", code: "globalThis.setImmediate = globalThis.setTimeout = () => {};" },
    {
      what: "process",
      code: "process.kill = process.exit = process.on = process.emit = () => { throw new Error('mine'); };",
    },
    { what: "its environment", code: "process.env = null;" },
    { what: "the whole process object", code: "globalThis.process = undefined;" },
    {
      what: "Buffer",
      code: "Buffer.from = Buffer.allocUnsafe = Buffer.byteLength = () => { throw new Error('mine'); }; globalThis.Buffer = undefined;",
    },
    {
      what: "promises",
      code: "Promise.prototype.then = () => { throw new Error('mine'); }; globalThis.Promise = undefined;",
    },
    {
      what: "Array's and Object's functions",
      code: "Array.isArray = Object.keys = Object.entries = () => { throw new Error('mine'); };",
    },
    { what: "the clock", code: "Date.now = () => 0; globalThis.Date = undefined;" },
    {
      what: "handlers of failures",
      code: "process.on('uncaughtException', () => {}); process.on('unhandledRejection', () => {}); process.on('exit', () => { while (true); });",
    },
  ])("($what) is served as any other", async ({ code }) => {
    const { run } = startTestRuntime();
    const action = actionOf(
      `${code}\nexports.main = async ({ name }, context) => ({ name, late: context.getRemainingTimeInMillis() < 0 });`,
    );
    expect((await run(action, { name: "Ada" })).result).toEqual({ name: "Ada", late: false });
    expect((await run(action, { name: "Bob" })).result).toEqual({ name: "Bob", late: false });
  });

  test.each([
    {
      what: "Function.prototype.call and bind",
      code: "Function.prototype.call = Function.prototype.bind = Function.prototype.apply = () => { throw new Error('mine'); };",
    },
    {
      what: "Buffer's prototype",
      code: "for (const name of Object.getOwnPropertyNames(Buffer.prototype)) { try { Buffer.prototype[name] = () => { throw new Error('mine'); }; } catch {} }",
    },
    {
      what: "Object's prototype",
      code: "Object.prototype.toJSON = () => { throw new Error('mine'); }; Object.prototype.then = (done) => done(7);",
    },
  ])("($what) harms nobody but itself", async ({ code }) => {
    const { run } = startTestRuntime();
    const action = actionOf(`${code}\nexports.main = async ({ name }) => ({ hello: name });`, {
      limits: { timeoutMs: 1000 },
    });
    const { status } = await run(action, { name: "Ada" });
    expect(["success", "application_error", "developer_error"]).toContain(status);
    expect((await run(actionOf("exports.main = () => ({ fine: true })"))).result).toEqual({ fine: true });
  });
});

describe("what a function leaves running", () => {
  test("lives on while its process is warm, and ends with it", async () => {
    const { run, runtime } = startTestRuntime();
    const action = actionOf(
      `const child = require("child_process").spawn("sleep", ["1000"]); exports.main = () => ({ pid: child.pid });`,
    );
    const { pid } = (await run(action)).result as { pid: number };
    expect(isRunning(pid)).toBe(true);
    runtime.retire(action.namespaceId, action.qualifiedName);
    await runtime.drain(1000);
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false));
  });

  test("ends, with the process, when it keeps the server busy with output", async () => {
    const { run } = startTestRuntime();
    const action = actionOf(
      `const child = require("child_process").spawn("yes", { stdio: "inherit" }); exports.main = () => ({ pid: child.pid });`,
    );
    const { pid } = (await run(action)).result as { pid: number };
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false));
    expect((await run(action)).status).toBe("success");
  });

  test("ends when the process ends by itself", async () => {
    const { run } = startTestRuntime();
    const { logs } = await run(
      actionOf(
        `exports.main = () => { console.log(require("child_process").spawn("sleep", ["1000"], { stdio: "inherit" }).pid); process.exit(); };`,
      ),
    );
    const pid = Number(/\d+/.exec(logs[0] ?? "")?.[0]);
    expect(pid).toBeGreaterThan(0);
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false));
  });
});

describe("a warm process that died while it was idle", () => {
  test("is replaced without the next call noticing, even in the instant of its death", async () => {
    const { run } = startTestRuntime();
    const action = actionOf("exports.main = () => ({ pid: process.pid })");
    let { pid } = (await run(action)).result as { pid: number };
    for (let time = 0; time < 12; time += 1) {
      process.kill(pid, "SIGKILL");
      // At every stage of noticing.
      for (let turn = 0; turn < time; turn += 1) await new Promise(setImmediate);
      const outcome = await run(action);
      expect(outcome.status).toBe("success");
      const next = outcome.result as { pid: number };
      expect(next.pid).not.toBe(pid);
      pid = next.pid;
    }
  });
});

test("hogs do not hold up their neighbours", async () => {
  const { run } = startTestRuntime();
  const limits = { timeoutMs: 1500, memoryMb: 128 };
  const hogs = [
    "exports.main = () => { while (true); }",
    "exports.main = () => { const kept = []; for (;;) kept.push(Buffer.alloc(1000000, 1)); }",
    "exports.main = () => { while (true) console.log('x'.repeat(10000)); }",
    "exports.main = async () => { while (true) await null; }",
  ].map((code) => run(actionOf(code, { limits })));
  const neighbour = actionOf("exports.main = () => ({ fine: true })");
  const served = [];
  for (let call = 0; call < 20; call += 1) served.push(await run(neighbour));
  expect(served.map(({ result }) => result)).toEqual(Array.from({ length: 20 }, () => ({ fine: true })));
  expect((await Promise.all(hogs)).map(({ status }) => status)).toEqual(
    Array.from({ length: 4 }, () => "developer_error"),
  );
});
