import openwhisk from "openwhisk";
import { describe, expect, test } from "vitest";
import { basic } from "../caller.ts";
import { connectClient, refused } from "./openwhisk-client.ts";

const ECHO = "const main = (args) => args";
const ABSENT = "The requested resource does not exist.";

describe("actions", () => {
  test("are created with everything that the client can say, as source, as archive bytes and as the body itself", async () => {
    const { client, namespace } = await connectClient();
    const made = await client.actions.create({
      name: "full",
      action: ECHO,
      kind: "nodejs:18",
      params: { who: "default", deep: { a: [1, null] } },
      annotations: { description: "says it again", "web-export": true },
      limits: { timeout: 1000, memory: 128, logs: 1 },
      version: "1.2.3",
    });
    expect(made).toMatchObject({
      ...{ namespace, name: "full", version: "1.2.3", publish: false },
      exec: { kind: "nodejs:18", code: ECHO, binary: false },
      parameters: [
        { key: "who", value: "default" },
        { key: "deep", value: { a: [1, null] } },
      ],
      limits: { timeout: 1000, memory: 128, logs: 1, concurrency: 1 },
    });
    expect(made.annotations).toEqual(
      expect.arrayContaining([
        { key: "description", value: "says it again" },
        { key: "web-export", value: true },
        { key: "exec", value: "nodejs:18" },
      ]),
    );
    const bytes = Buffer.from("PK\u0003\u0004 is how archives begin", "latin1");
    expect((await client.actions.create({ name: "bytes", action: bytes })).exec).toMatchObject({
      binary: true,
      code: bytes.toString("base64"),
    });
    const exec = { kind: "nodejs:default" as const, code: ECHO, main: "main" };
    const body = await client.actions.create({ name: "body", action: { exec } });
    expect(body.exec).toMatchObject({ main: "main", code: ECHO });
  });

  test("are created once unless overwriting, and updated without saying their code again", async () => {
    const { client } = await connectClient();
    await client.actions.create({ name: "a", action: ECHO });
    await expect(client.actions.create({ name: "a", action: ECHO })).rejects.toEqual(
      refused(409, "resource already exists"),
    );
    expect(await client.actions.create({ name: "a", action: ECHO, overwrite: true })).toMatchObject({
      version: "0.0.2",
    });
    const updated = await client.actions.update({ name: "a", params: { b: 1 }, limits: { timeout: 500 } });
    expect(updated).toMatchObject({ version: "0.0.3", exec: { code: ECHO }, limits: { timeout: 500 } });
    // An update that says nothing at all.
    expect(await client.actions.update({ name: "a" })).toMatchObject({
      version: "0.0.4",
      exec: { code: ECHO },
      parameters: [{ key: "b", value: 1 }],
    });
    expect(await client.actions.update({ name: "new", action: ECHO })).toMatchObject({ version: "0.0.1" });
    await expect(client.actions.update({ name: "none" })).rejects.toEqual(refused(400, "exec undefined"));
  });

  test("are listed in pages and counted; several are got, invoked and deleted at once, under any form of their names", async () => {
    const { client, namespace } = await connectClient();
    await client.packages.create({ name: "p" });
    for (const name of ["a", "b", "p/c"]) await client.actions.create({ name, action: ECHO });
    expect(await client.actions.list()).toHaveLength(3);
    expect(await client.actions.list({ limit: 1, skip: 1 })).toHaveLength(1);
    expect(await client.actions.list({ count: true })).toEqual({ actions: 3 });
    expect(await client.actions.list({ namespace })).toHaveLength(3);
    const names = ["a", { name: "b" }, `/${namespace}/p/c`, "/_/p/c", { name: "p/c", namespace }];
    const got = await client.actions.get(names);
    expect(got.map(({ name }) => name)).toEqual(["a", "b", "c", "c", "c"]);
    expect(await client.actions.get({ name: "a", ...{ code: false } })).not.toHaveProperty("exec.code");
    const invoked = await client.actions.invoke(["a", { name: "p/c", params: {} }]);
    expect(invoked).toEqual([1, 2].map(() => ({ activationId: expect.stringMatching(/^[0-9a-f]{32}$/) })));
    expect(await client.actions.delete(["a", `/${namespace}/p/c`])).toMatchObject([{ name: "a" }, { name: "c" }]);
    await expect(client.actions.delete("a")).rejects.toEqual(refused(404, ABSENT));
    await expect(client.actions.get("a")).rejects.toEqual(refused(404, ABSENT));
    await expect(client.actions.invoke("a")).rejects.toEqual(refused(404, ABSENT));
  });

  test("are invoked for their result, for their record, and without waiting; a failure says what failed", async () => {
    const { client } = await connectClient();
    await client.actions.create({ name: "echo", action: ECHO });
    await client.actions.create({ name: "fails", action: "const main = () => { throw new Error('by accident') }" });
    await client.actions.create({ name: "rejects", action: "const main = () => Promise.reject({ message: 'no' })" });
    const ask = (options: object) => client.actions.invoke({ name: "echo", ...options });
    expect(await ask({ blocking: true, result: true, params: { a: 1 } })).toEqual({ a: 1 });
    expect(await ask({ blocking: true, params: { a: 1 } })).toMatchObject({ response: { result: { a: 1 } }, logs: [] });
    expect(await ask({ params: { a: 1 } })).toEqual({ activationId: expect.any(String) });
    for (const [name, error] of [
      ["fails", "by accident"],
      ["rejects", { message: "no" }],
    ] as const) {
      for (const result of [true, false]) {
        await expect(client.actions.invoke({ name, blocking: true, result })).rejects.toMatchObject({
          statusCode: 502,
          error: { response: { success: false, status: "application error", result: { error } } },
        });
      }
    }
  });
});

test("activations: listed with every filter, counted, got, their logs and results too; unknown and malformed ids", async () => {
  const { client, clock } = await connectClient();
  await client.packages.create({ name: "p" });
  for (const name of ["a", "p/b"]) await client.actions.create({ name, action: "const main = () => console.log('x')" });
  const first = await client.actions.invoke({ name: "a", blocking: true });
  clock.advance(1000);
  const second = await client.actions.invoke({ name: "p/b", blocking: true });
  const { activations } = client;
  const ids = async (options?: object) => (await activations.list(options)).map(({ activationId }) => activationId);
  expect(await ids()).toEqual([second.activationId, first.activationId]);
  expect(await ids({ limit: 1 })).toEqual([second.activationId]);
  expect(await ids({ skip: 1 })).toEqual([first.activationId]);
  expect(await ids({ name: "a" })).toEqual([first.activationId]);
  expect(await ids({ name: "p/b" })).toEqual([second.activationId]);
  expect(await ids({ since: first.start + 1 })).toEqual([second.activationId]);
  expect(await ids({ upto: first.start })).toEqual([first.activationId]);
  expect(await activations.list({ docs: true, limit: 1 })).toMatchObject([{ logs: [expect.stringMatching(/: x$/)] }]);
  expect(await activations.list({ count: true })).toEqual({ activations: 2 });

  const name = first.activationId;
  expect(await activations.get(name)).toMatchObject({ activationId: name, response: { success: true, result: {} } });
  expect(await activations.get({ name })).toMatchObject({ activationId: name });
  expect(await activations.logs({ name })).toEqual({ logs: [expect.stringMatching(/ stdout: x$/)] });
  expect(await activations.result({ name })).toMatchObject({ status: "success", success: true, result: {} });
  for (const ask of ["get", "logs", "result"] as const) {
    await expect(activations[ask]({ name: "0".repeat(32) })).rejects.toEqual(refused(404, ABSENT));
    await expect(activations[ask]({ name: "0" })).rejects.toEqual(refused(400));
  }
});

test("packages: created, updated, bound, listed, counted, got and deleted", async () => {
  const { client, namespace } = await connectClient();
  const { packages } = client;
  expect(await packages.create({ name: "p" })).toMatchObject({ namespace, name: "p", version: "0.0.1", binding: {} });
  await expect(packages.create({ name: "p" })).rejects.toEqual(refused(409, "resource already exists"));
  expect(await packages.create({ name: "p", overwrite: true })).toMatchObject({ version: "0.0.2" });
  const parameters = [{ key: "a", value: 1 }];
  expect(await packages.update({ name: "p", package: { parameters, publish: true } })).toMatchObject({
    version: "0.0.3",
    publish: true,
    parameters,
  });
  expect(await packages.update({ name: "new" })).toMatchObject({ version: "0.0.1" });
  const binding = { namespace, name: "p" };
  expect(await packages.create({ name: "bound", package: { binding } })).toMatchObject({ binding });
  await client.actions.create({ name: "p/a", action: ECHO, annotations: { feed: true } });
  await client.actions.create({ name: "p/b", action: ECHO });
  expect(await packages.get("bound")).toMatchObject({ binding, actions: [{ name: "b" }], feeds: [{ name: "a" }] });
  expect(await packages.list()).toHaveLength(3);
  expect(await packages.list({ limit: 1, skip: 2 })).toHaveLength(1);
  expect(await packages.list({ count: true, public: true })).toEqual({ packages: 3 });
  expect(await packages.get(["p", `/${namespace}/new`])).toMatchObject([{ name: "p" }, { name: "new" }]);
  await expect(packages.delete("p")).rejects.toEqual(refused(409));
  await client.actions.delete(["p/a", "p/b"]);
  expect(await packages.delete(["bound", { name: "p" }])).toMatchObject([{ name: "bound" }, { name: "p" }]);
  await expect(packages.get("p")).rejects.toEqual(refused(404, ABSENT));
});

test("feeds: each of the four calls is an invocation that says which it is", async () => {
  const { client, namespace, key } = await connectClient();
  await client.packages.create({ name: "feeds" });
  await client.actions.create({
    name: "feeds/clock",
    action: "const main = ({ authKey, ...rest }) => ({ ...rest, keyLength: authKey.length })",
    annotations: { feed: true },
  });
  const { feeds } = client;
  for (const [ask, lifecycleEvent] of [
    [feeds.create, "CREATE"],
    [Object(feeds).get, "READ"],
    [Object(feeds).update, "UPDATE"],
    [feeds.delete, "DELETE"],
  ]) {
    const options = { name: `/${namespace}/feeds/clock`, trigger: "tick", params: { cron: "* * * * *" } };
    const { response } = await ask.call(feeds, options);
    // The client hands its own key to the feed, as a parameter.
    const keyLength = `${key.id}:${key.secret}`.length;
    expect(response.result).toEqual({ lifecycleEvent, triggerName: "/_/tick", cron: "* * * * *", keyLength });
  }
});

test("routes: there is no API gateway here, and the client is told so", async () => {
  const { client } = await connectClient();
  const route = { relpath: "/hello", operation: "GET" as const, action: "hello" };
  await expect(client.routes.list()).rejects.toEqual(refused(404, ABSENT));
  await expect(client.routes.create(route)).rejects.toEqual(refused(404, ABSENT));
  await expect(client.routes.delete({ basepath: "/hello" })).rejects.toEqual(refused(404, ABSENT));
});

describe("the client's own options", () => {
  test("a namespace by its name, a header made by a handler", async () => {
    const { url, client, namespace, key } = await connectClient();
    await client.actions.create({ name: "a", action: ECHO });
    const auth_handler = { getAuthHeader: async () => basic(key) };
    for (const options of [{ namespace, api_key: `${key.id}:${key.secret}` }, { auth_handler }]) {
      const other = openwhisk({ apihost: url, ...options });
      expect(await other.namespaces.list()).toEqual([namespace]);
      expect(await other.actions.list()).toMatchObject([{ name: "a" }]);
    }
  });

  test("a key that is not one, and another namespace than the key's", async () => {
    const { url, client, key, caller } = await connectClient();
    const other = await caller.addNamespace("other");
    const wrong = openwhisk({ apihost: url, api_key: `${key.id}:wrong` });
    await expect(wrong.namespaces.list()).rejects.toEqual(refused(401, "The supplied authentication is invalid"));
    await expect(client.actions.list({ namespace: other })).rejects.toEqual(refused(403));
    await expect(client.actions.invoke({ name: `/${other}/a` })).rejects.toEqual(refused(403));
  });
});
