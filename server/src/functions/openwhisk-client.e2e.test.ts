import { zipSync } from "fflate";
import openwhisk from "openwhisk";
import { expect, test } from "vitest";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";

/** A started server with a namespace, and OpenWhisk's own JavaScript client connected to it under an access key. */
async function connect(key: Record<string, unknown> = {}) {
  const latchkey = await startTestLatchkey();
  const manage = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${latchkey.url}/v2/functions/namespaces${path}`, {
      method,
      headers: { authorization: `Bearer ${latchkey.token}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    return text === "" ? undefined : JSON.parse(text);
  };
  const { namespace } = await manage("POST", "", { label: "demo", region: "fra1" });
  const path = `/${namespace.namespace}/keys`;
  const { access_key: made } = await manage("POST", path, { name: "client", ...key });
  const client = openwhisk({ apihost: namespace.api_host, api_key: `${made.id}:${made.secret}` });
  return {
    client,
    namespace: namespace.namespace,
    revoke: () => manage("DELETE", `${path}/${made.id}`),
    removeNamespace: () => manage("DELETE", `/${namespace.namespace}`),
    keyId: made.id,
  };
}

const refused = (statusCode: number) => expect.objectContaining({ statusCode });

test("deploys, lists, invokes, looks back and deletes", async () => {
  const { client, namespace } = await connect();
  expect(await client.namespaces.list()).toEqual([namespace]);

  const code = "const main = ({ name }) => ({ hello: name })";
  const created = await client.actions.create({ name: "hello", action: code });
  expect(created).toMatchObject({ namespace, name: "hello", version: "0.0.1" });
  await expect(client.actions.create({ name: "hello", action: "x" })).rejects.toEqual(refused(409));
  const updated = await client.actions.update({ name: "hello", params: { name: "default" } });
  expect(updated).toMatchObject({ version: "0.0.2", exec: created.exec });
  expect(await client.actions.get({ name: "hello" })).toMatchObject({ exec: { code } });
  expect(await client.actions.list()).toMatchObject([{ name: "hello" }]);

  const invoke = (options: object) => client.actions.invoke({ name: "hello", ...options });
  expect(await invoke({ blocking: true, result: true })).toEqual({ hello: "default" });
  expect(await invoke({ blocking: true, result: true, params: { name: "Sam" } })).toEqual({ hello: "Sam" });
  const { activationId } = await invoke({ blocking: true });
  expect(await client.activations.get({ name: activationId })).toMatchObject({
    response: { result: { hello: "default" } },
  });
  expect(await client.activations.logs({ name: activationId })).toEqual({ logs: [] });
  expect(await client.activations.result({ name: activationId })).toMatchObject({ success: true });
  expect(await client.activations.list({ limit: 2 })).toHaveLength(2);

  await client.actions.delete({ name: "hello" });
  await expect(client.actions.get({ name: "hello" })).rejects.toEqual(refused(404));
});

test("runs archives, packaged actions and what is in a bound package", async () => {
  const { client, namespace } = await connect();
  const archive = zipSync({
    "package.json": Buffer.from('{"main":"index.js"}'),
    "index.js": Buffer.from("exports.main = () => ({ answer: require('answer') })"),
    "node_modules/answer/index.js": Buffer.from("module.exports = 42;"),
  });
  await client.packages.update({ name: "tools", package: { parameters: [{ key: "who", value: "package" }] } });
  const zipped = await client.actions.create({ name: "tools/zipped", action: Buffer.from(archive) });
  expect(zipped.exec).toMatchObject({ binary: true });
  expect(await client.actions.invoke({ name: "tools/zipped", blocking: true, result: true })).toEqual({ answer: 42 });

  await client.actions.create({ name: "tools/who", action: "const main = ({ who }) => ({ who })" });
  const binding = { namespace: "_", name: "tools" };
  await client.packages.update({ name: "mine", package: { binding, parameters: [{ key: "who", value: "binding" }] } });
  const name = `/${namespace}/mine/who`;
  expect(await client.actions.invoke({ name, blocking: true, result: true })).toEqual({ who: "binding" });
  expect(await client.packages.get({ name: "tools" })).toMatchObject({
    actions: [{ name: "who" }, { name: "zipped" }],
  });
});

test("hears what went wrong in a function, and what it may not do", async () => {
  const { client } = await connect({ grants: ["invoke:public/*", "deploy"] });
  await client.packages.update({ name: "public", package: {} });
  await client.actions.update({ name: "public/broken", action: "const main = () => ({ error: 'as it should' })" });
  await client.actions.update({ name: "private", action: "const main = () => ({})" });
  await expect(client.actions.invoke({ name: "public/broken", blocking: true, result: true })).rejects.toMatchObject({
    statusCode: 502,
    error: { response: { result: { error: "as it should" } } },
  });
  await expect(client.actions.invoke({ name: "private", blocking: true })).rejects.toEqual(refused(403));
});

test("is refused from the moment its key is revoked, and so is everybody once the namespace is gone", async () => {
  const { client, revoke } = await connect();
  await client.actions.create({ name: "a", action: "const main = () => ({})" });
  await client.actions.invoke({ name: "a", blocking: true });
  await revoke();
  await expect(client.actions.invoke({ name: "a", blocking: true })).rejects.toEqual(refused(401));

  const other = await connect();
  await other.client.actions.create({ name: "a", action: "const main = () => ({})" });
  await other.removeNamespace();
  await expect(other.client.actions.invoke({ name: "a", blocking: true })).rejects.toEqual(refused(401));
});

test("every record names the key it ran under", async () => {
  const { client, keyId } = await connect();
  await client.actions.create({ name: "a", action: "const main = () => ({})" });
  const { annotations } = await client.actions.invoke({ name: "a", blocking: true });
  expect(annotations).toContainEqual({ key: "access_key_id", value: keyId });
});
