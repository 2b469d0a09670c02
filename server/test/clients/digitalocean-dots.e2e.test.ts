import { createDigitalOceanClient, DigitalOceanApiKeyAuthenticationProvider } from "@digitalocean/dots";
import { FetchRequestAdapter } from "@microsoft/kiota-http-fetchlibrary";
import { expect, test } from "vitest";
import { createCaller } from "../caller.ts";
import { connect } from "../contract/things.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";

/** DigitalOcean's own TypeScript client, pointed at a started server the way its documentation says. */
async function startWithClient() {
  const latchkey = await startTestLatchkey();
  const clientWith = (token: string) => {
    const adapter = new FetchRequestAdapter(new DigitalOceanApiKeyAuthenticationProvider(token));
    adapter.baseUrl = latchkey.url;
    return createDigitalOceanClient(adapter).v2.functions.namespaces;
  };
  return { ...latchkey, namespaces: clientWith(latchkey.token), clientWith };
}

/** How the client throws what a server refuses. */
const refused = (status: number, id: string, message: string) =>
  expect.objectContaining({
    responseStatusCode: status,
    id,
    messageEscaped: message,
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });

test("creates, lists, gets and deletes namespaces", async () => {
  const { namespaces } = await startWithClient();
  expect(await namespaces.get()).toEqual({ namespaces: [] });
  const { namespace } = await namespaces.post({ label: "billing jobs", region: "fra1" });
  expect(namespace).toMatchObject({ label: "billing jobs", region: "fra1", createdAt: "2026-03-23T09:15:00Z" });
  expect(await namespaces.get()).toEqual({ namespaces: [{ ...namespace, uuid: "" }] });

  const one = namespaces.byNamespace_id(namespace.namespace);
  expect(await one.get()).toEqual({ namespace });
  await one.delete();
  expect(await namespaces.get()).toEqual({ namespaces: [] });
  await expect(one.get()).rejects.toEqual(refused(404, "not_found", "namespace not found"));
});

test("creates, lists, renames and deletes access keys, and the data plane takes them", async () => {
  const { namespaces } = await startWithClient();
  const { namespace } = await namespaces.post({ label: "demo", region: "nyc1" });
  const { keys } = namespaces.byNamespace_id(namespace.namespace);
  expect(await keys.get()).toEqual({ accessKeys: [], count: 0 });

  const { accessKey: short } = await keys.post({ name: "ci", expiresIn: "7d" });
  expect(short.expiresAt).toEqual(new Date("2026-03-30T09:15:00Z"));
  const { accessKey: endless } = await keys.post({ name: "prod" });
  expect(endless.expiresAt).toBeUndefined();
  expect(await connect(namespace.apiHost, short)).toEqual({ status: 200, body: [namespace.namespace] });

  const { accessKeys, count } = await keys.get();
  expect([count, accessKeys.map(({ name }) => name).sort()]).toEqual([2, ["ci", "prod"]]);
  expect(accessKeys.map(({ secret }) => secret)).toEqual([undefined, undefined]);

  expect((await keys.byKey_id(short.id).put({ name: "deploys" })).accessKey).toMatchObject({
    id: short.id,
    name: "deploys",
  });
  await keys.byKey_id(short.id).delete();
  expect((await connect(namespace.apiHost, short)).status).toBe(401);
  expect((await connect(namespace.apiHost, endless)).status).toBe(200);
});

test("creates, lists, gets, updates and deletes scheduled triggers", async () => {
  const { namespaces, url, token } = await startWithClient();
  const { namespace } = await namespaces.post({ label: "demo", region: "fra1" });
  const caller = createCaller(url, token);
  await caller.deploy(await caller.addKey(namespace.namespace), "hello");
  const { triggers } = namespaces.byNamespace_id(namespace.namespace);
  expect(await triggers.get()).toEqual({ triggers: [] });

  const created = {
    name: "my trigger",
    functionEscaped: "hello",
    type: "SCHEDULED",
    isEnabled: true,
    scheduledDetails: { cron: "0 3 * * *", body: { name: "Welcome to DO!" } },
  };
  const { trigger } = await triggers.post(created);
  expect(trigger).toMatchObject({ ...created, scheduledRuns: { nextRunAt: "2026-03-24T03:00:00Z" } });
  expect(await triggers.get()).toEqual({ triggers: [trigger] });

  const one = triggers.byTrigger_name("my trigger");
  expect(await one.get()).toEqual({ trigger });
  expect((await one.put({ isEnabled: false })).trigger).toMatchObject({ ...created, isEnabled: false });
  const later = { cron: "30 4 * * *" };
  expect((await one.put({ isEnabled: true, scheduledDetails: later })).trigger).toMatchObject({
    scheduledDetails: later,
    scheduledRuns: { nextRunAt: "2026-03-24T04:30:00Z" },
  });
  await one.delete();
  await expect(one.get()).rejects.toEqual(refused(404, "not_found", "trigger not found"));
});

test("hears every refusal as one, with its id, message and request id", async () => {
  const { namespaces, clientWith } = await startWithClient();
  const { namespace } = await namespaces.post({ label: "demo", region: "fra1" });
  const { keys } = namespaces.byNamespace_id(namespace.namespace);
  await keys.post({ name: "ci" });

  const missingName = "Invalid request payload: missing name field";
  await expect(keys.post({ name: "" })).rejects.toEqual(refused(400, "bad_request", missingName));
  const unauthorized = refused(401, "unauthorized", "Unable to authenticate you.");
  await expect(clientWith("dop_v1_nobody").get()).rejects.toEqual(unauthorized);
  await expect(keys.byKey_id("dof_v1_x").delete()).rejects.toEqual(refused(404, "not_found", "access key not found"));
  const conflict = "The request could not be completed due to a conflict.";
  await expect(keys.post({ name: "ci" })).rejects.toEqual(refused(409, "conflict", conflict));
  await expect(namespaces.post({ label: "demo", region: "fra1" })).rejects.toMatchObject({ responseStatusCode: 422 });
});
