import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import openwhisk from "openwhisk";
import { expect, test } from "vitest";
import { basic, createCaller, type HeldKey } from "../caller.ts";
import { temporaryFolder } from "../open-test-store.ts";
import { addToken, endMembership } from "../people.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";

/** Leaves what it was given in a file of the test's, and stays until the test has put another one beside it. */
const holding = (file: string) => `
  const { existsSync, renameSync, writeFileSync } = require("node:fs");
  exports.main = async (args, { apiKey }) => {
    const { __OW_API_KEY, __OW_API_HOST, __OW_NAMESPACE } = process.env;
    const given = { apiKey, variable: __OW_API_KEY ?? null, host: __OW_API_HOST, namespace: __OW_NAMESPACE, args };
    writeFileSync(${JSON.stringify(`${file}.new`)}, JSON.stringify(given));
    renameSync(${JSON.stringify(`${file}.new`)}, ${JSON.stringify(file)});
    while (!existsSync(${JSON.stringify(`${file}.end`)})) await new Promise((resolve) => setTimeout(resolve, 10));
    return {};
  };`;

type Given = { apiKey: string; variable: string | null; host: string; namespace: string; args: unknown };

/** A server with functions that hold what they are given until a test lets them go. */
async function start(grants: readonly string[] = ["full"]) {
  const latchkey = await startTestLatchkey();
  const member = await addToken(latchkey, { role: "member" });
  const caller = createCaller(latchkey.url, member.token);
  const namespaceId = await caller.addNamespace();
  const deployer = await caller.addKey(namespaceId, "deploys");
  const key = await caller.addKey(namespaceId, "calls", { grants });
  const folder = temporaryFolder();

  const at = async (authorization: string, method: string, path: string, json?: unknown) => {
    const answer = await caller.send(method, `/api/v1${path}`, {
      authorization,
      ...(json === undefined ? {} : { json }),
    });
    return { status: answer.status, body: answer.text === "" ? undefined : JSON.parse(answer.text) };
  };
  const as = (held: HeldKey) => (method: string, path: string, json?: unknown) =>
    at(basic(held), method, `/namespaces/_${path}`, json);
  const deploy = (name: string, annotations: Record<string, unknown>, more: object = {}) =>
    as(deployer)("PUT", `/actions/${name}?overwrite=true`, {
      exec: { kind: "nodejs:default", code: holding(join(folder, name)) },
      annotations: Object.entries(annotations).map(([annotation, value]) => ({ key: annotation, value })),
      limits: { timeout: 60_000 },
      ...more,
    });
  /** What a function that is running was given. */
  const given = async (name: string): Promise<Given> => {
    for (;;) {
      try {
        return JSON.parse(readFileSync(join(folder, name), "utf8"));
      } catch {
        await setTimeout(10);
      }
    }
  };
  const letGo = (name: string) => writeFileSync(join(folder, `${name}.end`), "");
  /** Runs a function up to where it holds; `token` is what it calls this server with. */
  const hold = async (name: string, held: HeldKey = key) => {
    const answer = as(held)("POST", `/actions/${name}?blocking=true`);
    const { apiKey } = await given(name);
    const token = `Basic ${Buffer.from(apiKey).toString("base64")}`;
    const end = async () => {
      letGo(name);
      return answer;
    };
    return { apiKey, end, call: (method: string, path: string, json?: unknown) => at(token, method, path, json) };
  };
  return { ...latchkey, caller, member, namespaceId, deployer, key, as, at, deploy, given, letGo, hold };
}

const ASKS = { "provide-api-key": true };
const MAY_LIST = { status: 200 };
const DEAD = { status: 401, body: { error: "The supplied authentication is invalid" } };

test("a function that asks for a key is given one that works, which is not its caller's", async () => {
  const t = await start();
  await t.deploy("f", ASKS);
  const running = t.as(t.key)("POST", "/actions/f?blocking=true");
  const { apiKey, variable, host, namespace } = await t.given("f");
  expect(apiKey).toMatch(/^dofa_v1_[0-9a-f]{32}:[A-Za-z0-9]{64}$/);
  expect(variable).toBe(apiKey);
  for (const secret of [t.key.secret, t.key.id]) expect(apiKey).not.toContain(secret);
  const client = openwhisk({ apihost: host, api_key: apiKey, namespace });
  expect(await client.actions.list()).toMatchObject([{ name: "f" }]);
  expect(await client.namespaces.list()).toEqual([t.namespaceId]);
  t.letGo("f");
  expect((await running).status).toBe(200);
});

test.each([{}, { "provide-api-key": false }, { "provide-api-key": 0 }, { "provide-api-key": "" }])(
  "a function that does not ask for one is given nothing: %j",
  async (annotations) => {
    const t = await start();
    await t.deploy("f", annotations);
    const running = t.as(t.key)("POST", "/actions/f?blocking=true");
    expect(await t.given("f")).toMatchObject({ apiKey: "", variable: null });
    t.letGo("f");
    await running;
  },
);

test("the public brings none, and finds none that was left in a warm process", async () => {
  const t = await start();
  await t.deploy("f", { ...ASKS, "web-export": true });
  t.letGo("f");
  await t.as(t.key)("POST", "/actions/f?blocking=true");
  expect((await t.given("f")).apiKey).not.toBe("");
  const answer = await t.caller.send("GET", `/api/v1/web/${t.namespaceId}/default/f.json`, { authorization: "" });
  expect(answer.status).toBe(200);
  expect(await t.given("f")).toMatchObject({ apiKey: "", variable: null });
});

test("it dies with the activation, be that over or out of time", async () => {
  const t = await start();
  await t.deploy("f", ASKS);
  const { call, end } = await t.hold("f");
  expect(await call("GET", "/namespaces/_/actions")).toMatchObject(MAY_LIST);
  await end();
  expect(await call("GET", "/namespaces/_/actions")).toMatchObject(DEAD);

  await t.deploy("slow", ASKS, { limits: { timeout: 500 } });
  const slow = t.as(t.key)("POST", "/actions/slow?blocking=true");
  const { apiKey } = await t.given("slow");
  const header = `Basic ${Buffer.from(apiKey).toString("base64")}`;
  expect(await t.at(header, "GET", "/namespaces")).toMatchObject(MAY_LIST);
  expect((await slow).body.response.result.error).toContain("exceeded its time limits");
  expect(await t.at(header, "GET", "/namespaces")).toMatchObject(DEAD);
});

test("it dies with its caller's key", async () => {
  const t = await start();
  await t.deploy("f", ASKS);
  const { call, end } = await t.hold("f");
  expect(await call("GET", "/namespaces/_/actions")).toMatchObject(MAY_LIST);
  await t.caller.removeKey(t.namespaceId, t.key.id);
  expect(await call("GET", "/namespaces/_/actions")).toMatchObject(DEAD);
  expect(await call("POST", "/namespaces/_/actions/f")).toMatchObject(DEAD);
  await end();
});

test("it dies with the secret that its caller showed, when the key gets another", async () => {
  const t = await start();
  await t.deploy("f", ASKS);
  await t.deploy("g", ASKS);
  const first = await t.hold("f");
  const renewed = await t.caller.rotateKey(t.namespaceId, t.key.id, "1h");
  const second = await t.hold("g", renewed);
  expect(await first.call("GET", "/namespaces")).toMatchObject(MAY_LIST);
  t.clock.advance(3_600_000);
  expect(await first.call("GET", "/namespaces")).toMatchObject(DEAD);
  expect(await second.call("GET", "/namespaces")).toMatchObject(MAY_LIST);
  await t.caller.rotateKey(t.namespaceId, t.key.id, 0);
  expect(await second.call("GET", "/namespaces")).toMatchObject(DEAD);
  await Promise.all([first.end(), second.end()]);
});

test("it dies with its caller's key's time, and with the caller's place in the team", async () => {
  const t = await start();
  await t.deploy("f", ASKS);
  await t.deploy("g", ASKS);
  const expiring = await t.caller.addKey(t.namespaceId, "expires", { expires_in: "1h" });
  const first = await t.hold("f", expiring);
  const second = await t.hold("g");
  t.clock.advance(3_600_000);
  expect(await first.call("GET", "/namespaces")).toMatchObject(DEAD);
  expect(await second.call("GET", "/namespaces")).toMatchObject(MAY_LIST);
  await endMembership(t, t.member);
  expect(await second.call("GET", "/namespaces")).toMatchObject(DEAD);
  await Promise.all([first.end(), second.end()]);
});

test("it is good for what the caller may do, in the caller's namespace, and not for the control plane", async () => {
  const t = await start(["invoke:f", "read:f"]);
  await t.deploy("f", ASKS);
  await t.deploy("other", {});
  const { call, end, apiKey } = await t.hold("f");
  expect((await call("GET", "/namespaces/_/actions/f")).status).toBe(200);
  expect((await call("GET", "/namespaces/_/actions/other")).status).toBe(403);
  expect((await call("POST", "/namespaces/_/actions/other")).status).toBe(403);
  expect((await call("PUT", "/namespaces/_/actions/f?overwrite=true", {})).status).toBe(403);
  const elsewhere = await t.caller.addNamespace("other");
  expect((await call("GET", `/namespaces/${elsewhere}/actions/f`)).status).toBe(403);
  for (const authorization of [`Bearer ${apiKey}`, `Basic ${Buffer.from(apiKey).toString("base64")}`]) {
    expect((await t.caller.send("GET", "/v2/functions/namespaces", { authorization })).status).toBe(401);
  }
  await end();
});

test("what is done with it is done in the name of the caller's key", async () => {
  const t = await start();
  await t.deploy("f", ASKS);
  t.letGo("inner");
  await t.deploy("inner", {});
  const { call, end } = await t.hold("f");
  const inner = await call("POST", "/namespaces/_/actions/inner?blocking=true");
  expect(inner.body.annotations).toContainEqual({ key: "access_key_id", value: t.key.id });
  await call("PUT", "/namespaces/_/packages/made", {});
  const entry = await t.store.db
    .selectFrom("audit_entries")
    .selectAll()
    .where("verb", "=", "package.create")
    .executeTakeFirstOrThrow();
  expect(entry).toMatchObject({ actor_id: t.member.userId, credential_kind: "access_key", credential_id: t.key.id });
  await end();
});

test("one that is not quite right is refused like any other credential", async () => {
  const t = await start();
  await t.deploy("f", ASKS);
  const { apiKey, end } = await t.hold("f");
  const [id = "", secret = ""] = apiKey.split(":");
  const wrong = [
    `${id}:${secret.slice(1)}`,
    `${id}:${secret}x`,
    `${id}:${"x".repeat(64)}`,
    `${id}:`,
    id,
    `dofa_v1_${"0".repeat(32)}:${secret}`,
    `${id.replace("dofa", "dof")}:${secret}`,
    `${id.replace("dofa", "DOFA")}:${secret}`,
  ];
  for (const credential of wrong) {
    expect(await t.at(`Basic ${Buffer.from(credential).toString("base64")}`, "GET", "/namespaces")).toMatchObject(DEAD);
  }
  await end();
});

test("functions on the web do not see it in the headers of whoever calls with it", async () => {
  const t = await start();
  await t.deploy("f", ASKS);
  await t.deploy("web", { "web-export": true });
  t.letGo("web");
  const { apiKey, end } = await t.hold("f");
  const authorization = `Basic ${Buffer.from(apiKey).toString("base64")}`;
  await t.caller.send("GET", `/api/v1/web/${t.namespaceId}/default/web.json`, { authorization });
  const { args } = await t.given("web");
  expect(args).toMatchObject({ __ow_user: t.namespaceId });
  expect(JSON.stringify(args)).not.toContain(authorization.slice(6));
  await end();
});

test("neither it nor the caller's secret is in any file of the server's", async () => {
  const t = await start();
  await t.deploy("f", ASKS);
  const { apiKey, end } = await t.hold("f");
  await t.as(t.key)("POST", "/actions/f", { n: 1 });
  const files = readdirSync(t.folder.path, { recursive: true, encoding: "utf8" })
    .map((name) => join(t.folder.path, name))
    .filter((name) => statSync(name).isFile());
  expect(files.length).toBeGreaterThan(3);
  const forms = [apiKey.split(":")[1] ?? "", t.key.secret].flatMap((secret) => [secret, btoa(secret)]);
  for (const file of files) {
    const content = readFileSync(file, "latin1");
    expect(
      forms.filter((form) => content.includes(form)),
      file,
    ).toEqual([]);
  }
  await end();
  await t.letGo("f");
});
