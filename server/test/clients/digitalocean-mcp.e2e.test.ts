import { expect, test } from "vitest";
import { startControlPlane } from "../contract/control-plane.ts";
import { addKey, addNamespace, connect, listKeys } from "../contract/things.ts";
import { startMcpServer } from "./mcp-server.ts";

async function startBoth() {
  const plane = await startControlPlane();
  const { call } = await startMcpServer(plane);
  /** The answer of a tool that has to succeed, as the JSON it prints. */
  const ask = async (tool: string, args?: object) => {
    const { failed, text } = await call(tool, args);
    expect([tool, failed, text]).toEqual([tool, false, expect.any(String)]);
    return JSON.parse(text);
  };
  return { plane, call, ask };
}

test("manages namespaces", async () => {
  const { call, ask } = await startBoth();
  expect(await ask("list-namespaces")).toEqual([]);
  const made = await ask("create-namespace", { Label: "demo", Region: "fra1" });
  expect(made).toMatchObject({ label: "demo", region: "fra1", created_at: "2026-03-23T09:15:00Z" });
  const { uuid: _, ...listed } = made;
  expect(await ask("list-namespaces")).toEqual([listed]);
  expect(await ask("get-namespace", { NamespaceID: made.namespace })).toEqual(made);

  const twice = await call("create-namespace", { Label: "demo", Region: "fra1" });
  expect(twice).toEqual({
    failed: true,
    text: expect.stringMatching(/: 422 \(request "[0-9a-f-]{36}"\) .*already in use/),
  });
  expect((await call("delete-namespace", { NamespaceID: made.namespace })).failed).toBe(false);
  const gone = await call("get-namespace", { NamespaceID: made.namespace });
  expect(gone).toEqual({
    failed: true,
    text: expect.stringMatching(/: 404 \(request "[0-9a-f-]{36}"\) namespace not found$/),
  });
});

test("manages access keys, and the data plane takes them", async () => {
  const { plane, call, ask } = await startBoth();
  const { namespace: NamespaceID, api_host } = await addNamespace(plane);
  const { secret, ...key } = await ask("create-access-key", { NamespaceID, Name: "ci", ExpiresIn: "24h" });
  expect(key).toMatchObject({ name: "ci", expires_at: "2026-03-24T09:15:00Z" });
  expect(await connect(api_host, { id: key.id, secret })).toEqual({ status: 200, body: [NamespaceID] });
  expect(await ask("list-access-keys", { NamespaceID })).toMatchObject([{ id: key.id, name: "ci" }]);

  const refused = await call("create-access-key", { NamespaceID, Name: "ci2", ExpiresIn: "30m" });
  expect(refused).toEqual({ failed: true, text: expect.stringContaining("expires_in must be") });
  expect((await call("delete-access-key", { NamespaceID, KeyID: key.id })).failed).toBe(false);
  expect((await connect(api_host, { id: key.id, secret })).status).toBe(401);
});

test("makes itself a key for the data plane, in place of those it left behind, and of no others", async () => {
  const { plane, ask } = await startBoth();
  const { namespace: NamespaceID } = await addNamespace(plane);
  await addKey(plane, NamespaceID, "mcp-do-1700000000000");
  await addKey(plane, NamespaceID, "somebody's");
  expect(await ask("list-actions", { NamespaceID })).toEqual([]);

  const keys = await listKeys(plane, NamespaceID);
  expect(keys.map(({ name }) => name).sort()).toEqual([expect.stringMatching(/^mcp-do-\d+$/), "somebody's"]);
  const own = keys.find(({ name }) => name.startsWith("mcp-do-"));
  expect(own).toMatchObject({ expires_at: "2026-03-24T09:15:00Z" });
  expect(own?.name).not.toBe("mcp-do-1700000000000");
});

test("deploys, invokes, looks back and deletes", async () => {
  const { plane, call, ask } = await startBoth();
  const { namespace: NamespaceID } = await addNamespace(plane);
  const hello = { NamespaceID, PackageName: "tools", ActionName: "hello" };
  await ask("create-or-update-package", { NamespaceID, PackageName: "tools" });
  const Code = "function main({ name }) { console.log('called'); return { hello: name ?? 'nobody' } }";
  const deployed = await ask("create-or-update-action", { ...hello, Kind: "nodejs:default", Code });
  expect(deployed).toMatchObject({ name: "hello", namespace: `${NamespaceID}/tools`, version: "0.0.1" });
  expect(await ask("create-or-update-action", { ...hello, Kind: "nodejs:default", Code })).toMatchObject({
    version: "0.0.2",
  });
  expect(await ask("get-action", { ...hello, IncludeCode: true })).toMatchObject({ exec: { code: Code } });
  expect(await ask("list-actions", { NamespaceID })).toMatchObject([{ name: "hello" }]);
  expect(await ask("list-packages", { NamespaceID })).toMatchObject([{ name: "tools" }]);
  expect(await ask("get-package", { NamespaceID, PackageName: "tools" })).toMatchObject({
    actions: [{ name: "hello" }],
  });

  const record = await ask("invoke-action", { ...hello, Payload: { name: "Ada" } });
  expect(record).toMatchObject({ response: { success: true, result: { hello: "Ada" } } });
  // Without a payload it sends a JSON content type around an empty body.
  expect(await ask("invoke-action", { ...hello, Result: true })).toEqual({ hello: "nobody" });
  expect(await ask("invoke-action", { ...hello, Blocking: false })).toEqual({
    activationId: expect.stringMatching(/^[0-9a-f]{32}$/),
  });

  const activation = { NamespaceID, ActivationID: record.activationId };
  expect(await ask("get-activation", activation)).toMatchObject({ activationId: record.activationId, statusCode: 0 });
  expect(await ask("get-activation-result", activation)).toMatchObject({ success: true, result: { hello: "Ada" } });
  expect(await ask("get-activation-logs", activation)).toEqual({ logs: [expect.stringMatching(/ stdout: called$/)] });
  expect((await ask("list-activations", { NamespaceID })).length).toBeGreaterThanOrEqual(2);

  const missing = await call("invoke-action", { NamespaceID, ActionName: "missing" });
  expect(missing).toEqual({
    failed: true,
    text: expect.stringContaining("HTTP 404): The requested resource does not exist."),
  });
  expect((await call("delete-action", hello)).failed).toBe(false);
  expect((await call("delete-package", { NamespaceID, PackageName: "tools" })).failed).toBe(false);
  expect(await ask("list-actions", { NamespaceID })).toEqual([]);
});

test("manages scheduled triggers", async () => {
  const { plane, call, ask } = await startBoth();
  const { namespace: NamespaceID } = await addNamespace(plane);
  await ask("create-or-update-action", { NamespaceID, ActionName: "report", Kind: "nodejs:default", Code: "1" });
  expect(await ask("list-triggers", { NamespaceID })).toEqual([]);
  const Body = { to: "ops" };
  const made = await ask("create-trigger", {
    NamespaceID,
    Name: "nightly",
    Function: "report",
    Cron: "0 3 * * *",
    Body,
  });
  expect(made).toMatchObject({
    ...{ namespace: NamespaceID, name: "nightly", function: "report", type: "SCHEDULED", is_enabled: true },
    scheduled_details: { cron: "0 3 * * *", body: Body },
    scheduled_runs: { next_run_at: "2026-03-24T03:00:00Z" },
  });
  const trigger = { NamespaceID, TriggerName: "nightly" };
  expect(await ask("get-trigger", trigger)).toEqual(made);
  expect(await ask("list-triggers", { NamespaceID })).toEqual([made]);
  expect(await ask("update-trigger", { ...trigger, IsEnabled: false })).toMatchObject({ is_enabled: false });
  expect(
    await ask("update-trigger", { ...trigger, IsEnabled: true, Cron: "30 4 * * *", Body: { to: "dev" } }),
  ).toMatchObject({
    is_enabled: true,
    scheduled_details: { cron: "30 4 * * *", body: { to: "dev" } },
  });
  const refused = await call("create-trigger", { NamespaceID, Name: "x", Function: "report", Cron: "every day" });
  expect(refused).toEqual({ failed: true, text: expect.stringMatching(/: 400 \(request "[0-9a-f-]{36}"\) /) });
  expect((await call("delete-trigger", trigger)).failed).toBe(false);
  expect(await call("get-trigger", trigger)).toEqual({
    failed: true,
    text: expect.stringMatching(/: 404 \(request "[0-9a-f-]{36}"\) trigger not found$/),
  });
});

test("says everything that it can about functions, packages and activations", async () => {
  const { plane, call, ask } = await startBoth();
  const { namespace: NamespaceID } = await addNamespace(plane);
  const inPackage = { NamespaceID, PackageName: "tools" };
  const Parameters = [{ key: "region", value: "nyc" }];
  const Annotations = [{ key: "description", value: "mine" }];
  await ask("create-or-update-package", { ...inPackage, Parameters, Annotations, Publish: true });
  expect(await ask("get-package", inPackage)).toMatchObject({ publish: true, parameters: Parameters });
  const made = await ask("create-or-update-action", {
    ...{ ...inPackage, ActionName: "run", Kind: "nodejs:18", Main: "start", Timeout: 2000, Memory: 128, Logs: 1 },
    ...{ Parameters: [{ key: "who", value: "me" }], Annotations: [{ key: "web-export", value: true }] },
    Code: "exports.start = (args) => { console.log('ran'); return args; }",
  });
  expect(made).toMatchObject({
    exec: { kind: "nodejs:18", main: "start" },
    limits: { timeout: 2000, memory: 128, logs: 1 },
    parameters: expect.arrayContaining([{ key: "who", value: "me" }]),
    annotations: expect.arrayContaining([{ key: "web-export", value: true }]),
  });
  const Binding = { namespace: NamespaceID, name: "tools" };
  await ask("create-or-update-package", { NamespaceID, PackageName: "bound", Binding });
  expect(await ask("invoke-action", { NamespaceID, PackageName: "bound", ActionName: "run", Result: true })).toEqual({
    region: "nyc",
    who: "me",
  });
  await ask("invoke-action", { ...inPackage, ActionName: "run", InvokeTimeout: 60_000 });
  expect(await ask("list-actions", { NamespaceID, Limit: 1, Skip: 0 })).toMatchObject([{ name: "run" }]);
  expect(await ask("list-actions", { NamespaceID, Skip: 1 })).toEqual([]);
  expect(await ask("list-packages", { NamespaceID, Limit: 1, Skip: 1, Public: true })).toHaveLength(1);
  expect(await ask("list-activations", { NamespaceID, FunctionName: "tools/run", Limit: 1 })).toMatchObject([
    { name: "run" },
  ]);
  const [full] = await ask("list-activations", { NamespaceID, IncludeDocs: true, Limit: 1 });
  expect(full).toMatchObject({ logs: [expect.stringMatching(/ stdout: ran$/)], response: { success: true } });
  expect(await ask("list-activations", { NamespaceID, Since: full.start + 1_000_000 })).toEqual([]);
  expect(await ask("list-activations", { NamespaceID, Upto: 1, Skip: 0 })).toEqual([]);

  expect((await call("delete-package", inPackage)).text).toContain("Package not empty (contains 1 entity)");
  expect((await call("delete-package", { ...inPackage, Force: true })).failed).toBe(false);
  expect(await ask("list-actions", { NamespaceID })).toEqual([]);
});

test("makes a sequence of functions, and tells how to deploy", async () => {
  const { plane, call, ask } = await startBoth();
  const { namespace: NamespaceID } = await addNamespace(plane);
  const deploy = (ActionName: string, Code: string) =>
    ask("create-or-update-action", { NamespaceID, ActionName, Kind: "nodejs:default", Code });
  await deploy("add", "exports.main = ({ n }) => ({ n: n + 1 })");
  await deploy("double", "exports.main = ({ n }) => ({ n: n * 2 })");
  const Components = ["add", "double"].map((name) => `/${NamespaceID}/${name}`);
  await ask("create-or-update-action", { NamespaceID, ActionName: "both", Kind: "sequence", Components });
  const both = { NamespaceID, ActionName: "both", Payload: { n: 1 } };
  expect(await ask("invoke-action", { ...both, Result: true })).toEqual({ n: 4 });
  expect((await call("deployment-guide")).failed).toBe(false);
});
