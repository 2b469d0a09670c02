import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { createCaller, type HeldKey } from "../caller.ts";
import { temporaryFolder } from "../open-test-store.ts";
import { failToStart, startServer } from "../server-process.ts";

/** No file of this process may grow beyond this: to SQLite the same as a disk that is full. Null lets it grow again. */
const limitFiles = (pid: number, bytes: number | null) =>
  execFileSync("prlimit", [`--pid=${pid}`, `--fsize=${bytes ?? "unlimited"}:unlimited`]);

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

test("on a full disk changes are refused cleanly, what is there goes on working, and all is well once there is room", async () => {
  const path = temporaryFolder();
  const server = await startServer(path, { environment: { LATCHKEY_REQUESTS_PER_MINUTE: "100000" } });
  const caller = createCaller(server.url, server.token ?? "");
  const namespaceId = await caller.addNamespace();
  const acknowledged: HeldKey[] = [await caller.addKey(namespaceId, "first")];
  const [first] = acknowledged;
  if (first === undefined) throw new Error("unreachable");

  const create = async (name: string): Promise<number> => {
    const json = { name };
    const { status, text } = await caller.send("POST", `/v2/functions/namespaces/${namespaceId}/keys`, { json });
    const body = JSON.parse(text);
    if (status === 201) acknowledged.push({ id: body.access_key.id, secret: body.access_key.secret });
    else
      expect(body).toMatchObject({
        id: expect.any(String),
        message: expect.any(String),
        request_id: expect.any(String),
      });
    return status;
  };

  // The log grows with each change until it must not any more: the disk fills up under way.
  limitFiles(server.pid, sizeOf(join(path, "latchkey.db-wal")) + 300_000);
  let created = 0;
  while ((await create(`key ${created}`)) === 201) created += 1;
  expect(created).toBeGreaterThan(0);
  // What is left would be enough for a smaller change than making a key.
  limitFiles(server.pid, 0);

  for (let times = 0; times < 3; times += 1) {
    expect(await create("one more")).toBeGreaterThanOrEqual(500);
    expect((await caller.removeKey(namespaceId, first.id)).status).toBeGreaterThanOrEqual(500);
    expect((await caller.deploy(first, "hello")).status).toBeGreaterThanOrEqual(500);
    expect((await caller.connect(first)).status).toBe(200);
    const listed = await caller.send("GET", `/v2/functions/namespaces/${namespaceId}/keys`);
    expect(JSON.parse(listed.text)).toMatchObject({ count: acknowledged.length });
  }

  limitFiles(server.pid, null);
  expect(await create("one more")).toBe(201);
  expect((await caller.removeKey(namespaceId, first.id)).status).toBe(200);
  expect((await caller.connect(first)).status).toBe(401);
  for (const key of acknowledged.slice(1)) expect((await caller.connect(key)).status).toBe(200);
  const { code } = await server.stop();
  expect(code).toBe(0);

  const database = new DatabaseSync(join(path, "latchkey.db"), { readOnly: true });
  const count = (sql: string) => Number(database.prepare(sql).get()?.["n"]);
  expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  expect(count("SELECT count(*) AS n FROM access_keys")).toBe(acknowledged.length);
  expect(count("SELECT count(*) AS n FROM access_key_secrets")).toBe(acknowledged.length);
  expect(
    count("SELECT count(*) AS n FROM audit_entries WHERE verb IN ('access_key.create', 'access_key.delete')"),
  ).toBe(acknowledged.length + 1);
  database.close();
});

test("killed on a full disk, a server starts again with everything it acknowledged", async () => {
  const path = temporaryFolder();
  const server = await startServer(path, { environment: { LATCHKEY_REQUESTS_PER_MINUTE: "100000" } });
  const caller = createCaller(server.url, server.token ?? "");
  const namespaceId = await caller.addNamespace();
  limitFiles(server.pid, sizeOf(join(path, "latchkey.db-wal")) + 300_000);
  const keys: HeldKey[] = [];
  const lost = async () => {
    for (;;) keys.push(await caller.addKey(namespaceId, `key ${keys.length}`));
  };
  await expect(lost()).rejects.toThrow();
  await server.kill();

  const next = await startServer(path);
  const after = createCaller(next.url, server.token ?? "");
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) expect((await after.connect(key)).status).toBe(200);
  const listed = await after.send("GET", `/v2/functions/namespaces/${namespaceId}/keys`);
  expect(JSON.parse(listed.text)).toMatchObject({ count: keys.length });
});

describe("a server that finds its disk full says so in one sentence, harms nothing, and starts once there is room", () => {
  test.each([0, 1000, 20_000])("in an empty folder, with room for %d bytes", async (largestFileBytes) => {
    const path = temporaryFolder();
    const { code, stderr } = await failToStart(path, { largestFileBytes });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^[^\n]+ Make room on its disk, or .*\n$/),
    });
    const server = await startServer(path);
    expect(server.token).not.toBeNull();
  });

  test("in a folder whose server was killed", async () => {
    const path = temporaryFolder();
    const killed = await startServer(path);
    const key = await createKey(killed);
    await killed.kill();
    const contents = () => ["latchkey.db", "latchkey.db-wal", "pepper"].map((name) => readFileSync(join(path, name)));
    const before = contents();
    const { code, stderr } = await failToStart(path, { largestFileBytes: 0 });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^[^\n]+ Make room on its disk, or .*\n$/),
    });
    expect(contents()).toEqual(before);
    const server = await startServer(path);
    expect((await createCaller(server.url, killed.token ?? "").connect(key)).status).toBe(200);
  });
});

async function createKey({ url, token }: { url: string; token: string | null }): Promise<HeldKey> {
  const caller = createCaller(url, token ?? "");
  return caller.addKey(await caller.addNamespace());
}
