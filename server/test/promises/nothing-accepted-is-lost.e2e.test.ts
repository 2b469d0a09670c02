import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { basic, type Caller, createCaller, type HeldKey } from "../caller.ts";
import { temporaryFolder } from "../open-test-store.ts";
import { startServer } from "../server-process.ts";

const KILLS = 12;
const ENVIRONMENT = {
  LATCHKEY_REQUESTS_PER_HOUR: "1000000",
  LATCHKEY_REQUESTS_PER_MINUTE: "1000000",
  LATCHKEY_INVOCATIONS_PER_MINUTE: "1000000",
  LATCHKEY_CONCURRENT_INVOCATIONS: "1000",
  LATCHKEY_LOG_LEVEL: "silent",
};

/** Notes each of its runs in a file, before and after it has taken some time: what has really happened. */
const noting = (file: string) => `
  const { appendFileSync } = require("node:fs");
  exports.main = async ({ n }) => {
    appendFileSync(${JSON.stringify(file)}, "begun " + process.env.__OW_ACTIVATION_ID + "\\n");
    await new Promise((resolve) => setTimeout(resolve, n % 3 === 0 ? 300 : 1));
    return { n };
  };`;

const data = (caller: Caller, key: HeldKey) => async (method: string, path: string, json?: object) => {
  const answer = await caller.send(method, `/api/v1/namespaces/_${path}`, {
    authorization: basic(key),
    ...(json === undefined ? {} : { json }),
  });
  return { status: answer.status, body: answer.text === "" ? undefined : JSON.parse(answer.text) };
};

/** Runs until the connection is lost; anything else that goes wrong is a failure. */
const untilLost = (work: Promise<void>): Promise<void> =>
  work.catch((error: unknown) => {
    if (!(error instanceof TypeError)) throw error;
  });

test("killed with -9 over and over, a server runs everything it accepted, or says that it does not know; and nothing twice", {
  timeout: 240_000,
}, async () => {
  const path = temporaryFolder();
  const notes = join(path, "notes");
  appendFileSync(notes, "");
  let server = await startServer(path, { environment: ENVIRONMENT });
  const token = server.token ?? "";
  const key = await createCaller(server.url, token).addKey(await createCaller(server.url, token).addNamespace());
  const setUp = data(createCaller(server.url, token), key);
  await setUp("PUT", "/actions/note", { exec: { kind: "nodejs:default", code: noting(notes) } });
  await setUp("PUT", "/actions/pair", { exec: { kind: "sequence", components: ["/_/note", "/_/note"] } });
  await setUp("PUT", "/triggers/t", {});
  await setUp("PUT", "/rules/r", { trigger: "/_/t", action: "/_/note" });
  const accepted: string[] = [];
  const fired: string[] = [];

  for (let round = 0; round < KILLS; round += 1) {
    const ask = data(createCaller(server.url, token), key);
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    let left = 5 + ((round * 13) % 40);
    const keepAsking = async (route: string, ids: string[]): Promise<void> => {
      for (let n = 0; ; n += 1) {
        const { status, body } = await ask("POST", route, { n });
        expect(status).toBe(202);
        ids.push(body.activationId);
        left -= 1;
        if (left === 0) resolve();
      }
    };
    const work = [
      untilLost(keepAsking("/actions/note", accepted)),
      untilLost(keepAsking("/actions/note", accepted)),
      untilLost(keepAsking("/actions/pair", accepted)),
      untilLost(keepAsking("/triggers/t", fired)),
      // Answered with an id as well, once it has run for a millisecond.
      untilLost(keepAsking("/actions/note?blocking=true&timeout=1", accepted)),
    ];
    await Promise.race([enough, ...work]);
    await server.kill();
    await Promise.all(work);
    server = await startServer(path, { environment: ENVIRONMENT });
  }

  const ask = data(createCaller(server.url, token), key);
  const recordOf = async (id: string) => {
    for (let tries = 0; tries < 300; tries += 1) {
      const { status, body } = await ask("GET", `/activations/${id}`);
      if (status === 200) return body;
      await setTimeout(100);
    }
    throw new Error(`${id} was accepted and is nowhere to be found`);
  };
  for (const id of fired) {
    for (const line of (await recordOf(id)).logs) accepted.push(JSON.parse(line).activationId);
  }
  let failed = 0;
  for (const id of accepted) {
    const { statusCode, response } = await recordOf(id);
    if (statusCode === 0) continue;
    failed += 1;
    expect(response).toMatchObject({
      status: "whisk internal error",
      result: { error: expect.stringContaining("it is not run again") },
    });
  }
  expect(accepted.length).toBeGreaterThan(KILLS * 5);
  expect(failed).toBeGreaterThan(0);
  expect(failed).toBeLessThan(accepted.length);

  const begun = readFileSync(notes, "utf8").trim().split("\n");
  expect(new Set(begun).size).toBe(begun.length);
  expect((await server.stop()).code).toBe(0);
  const database = new DatabaseSync(join(path, "latchkey.db"), { readOnly: true });
  expect(database.prepare("SELECT count(*) AS n FROM invocations").get()).toEqual({ n: 0 });
  database.close();
});

/** A server with room for one process, and twenty calls that wait for a file to appear before they end. */
async function startWithCallsThatWait() {
  const path = temporaryFolder();
  const [notes, gate] = [join(path, "notes"), join(path, "gate")];
  appendFileSync(notes, "");
  const environment = { ...ENVIRONMENT, LATCHKEY_FUNCTION_MEMORY_MB: "1024" };
  const server = await startServer(path, { environment });
  const caller = createCaller(server.url, server.token ?? "");
  const key = await caller.addKey(await caller.addNamespace());
  const ask = data(caller, key);
  const code = `
    const { appendFileSync, existsSync } = require("node:fs");
    exports.main = async () => {
      appendFileSync(${JSON.stringify(notes)}, process.env.__OW_ACTIVATION_ID + "\\n");
      while (!existsSync(${JSON.stringify(gate)})) await new Promise((resolve) => setTimeout(resolve, 20));
    };`;
  const limits = { timeout: 60_000, memory: 1024 };
  await ask("PUT", "/actions/wait", { exec: { kind: "nodejs:default", code }, limits });
  const ids: string[] = [];
  for (let n = 0; n < 20; n += 1) ids.push((await ask("POST", "/actions/wait")).body.activationId);
  const begun = () => readFileSync(notes, "utf8").split("\n").filter(Boolean);
  while (begun().length === 0) await setTimeout(20);

  return {
    server,
    ids,
    begun,
    /** Lets them end, and starts the server again; resolves with the status of each, as soon as it is on record. */
    async startAgain() {
      appendFileSync(gate, "");
      const next = await startServer(path, { environment });
      const askAgain = data(createCaller(next.url, server.token ?? ""), key);
      const statuses = new Map<string, number>();
      while (statuses.size < ids.length) {
        for (const id of ids) {
          const { status, body } = await askAgain("GET", `/activations/${id}`);
          if (status === 200) statuses.set(id, body.statusCode);
        }
        await setTimeout(50);
      }
      return statuses;
    },
  };
}

test("of what a killed server had accepted, what had begun is reported as failed, and all else runs", async () => {
  const { server, ids, begun, startAgain } = await startWithCallsThatWait();
  await server.kill();
  const before = begun();
  const statuses = await startAgain();
  expect(before).toHaveLength(1);
  expect(ids.map((id) => statuses.get(id))).toEqual(ids.map((id) => (before.includes(id) ? 3 : 0)));
  expect(begun().sort()).toEqual([...ids].sort());
});

test("what a stopped server has no time for runs after its next start", { timeout: 60_000 }, async () => {
  const { server, ids, begun, startAgain } = await startWithCallsThatWait();
  expect((await server.stop()).code).toBe(0);
  const before = begun();
  const statuses = await startAgain();
  expect(before).toHaveLength(1);
  expect(ids.map((id) => statuses.get(id))).toEqual(ids.map((id) => (before.includes(id) ? 3 : 0)));
  expect(begun().sort()).toEqual([...ids].sort());
});
