import { ALL_ROUTES } from "@latchkey/contract/all-routes";
import { describe, expect, test } from "vitest";
import { type Answer, basic, bearer, createCaller } from "../caller.ts";
import { addTeam, addToken } from "../people.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";
import { buildWorld } from "./mutations.ts";

const NO_NAMESPACE = "fn-00000000-0000-4000-8000-000000000000";
const NO_KEY = `dof_v1_${"0".repeat(32)}`;
const NO_ACTIVATION = "0".repeat(32);
/** What differs from one answer to the next, whoever asks and whatever for. */
const PASSING = ["date", "x-request-id", "ratelimit-remaining", "ratelimit-reset", "keep-alive", "connection"];

/** All that there is to see of an answer; what the caller named itself, and passing headers, left out. */
function visible({ status, headers, text }: Answer, named: readonly string[]) {
  const requestId = headers.get("x-request-id") ?? "";
  const body = [requestId, ...named].reduce((rest, word) => rest.replaceAll(word, "…"), text);
  const shown = [...headers].filter(([name]) => !PASSING.includes(name) && name !== "content-length");
  return { status, body, headers: [...shown, ...PASSING.filter((name) => headers.has(name))] };
}

async function start() {
  const latchkey = await startTestLatchkey();
  const world = await buildWorld(createCaller(latchkey.url, latchkey.token));
  const elsewhere = await world.caller.addNamespace("elsewhere");
  const keyElsewhere = await world.caller.addKey(elsewhere, "elsewhere");
  const { token } = await addToken(latchkey, { teamId: await addTeam(latchkey, "Others") });
  const stranger = createCaller(latchkey.url, token);
  const strangerKey = await stranger.addKey(await stranger.addNamespace("theirs"));
  return { ...world, stranger, strangerKey, token, elsewhere, keyElsewhere };
}

/** Asks all the routes of a credential that name something, with these ids in their paths. */
const routesThatName = (parameter: string) => ALL_ROUTES.filter(({ path }) => path.includes(`{${parameter}}`));

function fill(path: string, ids: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? "none");
}

describe("an owner of another team", () => {
  test.each(["a valid body", "a body that is wrong"])(
    "learns from no route whether a namespace or a key exists, with %s",
    async (which) => {
      const { stranger, namespaceId, key } = await start();
      const bodies: Record<string, object> = {
        "a valid body": { name: "n", overlap: 0 },
        "a body that is wrong": { name: 17 },
      };
      for (const { id, method, path } of routesThatName("namespace_id")) {
        const ask = async (namespace_id: string, key_id: string) => {
          const json = method === "GET" || method === "DELETE" ? {} : { json: bodies[which] };
          return visible(await stranger.send(method, fill(path, { namespace_id, key_id }), json), [
            namespace_id,
            key_id,
          ]);
        };
        const nothing = await ask(NO_NAMESPACE, NO_KEY);
        expect([id, nothing.status, nothing.body]).toEqual([id, 404, expect.stringContaining("namespace not found")]);
        const others = [
          await ask(namespaceId, key.id),
          await ask(namespaceId, NO_KEY),
          await ask(NO_NAMESPACE, key.id),
          await ask("fn-1", "1"),
          await ask(namespaceId.toUpperCase(), key.id),
          await ask("%00", "%E2%82%AC"),
          await ask("'%20OR%201=1%20--", "x"),
        ];
        for (const other of others) expect([id, other]).toEqual([id, nothing]);
      }
    },
  );

  test("learns from no route of the data plane whether a namespace exists, or what is in it", async () => {
    const { caller, strangerKey, namespaceId } = await start();
    const authorization = basic(strangerKey);
    for (const { id, method, path } of routesThatName("namespace")) {
      const ask = async (namespace: string, name: string, billing: string) => {
        const ids = { namespace, name, package: billing, id: NO_ACTIVATION };
        const answer = await caller.send(method, fill(path, ids), {
          authorization,
          ...bodyFor(id, method),
        });
        return visible(answer, [namespace, name, billing]);
      };
      const nothing = await ask(NO_NAMESPACE, "nothing", "nowhere");
      // Who shares no packages lists none, be it there or not.
      expect([id, nothing.status]).toEqual([id, id === "package.list" ? 200 : 403]);
      const others = [
        await ask(namespaceId, "hello", "billing"),
        await ask(namespaceId, "billing", "billing"),
        await ask(namespaceId, "charge", "billing"),
        await ask(namespaceId, "nothing", "billing"),
        await ask(namespaceId, "nothing", "nowhere"),
        await ask("whisk.system", "hello", "nowhere"),
      ];
      for (const other of others) expect([id, other]).toEqual([id, nothing]);
    }
  });
});

test("a key of another namespace of the team is no key of this one", async () => {
  const { caller, namespaceId, keyElsewhere } = await start();
  for (const { id, method, path } of routesThatName("key_id")) {
    const ask = async (key_id: string) => {
      const json = method === "GET" || method === "DELETE" ? {} : { json: { name: "n" } };
      return visible(await caller.send(method, fill(path, { namespace_id: namespaceId, key_id }), json), [key_id]);
    };
    const nothing = await ask(NO_KEY);
    expect([id, nothing.status, nothing.body]).toEqual([id, 404, expect.stringContaining("access key not found")]);
    for (const other of [await ask(keyElsewhere.id), await ask("x"), await ask(NO_KEY.toUpperCase())])
      expect([id, other]).toEqual([id, nothing]);
  }
  expect((await caller.connect(keyElsewhere)).status).toBe(200);
});

/** What a route does not refuse before it looks who asks. */
function bodyFor(id: string, method: string): { json?: object } {
  if (id === "rule.setStatus") return { json: { status: "inactive" } };
  return method === "PUT" ? { json: {} } : {};
}

describe("a key that may do little", () => {
  test("learns from no refusal whether there is such a function", async () => {
    const { caller, namespaceId } = await start();
    const narrow = basic(await caller.addKey(namespaceId, "narrow", { grants: ["invoke:open/*"] }));
    const actions = routesThatName("namespace").filter(({ path }) => path.includes("{name}"));
    for (const { id, method, path } of actions) {
      const ask = async (name: string, billing: string) => {
        const ids = { namespace: "_", name, package: billing };
        const options = { authorization: narrow, ...bodyFor(id, method) };
        return visible(await caller.send(method, fill(path, ids), options), [name, billing]);
      };
      const nothing = await ask("nothing", "nowhere");
      expect([id, nothing.status]).toEqual([id, 403]);
      for (const other of [
        await ask("hello", "billing"),
        await ask("charge", "billing"),
        await ask("billing", "hello"),
      ])
        expect([id, other]).toEqual([id, nothing]);
    }
  });

  test("learns nothing of what another key's invocation came to", async () => {
    const { caller, namespaceId, key } = await start();
    const invoked = await caller.send("POST", "/api/v1/namespaces/_/actions/hello?blocking=true", {
      authorization: basic(key),
      json: {},
    });
    const { activationId } = JSON.parse(invoked.text);
    expect(activationId).toMatch(/^[0-9a-f]{32}$/);
    const narrow = basic(await caller.addKey(namespaceId, "narrow", { grants: ["invoke"] }));
    for (const part of ["", "/logs", "/result"]) {
      const ask = async (id: string, authorization = narrow) =>
        visible(await caller.send("GET", `/api/v1/namespaces/_/activations/${id}${part}`, { authorization }), [id]);
      expect((await ask(activationId, basic(key))).status).toBe(200);
      expect((await ask(activationId)).status).toBe(404);
      expect(await ask(activationId)).toEqual(await ask(NO_ACTIVATION));
    }
  });
});

test("an unknown key id and a wrong secret get the same answer, byte for byte but for the request's id", async () => {
  const { caller, key, keyElsewhere, namespaceId } = await start();
  const deleted = await caller.addKey(namespaceId, "deleted");
  await caller.removeKey(namespaceId, deleted.id);
  const ask = async (id: string) => visible(await caller.connect({ id, secret: keyElsewhere.secret }), []);
  const unknown = await ask(NO_KEY);
  expect(unknown.status).toBe(401);
  expect(await ask(key.id)).toEqual(unknown);
  expect(await ask(deleted.id)).toEqual(unknown);
  expect(visible(await caller.connect({ id: "x", secret: "y" }), [])).toEqual(unknown);
});

test("every wrong token gets the same answer", async () => {
  const { caller, token } = await start();
  const ask = async (given: string) =>
    visible(await caller.send("GET", "/v2/functions/namespaces", { authorization: bearer(given) }), []);
  const unknown = await ask(`dop_v1_${"0".repeat(64)}`);
  expect(unknown.status).toBe(401);
  expect(await ask(token.slice(0, -1))).toEqual(unknown);
  expect(await ask("x")).toEqual(unknown);
});
