import { existsSync } from "node:fs";
import { strToU8, type Zippable, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { type ActionParts, startTestRuntime } from "../../test/start-test-runtime.ts";

const NO_ROOT_FILE = "Zipped functions must contain either package.json or index.[m]js at the root.";

/** Base64 of a zip of these files. */
function zipOf(files: Record<string, string | Uint8Array>): string {
  const entries: Zippable = Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, typeof content === "string" ? strToU8(content) : content]),
  );
  return Buffer.from(zipSync(entries, { level: 1 })).toString("base64");
}

const tryOutZip = (files: Parameters<typeof zipOf>[0], parts: ActionParts = {}) =>
  startTestRuntime().tryOut(zipOf(files), {}, { binary: true, ...parts });

const RETURNS = "exports.main = () => ({ answer: 42 });";
const EXPORTS = "export const main = () => ({ answer: 42 });";

describe("an archive", () => {
  test.each([
    { what: "index.js", files: { "index.js": RETURNS } },
    { what: "index.mjs", files: { "index.mjs": EXPORTS } },
    { what: "index.mjs beside a package.json without main", files: { "index.mjs": EXPORTS, "package.json": "{}" } },
    { what: "package.json with main", files: { "package.json": '{"main":"src/app.js"}', "src/app.js": RETURNS } },
    {
      what: "package.json with main and type module",
      files: { "package.json": '{"main":"app.js","type":"module"}', "app.js": EXPORTS },
    },
    { what: "package.json without main, and index.js", files: { "package.json": "{}", "index.js": RETURNS } },
    { what: "index.js written as an ES module", files: { "index.js": EXPORTS } },
    {
      what: "an ES module with top-level await",
      files: { "package.json": '{"type":"module"}', "index.js": `await 1;\n${EXPORTS}` },
    },
    {
      what: "files in folders made by an archiver on Windows",
      files: { "index.js": 'exports.main = require("./lib/app").main;', "lib\\app.js": RETURNS },
    },
    {
      what: "a file and function named by main",
      main: "lib/app.run",
      files: { "index.js": "", "lib/app.js": "exports.run = () => ({ answer: 42 })" },
    },
    { what: "an ES module named by main", main: "lib/app.main", files: { "index.js": "", "lib/app.mjs": EXPORTS } },
    {
      what: "its own node_modules",
      files: {
        "index.js": 'const { answer } = require("deep-thought"); exports.main = () => ({ answer });',
        "node_modules/deep-thought/package.json": '{"name":"deep-thought","main":"out.js"}',
        "node_modules/deep-thought/out.js": "exports.answer = 42;",
      },
    },
  ])("may hold $what", async ({ files, main = "" }) => {
    const { status, result } = await tryOutZip(files, { main });
    expect({ status, result }).toEqual({ status: "success", result: { answer: 42 } });
  });

  test("is the function's working directory, and what is in it can be executed", async () => {
    const { result } = await tryOutZip({
      "index.js": `const fs = require("fs"); const { execFileSync } = require("child_process");
        exports.main = () => ({ data: fs.readFileSync("data.txt", "utf8"), said: execFileSync("./say").toString() });`,
      "data.txt": "some data",
      say: "#!/bin/sh\necho hello",
    });
    expect(result).toEqual({ data: "some data", said: "hello\n" });
  });

  test("of many and large files is unpacked whole, though it is larger than the memory", async () => {
    const files: Record<string, string | Uint8Array> = {};
    for (let number = 0; number < 500; number += 1) files[`data/${number}.txt`] = `file ${number}`;
    for (let number = 0; number < 30; number += 1) files[`large/${number}`] = new Uint8Array(5_000_000).fill(number);
    const { result } = await tryOutZip(
      {
        ...files,
        "index.js": `const fs = require("fs"); exports.main = () => ({
          files: fs.readdirSync("data").length,
          last: fs.readFileSync("data/499.txt", "utf8"),
          whole: fs.readdirSync("large").filter((name) => fs.readFileSync("large/" + name).equals(Buffer.alloc(5000000, Number(name)))).length,
        });`,
      },
      { limits: { memoryMb: 128 } },
    );
    expect(result).toEqual({ files: 500, last: "file 499", whole: 30 });
  });
});

describe("an archive is refused", () => {
  test.each([
    {
      what: "that is no archive",
      code: Buffer.from("not a zip at all").toString("base64"),
      logs: "cannot be unpacked",
    },
    { what: "that is empty", code: "", logs: "cannot be unpacked" },
    { what: "that was cut short", code: zipOf({ "index.js": RETURNS }).slice(0, 80), logs: "cannot be unpacked" },
    { what: "without a file to start from", code: zipOf({ "lib/app.js": RETURNS }), logs: "" },
    {
      what: "with a file outside its root",
      code: zipOf({ "index.js": RETURNS, "../../escaped.js": "" }),
      logs: "outside its root",
    },
    {
      what: "with a backslash to the outside",
      code: zipOf({ "index.js": RETURNS, "..\\escaped.js": "" }),
      logs: "outside its root",
    },
    {
      what: "with an absolute name",
      code: zipOf({ "index.js": RETURNS, "/tmp/latchkey-escaped.js": "" }),
      logs: "outside its root",
    },
  ])("$what", async ({ code, logs }) => {
    const { tryOut, scratchDirectory } = startTestRuntime();
    const outcome = await tryOut(code, {}, { binary: true });
    expect(outcome).toMatchObject({ status: "developer_error", result: { error: NO_ROOT_FILE } });
    expect(outcome.logs.join("\n")).toContain(logs);
    expect(existsSync(`${scratchDirectory}/escaped.js`) || existsSync("/tmp/latchkey-escaped.js")).toBe(false);
  });

  test("that unpacks to more than there may be, before it does", async () => {
    const archive = Buffer.from(zipOf({ "index.js": RETURNS }), "base64");
    const entryInDirectory = archive.indexOf("PK\u0001\u0002");
    const unpackedSizeAt = 24;
    archive.writeUInt32LE(600_000_000, entryInDirectory + unpackedSizeAt);
    const outcome = await startTestRuntime().tryOut(archive.toString("base64"), {}, { binary: true });
    expect(outcome.result).toEqual({ error: NO_ROOT_FILE });
    expect(outcome.logs.join("\n")).toContain("unpacks to more than 536870912 bytes");
  });

  test.each([
    {
      what: "a file that main names and that is not there",
      main: "lib/app.main",
      error: "Cannot initialize function. Check logs for details.",
    },
    { what: "a function that is not there", main: "run", error: "Function entrypoint 'run' is not a function." },
  ])("for want of $what", async ({ main, error }) => {
    expect(await tryOutZip({ "index.js": RETURNS }, { main })).toMatchObject({
      status: "developer_error",
      result: { error },
    });
  });
});
