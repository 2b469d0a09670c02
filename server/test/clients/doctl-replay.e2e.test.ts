import { expect, test } from "vitest";
import { z } from "zod";
import { basic, bearer, createCaller, type HeldKey } from "../caller.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";
import { judgeLikeGo, type ReplayedAnswer, replay } from "./replay.ts";

const GO_CLIENT = { "user-agent": "OpenWhisk-Go-Client [linux-amd64]", "accept-encoding": "gzip" };
const GODO = { "user-agent": "doctl/1.155.0 (release; linux, amd64) godo/1.201.0", accept: "application/json" };

/** What the Go client decodes into: a type that is not this one shows up there as missing data. */
const Pair = z.object({ key: z.string(), value: z.unknown() });
const GoAction = z.looseObject({
  namespace: z.string(),
  name: z.string(),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  publish: z.boolean(),
  updated: z.int(),
  annotations: z.array(Pair),
  limits: z.object({ timeout: z.int(), memory: z.int(), logs: z.int(), concurrency: z.int() }),
  error: z.never().optional(),
  code: z.never().optional(),
});
const GoActionInFull = GoAction.extend({
  parameters: z.array(Pair),
  exec: z.looseObject({ kind: z.string(), binary: z.boolean(), code: z.string().optional() }),
});
const GoActivation = z.looseObject({
  activationId: z.string().regex(/^[0-9a-f]{32}$/),
  namespace: z.string(),
  name: z.string(),
  version: z.string(),
  start: z.int(),
  end: z.int(),
  duration: z.int(),
  statusCode: z.int(),
  annotations: z.array(Pair),
  cause: z.string().min(1).optional(),
});
const GoActivationInFull = GoActivation.extend({
  logs: z.array(z.string()),
  response: z.looseObject({ status: z.string(), success: z.boolean(), result: z.unknown() }),
});

/** doctl's own rule for cutting the prefix off a log line. */
const withoutPrefix = (line: string): string => line.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:.*?: /, "");

/** doctl after `serverless connect` with an access key: every request goes to `_`. */
async function connectDoctl() {
  const latchkey = await startTestLatchkey();
  const caller = createCaller(latchkey.url, latchkey.token);
  const namespace = await caller.addNamespace();
  const key = await caller.addKey(namespace);
  const control = (method: string, path: string, json?: unknown) =>
    replay({
      method,
      url: `${latchkey.url}/v2/functions/namespaces${path}`,
      // A JSON content type with whatever it sends, nothing included, and a line break after the body.
      headers: { ...GODO, authorization: bearer(latchkey.token), "content-type": "application/json" },
      body: json === undefined ? null : `${JSON.stringify(json)}\n`,
    });
  const listed = await control("GET", "");
  const { api_host } = JSON.parse(listed.text).namespaces[0];
  const dataPlane = (method: string, path: string, json?: unknown, as: HeldKey = key): Promise<ReplayedAnswer> =>
    replay({
      method,
      url: `${api_host}/api/v1${path}`,
      headers: {
        ...GO_CLIENT,
        authorization: basic(as),
        ...(json === undefined ? {} : { "content-type": "application/json" }),
      },
      body: json === undefined ? null : `${JSON.stringify(json)}\n`,
    });
  const ok = async (method: string, path: string, json?: unknown): Promise<unknown> => {
    const answer = await dataPlane(method, `/namespaces/_${path}`, json);
    expect([path, judgeLikeGo(answer)]).toEqual([path, { kind: "done" }]);
    return JSON.parse(answer.text);
  };
  const deploy = (name: string, code: string, fields: object = {}) =>
    ok("PUT", `/actions/${name}?overwrite=true`, { exec: { kind: "nodejs:default", code }, ...fields });
  return { api_host, namespace, key, control, dataPlane, ok, deploy };
}

test("connect and status: one namespace, the one chosen; languages without a credential", async () => {
  const { api_host, namespace, key, dataPlane } = await connectDoctl();
  const connected = await dataPlane("GET", "/namespaces");
  expect(JSON.parse(connected.text)).toEqual([namespace]);
  const wrong = await dataPlane("GET", "/namespaces", undefined, { id: key.id, secret: "wrong" });
  expect(judgeLikeGo(wrong)).toEqual({
    kind: "refused",
    says: `The supplied authentication is invalid (code ${wrong.headers["x-request-id"]})`,
  });
  const info = await replay({ method: "GET", url: `${api_host}/api/v1`, headers: GO_CLIENT, body: null });
  const Runtimes = z.record(
    z.string(),
    z.array(z.looseObject({ kind: z.string(), default: z.boolean(), deprecated: z.boolean() })),
  );
  expect(Runtimes.safeParse(JSON.parse(info.text).runtimes).error).toBeUndefined();
});

test("functions list, list --count and get with its flags decode without loss", async () => {
  const { namespace, ok, dataPlane, deploy } = await connectDoctl();
  await ok("PUT", "/packages/sample", {});
  await deploy("sample/hello", "function main() {}", {
    annotations: [{ key: "web-export", value: true }],
    parameters: [{ key: "greeting", value: "hi" }],
  });
  await deploy("plain", "function main() {}");
  const all = z.array(GoAction).parse(await ok("GET", "/actions?limit=30&skip=0"));
  expect(all).toHaveLength(2);
  for (const { annotations } of all) {
    expect(annotations).toContainEqual({ key: "exec", value: expect.stringMatching(/^nodejs:/) });
  }
  const packaged = z.array(GoAction).parse(await ok("GET", "/actions/sample/?limit=30&skip=0"));
  expect(packaged).toMatchObject([{ namespace: `${namespace}/sample`, name: "hello" }]);

  const metadata = GoActionInFull.parse(await ok("GET", "/actions/sample/hello?code=false"));
  expect(metadata.exec.code).toBeUndefined();
  expect(metadata.parameters).toEqual([{ key: "greeting", value: "hi" }]);
  expect(metadata.annotations).toContainEqual({ key: "web-export", value: true });
  const withCode = GoActionInFull.parse(await ok("GET", "/actions/sample/hello?code=true"));
  expect(withCode.exec).toMatchObject({ binary: false, code: "function main() {}" });

  const missing = await dataPlane("GET", "/namespaces/_/actions/none?code=false");
  expect(judgeLikeGo(missing)).toMatchObject({
    kind: "refused",
    says: expect.stringMatching(/^The requested resource does not exist\. \(code \w+\)$/),
  });
});

test("functions invoke: bare without parameters, with -p, --full and --no-wait; a failure is the function's own", async () => {
  const { ok, deploy, dataPlane } = await connectDoctl();
  await deploy("echo", "exports.main = (args) => args;");
  await deploy("fails", "exports.main = () => ({ error: 'as told' });");
  await deploy("throws", "exports.main = () => { throw new Error('by accident'); };");
  const path = "/actions/echo?blocking=true&result=true";
  expect(await ok("POST", path)).toEqual({});
  expect(await ok("POST", path, { name: "Sam" })).toEqual({ name: "Sam" });
  const record = GoActivationInFull.parse(await ok("POST", "/actions/echo?blocking=true&result=false", { a: 1 }));
  expect(record.response).toMatchObject({ success: true, result: { a: 1 } });
  const accepted = await dataPlane("POST", "/namespaces/_/actions/echo?blocking=false&result=false");
  expect(judgeLikeGo(accepted)).toEqual({ kind: "accepted", says: expect.stringMatching(/^[0-9a-f]{32}$/) });
  for (const [name, says] of [
    ["fails", "as told"],
    ["throws", "by accident"],
  ]) {
    for (const result of [true, false]) {
      const answer = await dataPlane("POST", `/namespaces/_/actions/${name}?blocking=true&result=${result}`);
      expect([name, judgeLikeGo(answer)]).toEqual([name, { kind: "function failed", says }]);
    }
  }
});

test("functions invoke of what takes too long prints the activation id, as for any 202", async () => {
  const { deploy, dataPlane } = await connectDoctl();
  await deploy("slow", "exports.main = () => new Promise((resolve) => setTimeout(resolve, 200, {}));");
  const answer = await dataPlane("POST", "/namespaces/_/actions/slow?blocking=true&result=true&timeout=10");
  expect(judgeLikeGo(answer)).toEqual({ kind: "accepted", says: expect.stringMatching(/^[0-9a-f]{32}$/) });
});

test("activations list, --full, --count, get, get --last, logs, logs --follow, result", async () => {
  const { ok, deploy, dataPlane } = await connectDoctl();
  await deploy("says", "exports.main = ({ n }) => { console.log('a: b ' + n); return { n }; };");
  const ids: string[] = [];
  for (const n of [1, 2]) {
    const { activationId } = GoActivation.parse(await ok("POST", "/actions/says?blocking=true&result=false", { n }));
    ids.push(activationId);
  }
  const list = z.array(GoActivation).parse(await ok("GET", "/activations?limit=30&skip=0"));
  expect(list.map(({ activationId }) => activationId).sort()).toEqual([...ids].sort());
  // Cold starts are told by `initTime`, of which there is one here.
  const cold = list.filter(({ annotations }) => annotations.some(({ key }) => key === "initTime"));
  expect(cold).toHaveLength(1);
  expect(await ok("GET", "/activations?limit=30&name=says&skip=0")).toHaveLength(2);
  expect(await ok("GET", "/activations?limit=30&name=other&skip=0")).toEqual([]);
  const full = z.array(GoActivationInFull).parse(await ok("GET", "/activations?docs=true&limit=30&skip=0"));
  expect(full).toHaveLength(2);
  expect(await ok("GET", "/activations?count=true&skip=0")).toEqual({ activations: 2 });
  expect(await ok("GET", "/activations?count=true&name=says&skip=0")).toEqual({ activations: 2 });

  const [last] = z.array(GoActivation).parse(await ok("GET", "/activations?limit=1&skip=0"));
  const got = GoActivationInFull.parse(await ok("GET", `/activations/${last?.activationId}`));
  expect(got.logs.map(withoutPrefix)).toEqual([expect.stringMatching(/^a: b [12]$/)]);
  const { logs } = z.object({ logs: z.array(z.string()) }).parse(await ok("GET", `/activations/${ids[0]}/logs`));
  expect(logs.map(withoutPrefix)).toEqual(["a: b 1"]);
  expect(await ok("GET", `/activations/${ids[0]}/result`)).toMatchObject({ result: { n: 1 }, success: true });

  // `logs --follow`: the newest first, then all that began later.
  const [newest] = z.array(GoActivationInFull).parse(await ok("GET", "/activations?docs=true&limit=1&skip=0"));
  const since = (newest?.start ?? 0) + 100;
  expect(await ok("GET", `/activations?docs=true&limit=0&since=${since}&skip=0`)).toEqual([]);

  // What runs is not found yet, and never an error of the server.
  const young = await dataPlane("GET", `/namespaces/_/activations/${"0".repeat(32)}`);
  expect([young.status, judgeLikeGo(young).kind]).toEqual([404, "refused"]);
});

test("undeploy of a function, of a package and of everything, until nothing is listed", async () => {
  const { ok, deploy } = await connectDoctl();
  await ok("PUT", "/packages/sample", {});
  await ok("PUT", "/packages/mine", { binding: { namespace: "_", name: "sample" } });
  for (const name of ["sample/a", "sample/b", "plain"]) await deploy(name, "function main() {}");
  await ok("DELETE", "/actions/sample/a");

  const Package = z.looseObject({ name: z.string(), actions: z.array(z.looseObject({ name: z.string() })) });
  const { actions } = Package.parse(await ok("GET", "/packages/sample"));
  for (const { name } of actions) await ok("DELETE", `/actions/sample/${name}`);
  await ok("DELETE", "/packages/sample");

  await ok("PUT", "/packages/again", {});
  await deploy("again/a", "function main() {}");
  const all = z.array(GoAction).parse(await ok("GET", "/actions?limit=200&skip=0"));
  for (const { namespace, name } of all) {
    const [, packageName] = namespace.split("/");
    await ok("DELETE", `/actions/${packageName === undefined ? "" : `${packageName}/`}${name}`);
  }
  const packages = z.array(z.looseObject({ name: z.string() })).parse(await ok("GET", "/packages?limit=200&skip=0"));
  for (const { name } of packages) await ok("DELETE", `/packages/${name}`);
  expect(await ok("GET", "/actions?limit=200&skip=0")).toEqual([]);
  expect(await ok("GET", "/packages?limit=200&skip=0")).toEqual([]);
});

test("triggers list, get, enable, disable and undeploy, over the control plane", async () => {
  const { namespace, control, deploy } = await connectDoctl();
  await deploy("report", "function main() {}");
  const Trigger = z.object({
    name: z.string(),
    function: z.string(),
    is_enabled: z.boolean(),
    // Its absence makes doctl crash.
    scheduled_details: z.looseObject({ cron: z.string() }),
    scheduled_runs: z.object({ last_run_at: z.iso.datetime().nullable(), next_run_at: z.iso.datetime().nullable() }),
  });
  const triggers = async () => {
    const { text } = await control("GET", `/${namespace}/triggers`);
    return z.object({ triggers: z.array(z.looseObject(Trigger.shape)) }).parse(JSON.parse(text)).triggers;
  };
  const one = async (method: string, name: string, json?: unknown) => {
    const { status, text } = await control(method, `/${namespace}/triggers/${name}`, json);
    expect([method, status, text]).toEqual([method, 200, expect.any(String)]);
    return Trigger.parse(JSON.parse(text).trigger);
  };
  expect(await triggers()).toEqual([]);
  const scheduled_details = { cron: "* * * * *", body: null };
  const body = { name: "fireGC", function: "report", type: "SCHEDULED", is_enabled: true, scheduled_details };
  expect((await control("POST", `/${namespace}/triggers`, body)).status).toBe(200);
  expect(await triggers()).toMatchObject([{ name: "fireGC", scheduled_runs: { last_run_at: null } }]);
  expect(await one("GET", "fireGC")).toMatchObject({ function: "report", is_enabled: true });
  expect(await one("PUT", "fireGC", { is_enabled: false })).toMatchObject({
    is_enabled: false,
    scheduled_runs: { next_run_at: null },
  });
  expect(await one("PUT", "fireGC", { is_enabled: true })).toMatchObject({ scheduled_details: { cron: "* * * * *" } });
  for (const { name } of await triggers()) {
    const { status, text } = await control("DELETE", `/${namespace}/triggers/${name}`);
    expect([status, text]).toEqual([204, ""]);
  }
  expect(await triggers()).toEqual([]);
});
