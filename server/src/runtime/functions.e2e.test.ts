import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { actionOf, startTestRuntime } from "../../test/start-test-runtime.ts";

const ANSWER = { answer: 42 };

describe("a single source", () => {
  test.each([
    { what: "a top-level function that is not exported", code: "function main() { return { answer: 42 }; }" },
    { what: "an arrow function in a constant", code: "const main = () => ({ answer: 42 })" },
    { what: "a property of exports", code: "exports.main = () => ({ answer: 42 });" },
    { what: "module.exports", code: "module.exports = { answer: 42, main() { return { answer: this.answer }; } };" },
    {
      what: "an export although a top-level function has the name",
      code: "function main() {} exports.main = () => ({ answer: 42 })",
    },
    { what: "an async function", code: "async function main() { await null; return { answer: 42 }; }" },
    {
      what: "a function that returns a promise of its own make",
      code: "exports.main = () => ({ then: (done) => done({ answer: 42 }) })",
    },
    {
      what: "a function that waits for a timer",
      code: "exports.main = () => new Promise((done) => setTimeout(done, 5, { answer: 42 }))",
    },
    { what: "a script with a hashbang", code: "#!/usr/bin/env node\nfunction main() { return { answer: 42 }; }" },
    { what: "code that ends in a comment", code: "function main() { return { answer: 42 }; } // done" },
    { what: "code with a top-level return", code: "exports.main = () => ({ answer: 42 }); return;" },
    { what: "an ES module", code: "export function main() { return { answer: 42 }; }" },
    { what: "an ES module's default export", code: "const main = () => ({ answer: 42 });\nexport default { main };" },
    {
      what: "an ES module that imports and awaits",
      code: 'import { EOL } from "node:os";\nawait EOL;\nexport const main = () => ({ answer: 42 });',
    },
    {
      what: "CommonJS that imports an ES module",
      code: 'exports.main = async () => ({ answer: (await import("node:os")).EOL.length + 41 })',
    },
    {
      what: "CommonJS that requires",
      code: 'const { EOL } = require("os"); exports.main = () => ({ answer: EOL.length + 41 })',
    },
    { what: "a function by another name", code: "exports.hello = () => ({ answer: 42 })", main: "hello" },
    {
      what: "a function of a file, of which there is one",
      code: "exports.hello = () => ({ answer: 42 })",
      main: "index.hello",
    },
    {
      what: "a function whose name is a reserved word",
      code: "exports.delete = () => ({ answer: 42 })",
      main: "delete",
    },
  ])("may be $what", async ({ code, main = "" }) => {
    const { tryOut } = startTestRuntime();
    const { status, result } = await tryOut(code, {}, { main });
    expect({ status, result }).toEqual({ status: "success", result: ANSWER });
  });

  test.each(["nodejs:14", "nodejs:18", "nodejs:20", "nodejs:22", "nodejs:24"])("of kind %s runs", async (kind) => {
    const { tryOut, runtime } = startTestRuntime();
    expect(runtime.kinds().map((one) => one.kind)).toContain(kind);
    const { result } = await tryOut("exports.main = () => ({ major: parseInt(process.versions.node) })", {}, { kind });
    expect(result).toEqual({ major: 24 });
  });
});

describe("a function", () => {
  test("gets its argument, object or array, and gives undefined as an empty object", async () => {
    const { run } = startTestRuntime();
    const echo = actionOf("exports.main = (value) => ({ value })");
    expect((await run(echo, { name: "Zoë", deep: [null, { a: 1.5 }] })).result).toEqual({
      value: { name: "Zoë", deep: [null, { a: 1.5 }] },
    });
    expect((await run(echo, [1, { two: 2 }])).result).toEqual({ value: [1, { two: 2 }] });
    expect((await run(actionOf("exports.main = () => {}"))).result).toEqual({});
    expect((await run(actionOf("exports.main = async () => {}"))).result).toEqual({});
  });

  test("gets an argument and gives a result of a megabyte", async () => {
    const { run } = startTestRuntime();
    const text = "ü".repeat(500_000);
    const outcome = await run(actionOf("exports.main = ({ text }) => ({ text })"), { text });
    expect(outcome.result).toEqual({ text });
    expect(outcome.resultBytes).toBe(1_000_011);
  });

  test("learns from its context who it is and how long it may take", async () => {
    const { run } = startTestRuntime();
    const { result, startedAt } = await run(
      actionOf(
        `exports.main = (_, { getRemainingTimeInMillis, ...rest }) => ({ ...rest, remaining: getRemainingTimeInMillis() })`,
      ),
    );
    expect(result).toEqual({
      functionName: "/fn-1111/sample/hello",
      functionVersion: "0.0.3",
      namespace: "fn-1111",
      activationId: expect.stringMatching(/^[0-9a-f]{32}$/),
      requestId: "tx-1",
      apiHost: "https://faas.example.com",
      apiKey: "",
      deadline: expect.any(Number),
      remaining: expect.any(Number),
    });
    const { deadline, remaining } = result as { deadline: number; remaining: number };
    expect(deadline - startedAt).toBeGreaterThanOrEqual(10_000);
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(10_000);
  });

  test("sees its own environment while its module loads, the activation's at every run, and nothing of the server's", async () => {
    process.env["LATCHKEY_TEST_OF_ENVIRONMENT"] = "the server's own";
    const { run } = startTestRuntime();
    const action = actionOf(
      `const early = { db: process.env.DB_URL, activation: process.env.__OW_ACTIVATION_ID };
       exports.main = () => ({ early, env: process.env });`,
      { environment: { DB_URL: "postgres://example", EMPTY: "" } },
    );
    type Seen = { early: { db: string; activation: string }; env: Record<string, string> };
    const first = (await run(action)).result as Seen;
    const second = (await run(action)).result as Seen;

    expect(first.early).toEqual({ db: "postgres://example", activation: first.env["__OW_ACTIVATION_ID"] });
    expect(second.env["__OW_ACTIVATION_ID"]).not.toBe(first.env["__OW_ACTIVATION_ID"]);
    expect(second.env).toEqual({
      DB_URL: "postgres://example",
      EMPTY: "",
      HOME: expect.any(String),
      PATH: "/usr/local/bin:/usr/bin:/bin",
      TMPDIR: expect.any(String),
      __OW_ACTION_NAME: "/fn-1111/sample/hello",
      __OW_ACTION_VERSION: "0.0.3",
      __OW_ACTIVATION_ID: expect.any(String),
      __OW_API_HOST: "https://faas.example.com",
      __OW_DEADLINE: expect.stringMatching(/^\d{13}$/),
      __OW_NAMESPACE: "fn-1111",
      __OW_TRANSACTION_ID: "tx-1",
    });
  });

  test("has folders of its own, closed to other users, that go when it does", async () => {
    const { run, runtime, folders } = startTestRuntime();
    const { result } = await run(
      actionOf(`const { tmpdir } = require("os"); const fs = require("fs");
        exports.main = () => {
          fs.writeFileSync("here.txt", "x"); fs.writeFileSync(tmpdir() + "/there.txt", "x");
          const modes = [".", tmpdir(), "here.txt"].map((path) => (fs.statSync(path).mode & 0o777).toString(8));
          return { modes, cwd: process.cwd(), home: process.env.HOME, tmp: tmpdir() };
        };`),
    );
    const { modes, cwd, home, tmp } = result as Record<string, string>;
    expect(modes).toEqual(["700", "700", "600"]);
    expect(home).toBe(tmp);
    expect(existsSync(`${cwd}/here.txt`)).toBe(true);
    expect(folders()).toHaveLength(1);
    await runtime.drain(0);
    expect(existsSync(`${cwd}`) || existsSync(`${tmp}`)).toBe(false);
  });

  test("reaches the network and starts worker threads within the smallest memory", async () => {
    const { tryOut } = startTestRuntime();
    const { result, logs } = await tryOut(
      `const { once } = require("events"); const { Worker } = require("worker_threads");
       exports.main = async () => {
         const server = require("http").createServer((_, answer) => answer.end("hi")).listen(0, "127.0.0.1");
         await once(server, "listening");
         const text = await (await fetch("http://127.0.0.1:" + server.address().port)).text();
         server.close();
         const [message] = await once(new Worker('require("worker_threads").parentPort.postMessage("ho")', { eval: true }), "message");
         return { text, message };
       };`,
      {},
      { limits: { memoryMb: 128 } },
    );
    expect(logs).toEqual([]);
    expect(result).toEqual({ text: "hi", message: "ho" });
  });
});

describe("a process", () => {
  test("serves one call after the other, and only a first call has a start", async () => {
    const { run, runtime } = startTestRuntime();
    const counter = actionOf("let calls = 0; exports.main = () => ({ calls: ++calls, pid: process.pid })");
    const outcomes = [await run(counter), await run(counter), await run(counter)];
    const [first, ...others] = outcomes.map(({ result }) => result as { calls: number; pid: number });
    expect(others.map(({ calls, pid }) => ({ calls, pid }))).toEqual([
      { calls: 2, pid: first?.pid },
      { calls: 3, pid: first?.pid },
    ]);
    expect(outcomes.map(({ initMs }) => initMs)).toEqual([expect.any(Number), null, null]);
    expect(runtime.stats()).toMatchObject({ cells: 1, started: 1 });
  });

  test("never serves two revisions", async () => {
    const { run } = startTestRuntime();
    const code = "exports.main = () => ({ pid: process.pid })";
    const pids = await Promise.all(
      ["1", "2"].map(async (revision) => (await run(actionOf(code, { revision }))).result),
    );
    expect(pids[0]).not.toEqual(pids[1]);
  });

  test("that waits for something is joined by others when more calls come", async () => {
    const { run, runtime, scratchDirectory } = startTestRuntime();
    // Each waits until all four have come, and would wait for ever if they had to share a process.
    const meeting = `${scratchDirectory}/meeting`;
    const action = actionOf(
      `const fs = require("fs");
       exports.main = async ({ meeting, name }) => {
         fs.mkdirSync(meeting + "/" + name, { recursive: true });
         while (fs.readdirSync(meeting).length < 4) await new Promise((done) => setTimeout(done, 5));
         return { pid: process.pid };
       };`,
    );
    const outcomes = await Promise.all(["a", "b", "c", "d"].map((name) => run(action, { meeting, name })));
    expect(new Set(outcomes.map(({ result }) => JSON.stringify(result))).size).toBe(4);
    expect(runtime.stats().cells).toBe(4);
  });

  test("lets nothing of the function run between two calls", async () => {
    const { run } = startTestRuntime();
    const action = actionOf(
      `let ticks = 0; setInterval(() => { ticks += 1; }, 1);
       exports.main = async ({ waitMs }) => {
         const before = ticks;
         if (waitMs) await new Promise((done) => setTimeout(done, waitMs));
         return { before, after: ticks };
       };`,
    );
    const first = (await run(action, { waitMs: 30 })).result as { after: number };
    await run(actionOf("exports.main = () => new Promise((done) => setTimeout(done, 100, {}))"));
    const second = (await run(action, {})).result as { before: number };
    expect(first.after).toBeGreaterThan(0);
    // One turn of the event loop ends a run, in which one interval may come due.
    expect(second.before - first.after).toBeLessThanOrEqual(1);
  });
});
