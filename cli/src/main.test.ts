import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startFakeApi } from "../test/fake-api.ts";
import { runCli, temporaryFolder } from "../test/run-cli.ts";

const FN = "fn-3f0e8a52-7c5e-4a0e-9a55-0c8f6a1f8a11";
const namespace = (label: string, id = FN) => ({
  api_host: "http://127.0.0.1:8080/gw.co",
  namespace: id,
  created_at: "2026-03-01T10:00:00Z",
  updated_at: "2026-03-01T10:00:00Z",
  label,
  region: "nyc1",
  uuid: "",
  key: "",
});
const LIST = "GET /v2/functions/namespaces";
const token = { LATCHKEY_TOKEN: "dop_v1_feed" };

/** A server with these namespaces, and an environment that points to it. */
async function withNamespaces(...labels: string[]) {
  const api = await startFakeApi({ [LIST]: { body: { namespaces: labels.map((label) => namespace(label)) } } });
  return { api, environment: { ...token, LATCHKEY_API_URL: api.url } };
}

describe("data goes to standard output, words to standard error", () => {
  test("a table", async () => {
    const { environment } = await withNamespaces("demo");
    const { code, stdout, stderr } = await runCli(["namespaces", "list"], { environment });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(
      [
        "Label    Region    Namespace ID                               API Host",
        `demo     nyc1      ${FN}    http://127.0.0.1:8080/gw.co`,
        "",
      ].join("\n"),
    );
  });

  test("JSON is what the API answered, and nothing else", async () => {
    const { environment } = await withNamespaces("demo");
    const { stdout } = await runCli(["namespaces", "list", "-o", "json"], { environment });
    expect(JSON.parse(stdout)).toEqual({ namespaces: [namespace("demo")] });
  });

  test("a label that gives orders to the terminal is written out in a table", async () => {
    const { environment } = await withNamespaces("\u001b[2Jowned\nby me");
    const { stdout } = await runCli(["ns", "ls", "--no-header", "--format", "Label"], { environment });
    expect(stdout).toBe("\\x1b[2Jowned\\x0aby me\n");
  });

  test("a refusal that gives orders to the terminal is written out", async () => {
    const body = { id: "x", message: "\u001b[2Jno", request_id: "r" };
    const api = await startFakeApi({ [LIST]: { status: 403, body } });
    const { stderr } = await runCli(["ns", "ls"], { environment: { ...token, LATCHKEY_API_URL: api.url } });
    expect(stderr).toContain("Error: \\x1b[2Jno (request r)");
  });
});

describe("exit codes", () => {
  test.each([
    { what: "help that was asked for", line: ["key", "--help"], code: 0 },
    { what: "the version", line: ["--version"], code: 0 },
    { what: "no command", line: [], code: 2 },
    { what: "a group without its command", line: ["key"], code: 2 },
    { what: "an unknown command", line: ["key", "crate"], code: 2 },
    { what: "an unknown option", line: ["ns", "ls", "--nope"], code: 2 },
    { what: "a missing argument", line: ["key", "delete"], code: 2 },
    { what: "a surplus argument", line: ["ns", "ls", "x"], code: 2 },
    { what: "a missing option", line: ["ns", "create"], code: 2 },
    { what: "a choice that there is not", line: ["ns", "ls", "-o", "yaml"], code: 2 },
    { what: "a number that is none", line: ["fn", "ls", "--limit", "many"], code: 2 },
    { what: "a number that is too large", line: ["fn", "ls", "--limit", "201"], code: 2 },
    { what: "a bad address", line: ["ns", "ls", "-u", "localhost:3233"], code: 2 },
    { what: "a value that the command refuses", line: ["ns", "create", "-l", "x", "-r", "mars"], code: 2 },
    { what: "no credential", line: ["ns", "ls"], code: 1 },
    { what: "no connection", line: ["fn", "ls"], code: 1 },
  ])("$what is $code", async ({ line, code }) => {
    const ran = await runCli(line);
    expect(ran.code).toBe(code);
    // Whoever is refused is told why and what to try next; whoever asked is answered on standard output.
    expect(code === 0 ? ran.stdout : ran.stderr).toMatch(code === 0 ? /./ : /^Error: .+\n {2}\S|^Usage: /);
    expect(code === 0 ? ran.stderr : ran.stdout).toBe("");
  });

  test("what the API refuses is 1", async () => {
    const { environment } = await withNamespaces();
    expect(await runCli(["ns", "get", "demo"], { environment })).toMatchObject({ code: 1, stdout: "" });
  });

  test("a misspelt command is answered with the nearest one", async () => {
    const { stderr } = await runCli(["namespaces", "lits"]);
    expect(stderr).toBe("Error: unknown command 'lits' (Did you mean list?)\n  See: latchkey namespaces --help\n");
  });
});

describe("errors for programs", () => {
  test("with --output json, standard output has the error in doctl's shape", async () => {
    const { code, stdout, stderr } = await runCli(["ns", "ls", "--output", "json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ errors: [{ detail: "You are not logged in at http://127.0.0.1:3233" }] });
    expect(stderr).toContain("export LATCHKEY_TOKEN");
  });
});

describe("options for all commands", () => {
  test.each([
    { where: "before the command", line: ["-o", "json", "namespaces", "list"] },
    { where: "between its words", line: ["namespaces", "-o", "json", "list"] },
    { where: "behind it", line: ["namespaces", "list", "-o", "json"] },
    { where: "in doctl's way", line: ["serverless", "namespaces", "list", "--output=json"] },
    { where: "twice, the nearest to the command's end counting", line: ["-o", "text", "ns", "ls", "-o", "json"] },
  ])("are understood $where", async ({ line }) => {
    const { environment } = await withNamespaces();
    expect(JSON.parse((await runCli(line, { environment })).stdout)).toEqual({ namespaces: [] });
  });

  test("the address of the API may be an option", async () => {
    const { api } = await withNamespaces();
    expect((await runCli(["ns", "ls", "--api-url", api.url], { environment: token })).code).toBe(0);
  });

  test("a wrong --format is refused before anything is sent", async () => {
    const { api, environment } = await withNamespaces("demo");
    const { code, stderr } = await runCli(["ns", "ls", "--format", "Label,Nope"], { environment });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'Error: unknown column "Nope"\n  Columns: Label, Region, ID, Host, CreatedAt\n',
    });
    expect(api.asked).toEqual([]);
  });
});

describe("doctl's words", () => {
  test.each([
    ["serverless", "namespaces", "list"],
    ["sls", "ns", "ls"],
    ["sbx", "namespace", "list"],
    ["sandbox", "namespaces", "ls"],
  ])("%s %s %s", async (...line) => {
    const { environment } = await withNamespaces("demo");
    expect((await runCli(line, { environment })).stdout).toContain("demo");
  });
});

describe("--quiet", () => {
  test("leaves out what is only worth knowing", async () => {
    const api = await startFakeApi({
      [LIST]: { body: { namespaces: [namespace("demo")] } },
      [`DELETE /v2/functions/namespaces/${FN}`]: { status: 204 },
    });
    const environment = { ...token, LATCHKEY_API_URL: api.url };
    const loud = await runCli(["ns", "delete", "demo", "--force"], { environment });
    expect(loud.stderr).toBe(`Deleting namespace '${FN}' with label 'demo'.\nNamespace successfully deleted\n`);
    expect(await runCli(["ns", "delete", "demo", "--force", "-q"], { environment })).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });
});

test("a file system that refuses is told in one line", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "connections"), "a file where a folder should be");
  const { code, stderr } = await runCli(["connections", "list"], { environment: { LATCHKEY_CONFIG_DIR: folder } });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Error: ENOTDIR: .*\n {2}Check that the file or folder exists.*\n$/);
});

test("a mistake in latchkey itself is told as one, with the lines that a report needs", async () => {
  const broken = async () => {
    throw new RangeError("off by one");
  };
  const operator = { serve: broken, init: broken, migrate: broken, passwordLink: broken, verifyAuditExport: broken };
  const { code, stderr } = await runCli(["migrate"], { operator });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^Error: something unexpected happened\nRangeError: off by one\n {4}at .+\n[\s\S]*report this as a bug/,
  );
});
