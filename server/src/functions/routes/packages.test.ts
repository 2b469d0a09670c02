import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ECHO, NAMESPACE, OTHER_NAMESPACE, startTestFunctions } from "../../../test/start-test-functions.ts";

const to = (name: string, namespace = "_") => ({ binding: { namespace, name } });

describe("putting a package", () => {
  test("of nothing makes an empty one", async () => {
    const { put, clock } = await startTestFunctions();
    expect(await put("/_/packages/p", {})).toMatchObject({
      status: 200,
      body: {
        namespace: NAMESPACE,
        name: "p",
        version: "0.0.1",
        publish: false,
        updated: clock.now(),
        annotations: [],
        parameters: [],
        binding: {},
      },
    });
  });

  test("again is a conflict without overwrite; with it what is given replaces what is stored", async () => {
    const { put } = await startTestFunctions();
    const list = (key: string) => [{ key, value: 1 }];
    await put("/_/packages/p", { parameters: list("a"), annotations: list("a"), publish: true });
    expect(await put("/_/packages/p", {})).toMatchObject({ status: 409, body: { error: "resource already exists" } });
    expect((await put("/_/packages/p?overwrite=true", { parameters: list("b") })).body).toMatchObject({
      version: "0.0.2",
      publish: true,
      parameters: list("b"),
      annotations: list("a"),
    });
    expect((await put("/_/packages/p?overwrite=true", { annotations: [] })).body.annotations).toEqual([]);
  });

  test.each([
    { body: undefined, status: 400, says: "Request entity expected but not supplied" },
    { body: 1, status: 400, says: "The request content was malformed:\nObject expected" },
    {
      body: { binding: { name: "p" } },
      status: 400,
      says: "The request content was malformed:\nbinding must name a namespace and a package",
    },
    { body: { parameters: "x" }, status: 400, says: "The request content was malformed:\nparameters malformed!" },
    {
      body: { parameters: [{ key: "k", value: "x".repeat(1_048_576) }] },
      status: 413,
      says: "parameters larger than allowed: 1048579 > 1048576 bytes.",
    },
  ])("with $says is refused", async ({ body, status, says }) => {
    const { put } = await startTestFunctions();
    expect(await put("/_/packages/p", body)).toMatchObject({ status, body: { error: says } });
  });

  test("must not be called what stands for no package at all", async () => {
    const { put } = await startTestFunctions();
    expect(await put("/_/packages/default", {})).toMatchObject({
      status: 400,
      body: { error: "Package name 'default' is reserved." },
    });
  });
});

describe("a binding", () => {
  const start = async () => {
    const t = await startTestFunctions();
    await t.put("/_/packages/p", {
      parameters: [
        { key: "a", value: "package" },
        { key: "b", value: "package" },
      ],
    });
    await t.put("/_/actions/p/f", { ...ECHO, parameters: [{ key: "c", value: "action" }] });
    await t.put("/_/packages/b", { ...to("p"), parameters: [{ key: "b", value: "binding" }] });
    return t;
  };
  const merged = [
    { key: "a", value: "package" },
    { key: "b", value: "binding" },
  ];

  test("says what it is bound to, and shows that one's actions and parameters under its own", async () => {
    const { get } = await start();
    const own = { namespace: NAMESPACE, name: "p" };
    const { body } = await get("/_/packages/b");
    expect(body).toMatchObject({ name: "b", binding: own, annotations: [{ key: "binding", value: own }], feeds: [] });
    expect(body.parameters).toEqual(merged);
    expect(body.actions).toMatchObject([{ name: "f", version: "0.0.1" }]);
    expect((await get("/_/actions/b/")).body).toMatchObject([{ namespace: `${NAMESPACE}/p`, name: "f" }]);
  });

  test("leads to the action it stands for when reading", async () => {
    const { get } = await start();
    const { body } = await get("/_/actions/b/f?code=false");
    expect(body).toMatchObject({ namespace: `${NAMESPACE}/p`, name: "f", binding: `${NAMESPACE}/b` });
    expect(body.parameters).toEqual([...merged, { key: "c", value: "action" }]);
    expect((await get("/_/actions/b/f")).body).not.toHaveProperty("binding");
  });

  test("leads to the action it stands for when invoking, and the record says so", async () => {
    const { post } = await start();
    const { body } = await post("/_/actions/b/f?blocking=true", {});
    expect(body.response.result).toEqual({ a: "package", b: "binding", c: "action" });
    expect(body.annotations).toEqual(
      expect.arrayContaining([
        { key: "path", value: `${NAMESPACE}/p/f` },
        { key: "binding", value: `${NAMESPACE}/b` },
      ]),
    );
  });

  test("is no place to put or delete actions", async () => {
    const { put, delete: remove } = await start();
    const refused = { status: 400, body: { error: "Operation not permitted on package binding." } };
    expect(await put("/_/actions/b/g", ECHO)).toMatchObject(refused);
    expect(await remove("/_/actions/b/f")).toMatchObject(refused);
  });

  test("can be deleted although what it stands for is not empty", async () => {
    const { delete: remove, get } = await start();
    expect((await remove("/_/packages/b")).status).toBe(200);
    expect((await get("/_/actions/p/f")).status).toBe(200);
  });

  test("leads nowhere once what it stands for is gone", async () => {
    const { delete: remove, get, post } = await start();
    await post("/_/actions/b/f?blocking=true");
    await remove("/_/packages/p?force=true");
    const gone = { status: 404, body: { error: `The requested resource '${NAMESPACE}/p' does not exist.` } };
    expect(await get("/_/packages/b")).toMatchObject(gone);
    expect(await get("/_/actions/b/f")).toMatchObject(gone);
    expect(await post("/_/actions/b/f")).toMatchObject(gone);
  });

  test("keeps its target through an update that names none, and may get another", async () => {
    const { put } = await start();
    await put("/_/packages/q", {});
    expect((await put("/_/packages/b?overwrite=true", { binding: {} })).body.binding.name).toBe("p");
    expect((await put("/_/packages/b?overwrite=true", to("q"))).body).toMatchObject({
      binding: { name: "q" },
      annotations: [{ key: "binding", value: { namespace: NAMESPACE, name: "q" } }],
    });
  });

  test.each([
    { what: "nothing", body: to("none"), status: 400, says: "Binding references a package that does not exist." },
    { what: "a binding", body: to("b"), status: 400, says: "Cannot bind to another package binding." },
    { what: "an action", body: to("plain"), status: 409, says: "Cannot bind to a resource that is not a package." },
    {
      what: "another namespace",
      body: to("p", OTHER_NAMESPACE),
      status: 403,
      says: `The supplied authentication is not authorized to access '${OTHER_NAMESPACE}/p'.`,
    },
    {
      what: "a namespace that does not exist",
      body: to("p", "fn-none"),
      status: 403,
      says: "The supplied authentication is not authorized to access 'fn-none/p'.",
    },
  ])("to $what is refused", async ({ body, status, says }) => {
    const { put } = await start();
    await put("/_/actions/plain", ECHO);
    expect(await put("/_/packages/new", body)).toMatchObject({ status, body: { error: says } });
  });

  test("is not what a package can become", async () => {
    const { put } = await start();
    await put("/_/packages/plain", {});
    expect(await put("/_/packages/plain?overwrite=true", to("p"))).toMatchObject({
      status: 409,
      body: { error: "Resource is a package and cannot be converted into a binding." },
    });
  });
});

test("however packages are made, deleted and made again, no bindings lead round in a circle", async () => {
  const { put, get, delete: remove } = await startTestFunctions();
  const names = ["a", "b", "c"] as const;
  const name = fc.constantFrom(...names);
  /** Null makes a package, anything else a binding to it. */
  const steps = fc.array(fc.record({ made: name, target: fc.option(name) }), { minLength: 4, maxLength: 12 });
  const targets = async (): Promise<Map<string, string>> => {
    const listed: { name: string; binding: false | { name: string } }[] = (await get("/_/packages")).body;
    return new Map(listed.flatMap(({ name, binding }) => (binding === false ? [] : [[name, binding.name]])));
  };
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      for (const each of names) await remove(`/_/packages/${each}`);
      for (const { made, target } of steps) {
        await remove(`/_/packages/${made}`);
        await put(`/_/packages/${made}`, target === null ? {} : to(target));
      }
      const bound = await targets();
      for (const first of names) {
        let length = 0;
        for (let at = bound.get(first); at !== undefined; at = bound.get(at)) {
          length += 1;
          expect(length).toBeLessThan(names.length);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("a binding whose package has been made a binding since leads nowhere, and closes no circle", async () => {
  const { put, get, post, delete: remove } = await startTestFunctions();
  const refused = { status: 400, body: { error: "Cannot bind to another package binding." } };
  await put("/_/packages/a", {});
  await put("/_/packages/c", {});
  await put("/_/packages/b", to("a"));
  await remove("/_/packages/a");
  expect((await put("/_/packages/a", to("c"))).status).toBe(200);
  expect(await get("/_/packages/b")).toMatchObject(refused);
  expect(await post("/_/actions/b/f", {})).toMatchObject(refused);
  await remove("/_/packages/c");
  for (const target of ["a", "b"]) expect(await put("/_/packages/c", to(target))).toMatchObject(refused);
  expect((await put("/_/packages/c", to("c"))).body.error).toBe("Binding references a package that does not exist.");
});

describe("getting and listing packages", () => {
  test("separates feeds from actions, and tells bindings from packages", async () => {
    const { put, get } = await startTestFunctions();
    await put("/_/packages/p", {});
    await put("/_/actions/p/a", ECHO);
    await put("/_/actions/p/feed", { ...ECHO, annotations: [{ key: "feed", value: true }] });
    await put("/_/packages/b", to("p"));
    const { body } = await get("/_/packages/p");
    expect(body.actions.map(({ name }: { name: string }) => name)).toEqual(["a"]);
    expect(body.feeds.map(({ name }: { name: string }) => name)).toEqual(["feed"]);

    for (const path of ["/_/packages", "/_/packages/?public=true"]) {
      const list = (await get(path)).body;
      expect(list).toMatchObject([
        { name: "b", binding: { namespace: NAMESPACE, name: "p" } },
        { name: "p", binding: false },
      ]);
      expect(list[0]).not.toHaveProperty("parameters");
    }
    expect((await get("/_/packages?count=true")).body).toEqual({ packages: 2 });
    expect((await get("/_/packages?limit=201")).body.error).toContain("for packages.");
  });
});

describe("deleting a package", () => {
  test("that is not empty takes force, which deletes what is in it", async () => {
    const { put, get, delete: remove, store } = await startTestFunctions();
    await put("/_/packages/p", {});
    await put("/_/actions/p/a", ECHO);
    const refused = (words: string) => ({
      status: 409,
      body: { error: `Package not empty (contains ${words}). Set force param or delete package contents.` },
    });
    expect(await remove("/_/packages/p")).toMatchObject(refused("1 entity"));
    await put("/_/actions/p/b", ECHO);
    expect(await remove("/_/packages/p?force=false")).toMatchObject(refused("2 entities"));
    expect(await remove("/_/packages/p?force=true")).toMatchObject({ status: 200, body: { name: "p" } });
    expect((await get("/_/packages/p")).status).toBe(404);
    expect((await get("/_/actions")).body).toEqual([]);
    expect(await store.db.selectFrom("function_code").selectAll().execute()).toEqual([]);
  });

  test("that is not there is a 404", async () => {
    const { delete: remove, get } = await startTestFunctions();
    const absent = { status: 404, body: { error: "The requested resource does not exist." } };
    expect(await remove("/_/packages/p")).toMatchObject(absent);
    expect(await get("/_/packages/p")).toMatchObject(absent);
  });
});

test("deleting a namespace removes what it holds, and nothing of its neighbour's", async () => {
  const { put, store, functions, get } = await startTestFunctions();
  await put("/_/packages/p", {});
  await put("/_/actions/p/a", ECHO);
  await store.transaction((tx) => functions.removeNamespace(tx, OTHER_NAMESPACE));
  expect((await get("/_/actions")).body).toHaveLength(1);
  await store.transaction((tx) => functions.removeNamespace(tx, NAMESPACE));
  expect((await get("/_/actions")).body).toEqual([]);
  expect(await store.db.selectFrom("function_code").selectAll().execute()).toEqual([]);
});
