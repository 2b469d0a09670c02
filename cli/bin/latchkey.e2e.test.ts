import { execFile, spawn } from "node:child_process";
import { type AddressInfo, createServer } from "node:net";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { BIN, environmentIn, runLatchkey } from "../test/latchkey-process.ts";
import { temporaryFolder } from "../test/run-cli.ts";

/** Where nobody listens: a port that was free a moment ago. */
async function freeAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

test("an old Node is told apart in one sentence that says what to do", async () => {
  const pretend = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.0" } });';
  const old = promisify(execFile)(process.execPath, [
    "--import",
    `data:text/javascript,${encodeURIComponent(pretend)}`,
    BIN,
    "status",
  ]);
  await expect(old).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(
      /^Error: latchkey needs Node\.js 24 or newer, and this is v.+\n.*npx latchkey.*npm start.*\n$/,
    ),
  });
});

test("the command is a file that can be run, and says nothing but its answer", async () => {
  const env = environmentIn(temporaryFolder());
  expect(await promisify(execFile)(BIN, ["--version"], { env })).toEqual({ stdout: "0.1.0\n", stderr: "" });
});

test("a reader that has seen enough is no error", async () => {
  const env = environmentIn(temporaryFolder());
  const child = spawn(process.execPath, [BIN, "--help"], { env, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => {
    stderr += text;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("a server that is not running is told with how to start it", async () => {
  const url = await freeAddress();
  const env = { ...environmentIn(temporaryFolder()), LATCHKEY_TOKEN: "t", LATCHKEY_API_URL: url };
  expect(await runLatchkey(["ns", "ls"], { env })).toEqual({
    code: 1,
    stdout: "",
    stderr: [
      `Error: Cannot reach ${url}: connection refused`,
      "  Is the server running? Start it with: latchkey serve",
      "  If it is somewhere else, say where: --api-url URL, or LATCHKEY_API_URL",
      "",
    ].join("\n"),
  });
});
