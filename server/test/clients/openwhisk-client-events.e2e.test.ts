import { expect, test } from "vitest";
import { connectClient, refused } from "./openwhisk-client.ts";

const ECHO = "const main = (args) => args";
const ABSENT = "The requested resource does not exist.";

test("sequences: created from names, invoked as one, and their parts on record", async () => {
  const { client, namespace } = await connectClient();
  await client.actions.create({ name: "add", action: "const main = ({ n }) => ({ n: n + 1 })" });
  await client.actions.create({ name: "double", action: "const main = ({ n }) => ({ n: n * 2 })" });
  const components = [`/${namespace}/add`, `/${namespace}/double`];
  const made = await client.actions.create(Object({ name: "both", sequence: components }));
  expect(made.exec).toEqual({ kind: "sequence", components });
  expect(await client.actions.invoke({ name: "both", blocking: true, result: true, params: { n: 1 } })).toEqual({
    n: 4,
  });
  const record = await client.actions.invoke({ name: "both", blocking: true, params: { n: 2 } });
  const kept = await client.activations.get(record.activationId);
  expect(kept).toMatchObject({ response: { result: { n: 6 } }, logs: [expect.any(String), expect.any(String)] });
  const parts = await Promise.all(kept.logs.map((id) => client.activations.get(`${id}`)));
  expect(parts).toMatchObject(["add", "double"].map((name) => ({ name, cause: record.activationId })));
  // An update without a sequence keeps it.
  expect(await client.actions.update({ name: "both" })).toMatchObject({ version: "0.0.2", exec: { components } });
  const broken = Object({ name: "broken", sequence: [`/${namespace}/none`] });
  await expect(client.actions.create(broken)).rejects.toEqual(refused(400, "Sequence component does not exist."));
});

test("triggers: created, updated, listed, counted, fired, got and deleted", async () => {
  const { client, namespace } = await connectClient();
  const { triggers } = client;
  expect(await triggers.create({ name: "t" })).toMatchObject({ namespace, name: "t", version: "0.0.1", limits: {} });
  await expect(triggers.create({ name: "t" })).rejects.toEqual(refused(409, "resource already exists"));
  const parameters = [{ key: "a", value: 1 }];
  expect(await triggers.update({ name: "t", trigger: { parameters } })).toMatchObject({ version: "0.0.2", parameters });
  expect(await triggers.create({ name: "u", trigger: { annotations: [{ key: "k", value: "v" }] } })).toMatchObject({
    annotations: [{ key: "k", value: "v" }],
  });
  expect(await triggers.list()).toHaveLength(2);
  expect(await triggers.list({ limit: 1, skip: 1 })).toHaveLength(1);
  expect(await triggers.list({ count: true })).toEqual({ triggers: 2 });
  expect(await triggers.get(["t", { name: `/${namespace}/u` }])).toMatchObject([{ name: "t" }, { name: "u" }]);
  // No rule listens: nothing happens, and nothing is said.
  expect(await triggers.invoke("t")).toHaveLength(0);
  expect(await triggers.delete(["t", "u"])).toMatchObject([{ name: "t" }, { name: "u" }]);
  await expect(triggers.get("t")).rejects.toEqual(refused(404, ABSENT));
  await expect(triggers.invoke({ name: "t" })).rejects.toEqual(refused(404, ABSENT));
});

test("rules: created, listed, got, disabled, enabled, updated and deleted; a fired trigger runs what they say", async () => {
  const { client, namespace } = await connectClient();
  const { rules, triggers, actions, activations } = client;
  await triggers.create({ name: "t", trigger: { parameters: [{ key: "from", value: "trigger" }] } });
  await actions.create({ name: "a", action: ECHO });
  await actions.create({ name: "b", action: ECHO });
  const made = await rules.create({ name: "r", trigger: "t", action: "a" });
  expect(made).toMatchObject({
    ...{ namespace, name: "r", status: "active" },
    trigger: { path: namespace, name: "t" },
    action: { path: namespace, name: "a" },
  });
  await expect(rules.create({ name: "r", trigger: "t", action: "a" })).rejects.toEqual(refused(409));
  await expect(rules.create({ name: "x", trigger: "none", action: "a" })).rejects.toEqual(
    refused(400, `trigger /${namespace}/none does not exist`),
  );
  await expect(rules.create({ name: "x", trigger: "t", action: "none" })).rejects.toEqual(
    refused(400, `action /${namespace}/none does not exist`),
  );

  const { activationId } = await triggers.invoke({ name: "t", params: { n: 1 } });
  expect(activationId).toMatch(/^[0-9a-f]{32}$/);
  const fired = await activations.get(activationId);
  expect(fired).toMatchObject({ name: "t", response: { success: true, result: { n: 1 } } });
  const [entry] = fired.logs.map((line) => JSON.parse(`${line}`));
  expect(entry).toMatchObject({ success: true, rule: `${namespace}/r`, action: `${namespace}/a` });
  await expect
    .poll(() => activations.result({ name: entry.activationId }).catch(({ statusCode }) => statusCode))
    .toMatchObject({ result: { from: "trigger", n: 1 } });

  expect(await rules.disable({ name: "r" })).toHaveLength(0);
  expect(await rules.get("r")).toMatchObject({ status: "inactive" });
  expect(await triggers.invoke({ name: "t" })).toHaveLength(0);
  expect(await rules.enable({ name: "r" })).toHaveLength(0);
  expect(await rules.enable({ name: "r" })).toHaveLength(0);
  expect(await rules.update({ name: "r", trigger: "t", action: "b" })).toMatchObject({
    version: "0.0.2",
    status: "active",
    action: { name: "b" },
  });
  expect(await triggers.get("t")).toMatchObject({
    rules: { [`${namespace}/r`]: { status: "active", action: { path: namespace, name: "b" } } },
  });
  const [listed] = await rules.list();
  expect(listed).toMatchObject({ name: "r" });
  expect(listed).not.toHaveProperty("status");
  expect(await rules.list({ count: true })).toEqual({ rules: 1 });
  expect(await rules.delete("r")).toMatchObject({ name: "r", status: "inactive" });
  await expect(rules.get("r")).rejects.toEqual(refused(404, ABSENT));
  expect(await triggers.get("t")).not.toHaveProperty("rules");
});

test("a namespace as the client gathers it: its four collections", async () => {
  const { client, namespace } = await connectClient();
  await client.actions.create({ name: "a", action: ECHO });
  await client.packages.create({ name: "p" });
  await client.triggers.create({ name: "t" });
  await client.rules.create({ name: "r", trigger: "t", action: "a" });
  expect(await client.namespaces.get(namespace)).toMatchObject({
    actions: [{ name: "a" }],
    packages: [{ name: "p" }],
    triggers: [{ name: "t" }],
    rules: [{ name: "r" }],
  });
});
