import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { getAccount } from "@latchkey/contract/account";
import { describe, expect, test } from "vitest";
import { createCaller } from "../test/caller.ts";
import { temporaryFolder } from "../test/open-test-store.ts";
import { failToStart, startServer } from "../test/server-process.ts";

/** Digests of all files below a folder, by name. */
function digests(path: string): Record<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const digestOf = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
  return Object.fromEntries(files.map(({ parentPath, name }) => [name, digestOf(join(parentPath, name))]));
}

let template: Promise<{ files: [name: string, bytes: Buffer][]; token: string }> | undefined;

async function makeTemplate() {
  const path = temporaryFolder();
  const server = await startServer(path);
  expect(await server.stop()).toMatchObject({ code: 0 });
  const names = Object.keys(digests(path));
  const files = names.map((name): [string, Buffer] => [name, readFileSync(join(path, name))]);
  return { files, token: server.token ?? "" };
}

/** A folder that a server has set up and left in good order, and the token it gave out. */
async function usedFolder() {
  template ??= makeTemplate();
  const { files, token } = await template;
  const path = temporaryFolder();
  for (const [name, bytes] of files) writeFileSync(join(path, name), bytes, { mode: 0o600 });
  return { path, token };
}

const listNamespaces = (url: string, token: string) =>
  fetch(`${url}/v2/functions/namespaces`, { headers: { authorization: `Bearer ${token}` } });

/** One sentence or two on standard error, exit code 1, and no file that was there is changed or gone. */
async function expectRefusal(path: string, says: RegExp, environment: Record<string, string> = {}): Promise<void> {
  const before = existsSync(path) && statSync(path).isDirectory() ? digests(path) : {};
  const { code, stdout, stderr } = await failToStart(path, { environment });
  expect(stderr).toMatch(says);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  if (Object.keys(before).length > 0) expect(digests(path)).toMatchObject(before);
}

describe("a server says in one clear sentence why it does not start:", () => {
  test("the port is taken", async () => {
    const { path } = await usedFolder();
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const address = other.address();
    const port = String(typeof address === "object" ? address?.port : "");
    await expectRefusal(path, new RegExp(`^Port ${port} on 127.0.0.1 is taken.*--port`), { LATCHKEY_PORT: port });
    other.close();
    // Closed as after any other run, not just abandoned.
    expect(readdirSync(path).filter((name) => name.startsWith("latchkey.db"))).toEqual(["latchkey.db"]);
  });

  test("the address is not one of this machine's", async () => {
    const { path } = await usedFolder();
    await expectRefusal(path, /cannot listen on 203\.0\.113\.1, port 0.*--host/, { LATCHKEY_HOST: "203.0.113.1" });
  });

  test("the folder would be below a file", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    await expectRefusal(join(file, "data"), /data folder .*file\/data cannot be created or written to.*--data/);
  });

  test("the folder may only be read", async () => {
    const path = temporaryFolder();
    // Root may write everywhere, so the server is somebody else then.
    const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
    if (nobody !== undefined) chownSync(path, nobody, nobody);
    chmodSync(path, 0o500);
    const { code, stderr } = await failToStart(path, nobody === undefined ? {} : { uid: nobody });
    chmodSync(path, 0o700);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^The data folder .* --data\.\n$/) });
    expect(readdirSync(path)).toEqual([]);
  });

  test("the database may only be read", async () => {
    const { path } = await usedFolder();
    const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
    for (const name of ["", ...readdirSync(path)])
      if (nobody !== undefined) chownSync(join(path, name), nobody, nobody);
    chmodSync(join(path, "latchkey.db"), 0o400);
    const before = digests(path);
    const { code, stderr } = await failToStart(path, nobody === undefined ? {} : { uid: nobody });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/latchkey\.db cannot be written to.*--data\.\n$/),
    });
    expect(digests(path)).toMatchObject(before);
  });

  test("another server is using the folder, which goes on undisturbed", async () => {
    const path = temporaryFolder();
    const first = await startServer(path);
    const { code, stderr } = await failToStart(path);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^Another Latchkey server .*--data\.\n$/),
    });
    expect((await listNamespaces(first.url, first.token ?? "")).status).toBe(200);
    expect(await first.stop()).toMatchObject({ code: 0 });
  });

  test("the folder was written by an older version", async () => {
    const { path } = await usedFolder();
    const database = new DatabaseSync(join(path, "latchkey.db"));
    database.exec("DELETE FROM kysely_migration WHERE name = (SELECT max(name) FROM kysely_migration)");
    database.close();
    await expectRefusal(path, /latchkey\.db was written by an older version.*latchkey migrate/);
  });

  test("the folder was written by a newer version", async () => {
    const { path } = await usedFolder();
    const database = new DatabaseSync(join(path, "latchkey.db"));
    database.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-later', '')");
    database.close();
    await expectRefusal(path, /latchkey\.db was written by a newer version.*9999-later.*nothing was changed/);
  });

  test.each([
    { file: "latchkey.db", what: "garbage", damage: (bytes: Buffer) => randomBytes(bytes.length) },
    { file: "latchkey.db", what: "its first half", damage: (bytes: Buffer) => bytes.subarray(0, bytes.length / 2) },
    { file: "latchkey.db", what: "without its third page", damage: (bytes: Buffer) => bytes.fill(0, 8192, 12_288) },
    { file: "activity.db", what: "garbage", damage: (bytes: Buffer) => randomBytes(bytes.length) },
  ])("$file is $what", async ({ file, damage }) => {
    const { path } = await usedFolder();
    writeFileSync(join(path, file), damage(readFileSync(join(path, file))));
    await expectRefusal(path, /The database in .* is damaged. Nothing was changed. Restore .*backup/);
  });

  test("the pepper is missing, which is not made anew for a database that has one", async () => {
    const { path } = await usedFolder();
    rmSync(join(path, "pepper"));
    await expectRefusal(path, /pepper is missing.*restore it from a backup/);
    expect(existsSync(join(path, "pepper"))).toBe(false);
  });

  test("the pepper is damaged", async () => {
    const { path } = await usedFolder();
    writeFileSync(join(path, "pepper"), readFileSync(join(path, "pepper")).subarray(0, 40));
    await expectRefusal(path, /pepper is damaged.*restore it from a backup/);
  });

  test("a setting is wrong; all of them are named", async () => {
    const { code, stderr } = await failToStart(temporaryFolder(), {
      environment: { LATCHKEY_PORT: "many", LATCHKEY_LOG_LEVEL: "loud" },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/LATCHKEY_PORT.*\n.*LATCHKEY_LOG_LEVEL/);
  });
});

describe("a server that was", () => {
  test("killed leaves no lock behind, and what it gave out works", async () => {
    const path = temporaryFolder();
    const killed = await startServer(path);
    await killed.kill();
    const next = await startServer(path);
    expect(next.token).toBeNull();
    expect((await listNamespaces(next.url, killed.token ?? "")).status).toBe(200);
  });

  test.each(["stop", "interrupt"] as const)("told to %s ends with code 0, everything written down", async (how) => {
    const path = temporaryFolder();
    const server = await startServer(path);
    const caller = createCaller(server.url, server.token ?? "");
    const key = await caller.addKey(await caller.addNamespace());
    expect((await caller.connect(key)).status).toBe(200);
    expect(await server[how]()).toMatchObject({ code: 0 });
    // Who copies the databases of a stopped server has everything: nothing is left in a log beside them.
    expect(readdirSync(path).filter((name) => /-(wal|shm|journal)$/.test(name))).toEqual([]);
    const activity = new DatabaseSync(join(path, "activity.db"), { readOnly: true });
    expect(activity.prepare("SELECT access_key_id AS id FROM access_key_uses").all()).toEqual([{ id: key.id }]);
    activity.close();
  });

  test("first to start gives out the only token, and every file it makes is for its owner alone", async () => {
    const path = temporaryFolder();
    const first = await startServer(path);
    expect(first.token).toMatch(/^dop_v1_[0-9a-f]{64}$/);
    await first.stop();
    const modes = readdirSync(path).map((name) => [name, (statSync(join(path, name)).mode & 0o077).toString(8)]);
    expect(modes.filter(([, others]) => others !== "0")).toEqual([]);
    const again = await startServer(path);
    expect(again.token).toBeNull();
  });
});

/** Sets a folder up in a process of its own: the token that came of it, or the sentence why none did. */
async function initialise(path: string, more: Record<string, unknown> = {}): Promise<string> {
  const script = `
    import { init } from ${JSON.stringify(new URL("operator.ts", import.meta.url).href)};
    const outcome = await init({}, ${JSON.stringify({ team: "Acme", email: "ada@example.com", ...more })}).catch((error) => error);
    process.stdout.write(outcome.token ?? outcome.says ?? String(outcome));`;
  const environment = { ...process.env, LATCHKEY_DATA: path };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { env: environment });
  return stdout;
}

describe("setting a folder up", () => {
  test("by several processes at once ends with one team, whose token works", async () => {
    const path = temporaryFolder();
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => initialise(path)));
    const tokens = outcomes.filter((outcome) => /^dop_v1_[0-9a-f]{64}$/.test(outcome));
    const refusals = outcomes.filter((outcome) => outcome.startsWith("This data folder already has a team."));
    expect([tokens.length, refusals.length]).toEqual([1, 3]);
    const server = await startServer(path);
    expect(server.token).toBeNull();
    expect((await listNamespaces(server.url, tokens[0] ?? "")).status).toBe(200);
  });

  test("is refused beside a running server that has a team, and does not disturb it", async () => {
    const path = temporaryFolder();
    const server = await startServer(path);
    expect(await initialise(path)).toContain("already has a team");
    expect((await listNamespaces(server.url, server.token ?? "")).status).toBe(200);
  });

  test("adds a team beside a running server, if that is asked for: the same person, strangers to each other", async () => {
    const path = temporaryFolder();
    const first = await initialise(path);
    const server = await startServer(path);
    const second = await initialise(path, { team: "Beta", another: true });
    const accounts = [];
    for (const token of [first, second]) {
      const answer = await fetch(`${server.url}/v2/account`, { headers: { authorization: `Bearer ${token}` } });
      accounts.push(getAccount.answers[200].parse(await answer.json()).account);
    }
    expect(accounts).toMatchObject([
      { email: "ada@example.com", role: "owner", team: { name: "Acme" } },
      { email: "ada@example.com", role: "owner", team: { name: "Beta" } },
    ]);
    expect(accounts[0]?.id).toBe(accounts[1]?.id);
    const namespaceId = await createCaller(server.url, first).addNamespace();
    const theirs = await createCaller(server.url, second).send("GET", `/v2/functions/namespaces/${namespaceId}`);
    expect(theirs.status).toBe(404);
  });
});
