import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startFakeApi } from "../../../test/fake-api.ts";
import { runCli, temporaryFolder } from "../../../test/run-cli.ts";

const FN = "fn-3f0e8a52-7c5e-4a0e-9a55-0c8f6a1f8a11";
const PASSWORD = "legacy-password";
const namespace = {
  api_host: "http://127.0.0.1:3233/faas-nyc1.co",
  namespace: FN,
  label: "demo",
  region: "nyc1",
  created_at: "2026-03-01T10:00:00Z",
  updated_at: "2026-03-01T10:00:00Z",
  uuid: "b8c1d7c0-61a5-4d3a-8f0b-6f2b7d0d9e01",
  key: PASSWORD,
};

async function world() {
  const api = await startFakeApi({
    "GET /v2/functions/namespaces": { body: { namespaces: [{ ...namespace, uuid: "", key: "" }] } },
    "POST /v2/functions/namespaces": { body: { namespace } },
    [`GET /v2/functions/namespaces/${FN}`]: { body: { namespace } },
    [`DELETE /v2/functions/namespaces/${FN}`]: { status: 204 },
  });
  const environment = { LATCHKEY_TOKEN: "t", LATCHKEY_API_URL: api.url, LATCHKEY_CONFIG_DIR: temporaryFolder() };
  return { api, environment, run: (...line: string[]) => runCli(["namespaces", ...line], { environment }) };
}

test("create sends the data center that a region stands for, and says what to do next", async () => {
  const { api, run } = await world();
  const { code, stdout, stderr } = await run("create", "--label", "demo", "--region", "nyc", "--no-connect");
  expect(code).toBe(0);
  expect(JSON.parse(api.asked[0]?.body ?? "")).toEqual({ label: "demo", region: "nyc1" });
  expect(stdout).toContain(FN);
  expect(stderr).toContain(`New namespace ${FN} created, but not connected.\n`);
  expect(stderr).toContain("latchkey key create");
});

test("create refuses a region that there is not before anything is sent", async () => {
  const { api, run } = await world();
  const { code, stderr } = await run("create", "--label", "demo", "--region", "lonx");
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Error: 'lonx' is not a valid region value\n {2}Valid region values are ams, ams3, blr, /);
  expect(api.asked).toEqual([]);
});

test.each([{ line: ["create", "-l", "demo", "-r", "nyc1"] }, { line: ["get", "demo"] }])(
  "$line.0 keeps the password that the whole team shares to itself",
  async ({ line }) => {
    const { run } = await world();
    for (const output of ["text", "json"]) {
      const { code, stdout, stderr } = await run(...line, "--output", output);
      expect(code).toBe(0);
      expect(stdout + stderr).toContain(FN);
      expect(stdout + stderr).not.toContain(PASSWORD);
    }
  },
);

test("delete without anybody to ask does nothing, in doctl's words", async () => {
  const { api, run } = await world();
  const { code, stderr } = await run("delete", "demo");
  expect(code).toBe(1);
  expect(stderr).toBe(
    [
      `Deleting namespace '${FN}' with label 'demo'.`,
      "Warning: Requires confirmation. Use the `--force` flag to continue without confirmation.",
      `Error: deletion of '${FN}' not confirmed, doing nothing`,
      "  If you are sure, add --force",
      "",
    ].join("\n"),
  );
  expect(api.asked.some(({ line }) => line.startsWith("DELETE"))).toBe(false);
});

test("an answer without a body is an empty object to whoever asked for JSON", async () => {
  const { run } = await world();
  expect(await run("delete", "demo", "-f", "-o", "json")).toEqual({ code: 0, stdout: "{}\n", stderr: "" });
});

test("delete takes a whole label or id only", async () => {
  const { run } = await world();
  const { stderr } = await run("delete", "dem", "--force");
  expect(stderr).toContain("Error: 'dem' does not exactly match the label or id of any of your namespaces\n");
});

test("with a namespace goes the connection to it: its key is dead", async () => {
  const { run, environment } = await world();
  const connections = join(environment.LATCHKEY_CONFIG_DIR, "connections");
  mkdirSync(connections);
  for (const name of [FN, "fn-other"]) writeFileSync(join(connections, `${name}.json`), "{}");
  expect((await run("delete", FN, "-f")).code).toBe(0);
  expect(readdirSync(connections)).toEqual(["fn-other.json"]);
});

test("list-regions shows what --region takes", async () => {
  const { run } = await world();
  const { stdout } = await run("list-regions");
  expect(stdout).toMatch(/^Region {4}Data Center\nams {7}ams3\n/);
  expect(stdout.trim().split("\n")).toHaveLength(10);
});
