import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startFakeApi } from "../../../test/fake-api.ts";
import { runCli, temporaryFolder } from "../../../test/run-cli.ts";
import type { CheckedExport, Operator } from "../../operator.ts";

const HASH = "0".repeat(64);
const entry = {
  seq: 7,
  at: "2026-03-23T09:15:00.123Z",
  actor: { kind: "person", id: "u1", name: "Ada \u202e", credential: { kind: "token", id: "t1" } },
  verb: "access_key.create",
  target: { kind: "access_key", id: "dof_v1_1" },
  outcome: "done",
  origin: { address: "192.0.2.1", user_agent: "curl/8", request_id: "r1" },
  details: { name: "ci" },
  previous_hash: HASH,
  hash: HASH,
};
const inOrder = {
  ok: true,
  entries: 7,
  checkpoints: 2,
  start: { seq: 0, hash: HASH },
  end: { seq: 7, hash: HASH },
  key_id: "0123456789abcdef",
  problem: null,
};
const broken = {
  ...inOrder,
  ok: false,
  entries: 3,
  end: { seq: 3, hash: HASH },
  problem: { kind: "missing", seq: 4, message: "Entry 4 is missing: entry 5 comes after entry 3." },
};

async function world(answers: Parameters<typeof startFakeApi>[0] = {}) {
  const api = await startFakeApi({
    "GET /v2/audit": { body: { entries: [entry], next_cursor: null } },
    "GET /v2/audit?limit=1": { body: { entries: [entry], next_cursor: "abc" } },
    "GET /v2/audit/verify": { body: { verification: inOrder } },
    "GET /v2/audit/key": { body: { key: { id: "0123456789abcdef", algorithm: "Ed25519", public_key: "MCow" } } },
    "GET /v2/audit/export?format=jsonl": { body: { a: 1 } },
    "GET /v2/audit/export?format=csv&since=2026-03-01T00%3A00%3A00.000Z": { body: { csv: 1 } },
    ...answers,
  });
  const environment = { LATCHKEY_TOKEN: "t", LATCHKEY_API_URL: api.url };
  const run = (...line: string[]) => runCli(["audit", ...line], { environment });
  return { api, run, environment };
}

describe("audit list", () => {
  test("prints a table; a name that would turn the line round is shown harmless", async () => {
    const { run } = await world();
    expect((await run("list")).stdout).toBe(
      [
        "Seq    At                             Actor         Verb                 Target      Outcome",
        "7      2026-03-23 09:15:00.123 UTC    Ada \\u202e    access_key.create    dof_v1_1    done",
        "",
      ].join("\n"),
    );
  });

  test("shows where from and how, if asked", async () => {
    const { run } = await world();
    const { stdout } = await run("ls", "--format", "ActorID,Key,Address,UserAgent,RequestID,Details", "--no-header");
    expect(stdout).toBe('u1    t1    192.0.2.1    curl/8    r1    {"name":"ci"}\n');
  });

  test("sends what was asked for, and nothing else", async () => {
    const { api, run } = await world();
    await run(
      ...["list", "--actor", "a", "--key", "k", "--target", "t", "--verb", "access_key.*", "--outcome", "refused"],
      ...["--since", "2026-03-01", "--until", "2026-03-02T00:00:00Z", "--limit", "5", "--cursor", "c"],
    );
    await run("list");
    const [all, none] = api.asked.map(({ line }) => new URL(line.slice(4), "http://x"));
    expect(Object.fromEntries(all?.searchParams ?? [])).toEqual({
      ...{ actor: "a", key: "k", target: "t", verb: "access_key.*", outcome: "refused", cursor: "c", limit: "5" },
      ...{ since: "2026-03-01T00:00:00.000Z", until: "2026-03-02T00:00:00.000Z" },
    });
    expect(none?.search).toBe("");
  });

  test("says how to go on when there is more", async () => {
    const { run } = await world();
    expect((await run("list", "--limit", "1")).stderr).toBe("There is more. To go on, add: --cursor abc\n");
    expect(JSON.parse((await run("list", "--limit", "1", "-o", "json")).stdout)).toMatchObject({ next_cursor: "abc" });
  });

  test.each([
    ["--outcome", "maybe"],
    ["--limit", "1001"],
    ["--limit", "x"],
  ])("%s %s is refused", async (...line) => {
    const { api, run } = await world();
    expect(await run("list", ...line)).toMatchObject({ code: 2 });
    expect(api.asked).toEqual([]);
  });
});

describe("audit export", () => {
  test("prints the server's bytes and nothing else, -o json or not", async () => {
    const { run } = await world();
    expect(await run("export")).toEqual({ code: 0, stdout: '{"a":1}', stderr: "" });
    expect(await run("export", "-o", "json")).toEqual({ code: 0, stdout: '{"a":1}', stderr: "" });
  });

  test("writes a file that only its owner can read", async () => {
    const { run } = await world();
    const file = join(temporaryFolder(), "audit.csv");
    const { stdout, stderr } = await run("export", "--as", "csv", "--since", "2026-03-01", "--file", file);
    expect([stdout, stderr, readFileSync(file, "utf8")]).toEqual(["", `Exported to ${file}.\n`, '{"csv":1}']);
    expect((statSync(file).mode & 0o777).toString(8)).toBe("600");
  });

  test("that breaks off leaves the file that was there, and nothing beside it", async () => {
    const { run } = await world({
      "GET /v2/audit/export?format=jsonl": { headers: { "content-length": "1000", connection: "close" }, body: {} },
    });
    const folder = temporaryFolder();
    const file = join(folder, "audit.jsonl");
    writeFileSync(file, "the last one");
    expect(await run("export", "--file", file)).toMatchObject({ code: 1 });
    expect([readdirSync(folder), readFileSync(file, "utf8")]).toEqual([["audit.jsonl"], "the last one"]);
  });

  test("that is refused writes nothing", async () => {
    const { run } = await world({ "GET /v2/audit/export?format=jsonl": { status: 403, body: { message: "no" } } });
    const file = join(temporaryFolder(), "audit.jsonl");
    expect(await run("export", "--file", file)).toMatchObject({ code: 1, stderr: expect.stringContaining("no") });
    expect(existsSync(file)).toBe(false);
  });
});

describe("audit verify", () => {
  test("asks the server, and says that all is well", async () => {
    const { run } = await world();
    expect(await run("verify")).toEqual({
      code: 0,
      stdout: "The audit log is in order: 7 entries, from 1 to 7; 2 checkpoints, signed with key 0123456789abcdef.\n",
      stderr: "",
    });
  });

  test("names the first entry that is not in order, says what is wrong with it, and fails", async () => {
    const { run } = await world({ "GET /v2/audit/verify": { body: { verification: broken } } });
    const { code, stdout, stderr } = await run("verify");
    expect([code, stdout]).toEqual([
      1,
      "The audit log is NOT in order. What is: 3 entries, from 1 to 3; 2 checkpoints, signed with key 0123456789abcdef.\n",
    ]);
    expect(stderr).toMatch(/^Error: Entry 4 is missing: entry 5 comes after entry 3\.\n {2}Keep everything as it is/);
    const json = await run("verify", "-o", "json");
    expect([json.code, JSON.parse(json.stdout)]).toEqual([1, { verification: broken }]);
  });

  test("counts like people", async () => {
    const one = { ...inOrder, entries: 1, checkpoints: 1, end: { seq: 1, hash: HASH } };
    const none = { ...inOrder, entries: 0, checkpoints: 0, end: { seq: 0, hash: HASH } };
    for (const [verification, words] of [
      [one, "1 entry, from 1 to 1; 1 checkpoint, signed"],
      [none, "no entry; no checkpoint, signed"],
    ] as const) {
      const { run } = await world({ "GET /v2/audit/verify": { body: { verification } } });
      expect((await run("verify")).stdout).toContain(`is in order: ${words}`);
    }
  });

  /** The server's code, which says this of whatever it reads. */
  const operatorThatSays = (verification: CheckedExport["verification"], line: number | null) => {
    const given: { text: string; publicKey: string | null }[] = [];
    const unused = () => Promise.reject(new Error("not asked for"));
    const operator: Operator = {
      ...{ serve: unused, init: unused, migrate: unused, passwordLink: unused },
      async verifyAuditExport(text, { publicKey }) {
        let read = "";
        for await (const piece of text) read += piece;
        given.push({ text: read, publicKey });
        const about = { team_id: "t", at: "2026-03-23T09:15:00.000Z", is_part: true, public_key: "MCow", line };
        return { verification, export: about };
      },
    };
    return { operator, given };
  };
  const fileWith = (text: string): string => {
    const file = join(temporaryFolder(), "audit.jsonl");
    writeFileSync(file, text);
    return file;
  };

  test("checks a file without any server, and warns that nobody vouches for its key", async () => {
    const { operator, given } = operatorThatSays(inOrder, null);
    const { code, stdout, stderr } = await runCli(["audit", "verify", "--file", fileWith("ünïcode")], { operator });
    expect([code, given]).toEqual([0, [{ text: "ünïcode", publicKey: null }]]);
    expect(stdout).toMatch(/^The export of 2026-03-23T09:15:00\.000Z is in order: .* It is a part of the log\.\n$/);
    expect(stderr).toMatch(/^Warning: The key in the file was believed\. .*: MCow\n$/);
  });

  test("checks a file with a key that is known, and names the line that is wrong", async () => {
    const { operator, given } = operatorThatSays(broken, 5);
    const file = fileWith("x");
    const line = ["audit", "verify", "--file", file, "--public-key", "MCow"];
    const { code, stderr } = await runCli(line, { operator });
    expect([code, given]).toEqual([1, [{ text: "x", publicKey: "MCow" }]]);
    expect(stderr).toMatch(`Error: ${broken.problem.message} (line 5 of ${file})\n`);
  });

  test("says so when the file is not there, or a key is given for nothing", async () => {
    const { operator } = operatorThatSays(inOrder, null);
    expect(await runCli(["audit", "verify", "--file", "/nowhere/x"], { operator })).toMatchObject({ code: 1 });
    const { run } = await world();
    expect(await run("verify", "--public-key", "MCow")).toMatchObject({ code: 2 });
  });
});

test("audit key prints the public key alone", async () => {
  const { run } = await world();
  expect((await run("key")).stdout).toBe("MCow\n");
});
