import { describe, expect, test } from "vitest";
import { createInstantRuntime } from "../../../test/instant-runtime.ts";
import {
  ECHO,
  NAMESPACE,
  OTHER_NAMESPACE,
  principal,
  startTestFunctions,
  type TestCaller,
} from "../../../test/start-test-functions.ts";

const names = (body: { name: string }[]) => body.map(({ name }) => name).sort();

/** Two packages, one action in each and one in none, and an activation of each by somebody with a full key. */
async function start() {
  const t = await startTestFunctions({ runtime: createInstantRuntime() });
  for (const name of ["billing", "mail"]) await t.put(`/_/packages/${name}`, {});
  const activations = new Map<string, string>();
  for (const action of ["billing/run", "mail/send", "plain"]) {
    await t.put(`/_/actions/${action}`, ECHO);
    const { body } = await t.post(`/_/actions/${action}?blocking=true`);
    activations.set(action, body.activationId);
  }
  return { ...t, activationOf: (action: string) => activations.get(action) ?? "" };
}

const ROUTES: Record<string, (caller: TestCaller) => Promise<{ status: number }>> = {
  "list actions": ({ get }) => get("/_/actions"),
  "list a package's actions": ({ get }) => get("/_/actions/billing/"),
  "get an action": ({ get }) => get("/_/actions/billing/run"),
  "put an action": ({ put }) => put("/_/actions/billing/new?overwrite=true", ECHO),
  "delete an action": ({ delete: remove }) => remove("/_/actions/billing/new"),
  "invoke an action": ({ post }) => post("/_/actions/billing/run"),
  "list packages": ({ get }) => get("/_/packages"),
  "get a package": ({ get }) => get("/_/packages/billing"),
  "put a package": ({ put }) => put("/_/packages/billing?overwrite=true", {}),
  "list activations": ({ get }) => get("/_/activations"),
};

const FULL = Object.fromEntries(Object.keys(ROUTES).map((name) => [name, name === "invoke an action" ? 202 : 200]));
const NONE = Object.fromEntries(Object.keys(ROUTES).map((name) => [name, 403]));
const READ = {
  "list actions": 200,
  "list a package's actions": 200,
  "get an action": 200,
  "list packages": 200,
  "get a package": 200,
};
const DEPLOY = { ...READ, "put an action": 200, "delete an action": 200, "put a package": 200 };
const INVOKE = { "invoke an action": 202, "list activations": 200 };

describe("what a key may do", () => {
  test.each([
    { grants: ["full"], may: FULL },
    { grants: ["read", "invoke", "deploy"], may: FULL },
    { grants: ["read"], may: { ...READ, "list activations": 200 } },
    { grants: ["deploy"], may: DEPLOY },
    { grants: ["invoke"], may: INVOKE },
    { grants: ["read:billing/*"], may: { ...READ, "list activations": 200 } },
    { grants: ["deploy:billing/*"], may: DEPLOY },
    { grants: ["invoke:billing/*"], may: INVOKE },
    { grants: ["invoke:*/run"], may: INVOKE },
    {
      grants: ["read:billing/run"],
      may: {
        "list actions": 200,
        "list a package's actions": 200,
        "get an action": 200,
        "list packages": 200,
        "list activations": 200,
      },
    },
    {
      grants: ["deploy:billing/new"],
      may: {
        "list actions": 200,
        "put an action": 200,
        "delete an action": 200,
        "list packages": 200,
      },
    },
    { grants: ["read:mail/*"], may: { "list actions": 200, "list packages": 200, "list activations": 200 } },
    {
      grants: ["deploy:mail/*", "invoke:mail/*"],
      may: { "list actions": 200, "list packages": 200, "list activations": 200 },
    },
    { grants: ["invoke:mail/*"], may: { "list activations": 200 } },
    { grants: [], may: {} },
  ])("with $grants is exactly that", async ({ grants, may }) => {
    const { as } = await start();
    const caller = as(principal(grants, "dof_v1_other"));
    const found: Record<string, number> = {};
    for (const [name, call] of Object.entries(ROUTES)) found[name] = (await call(caller)).status;
    expect(found).toEqual({ ...NONE, ...may });
  });

  test("is refused in words that name the function, whether it exists or not", async () => {
    const { as } = await start();
    const caller = as(principal(["invoke:mail/*"]));
    const refused = (path: string) => ({
      status: 403,
      body: { error: `The supplied authentication is not authorized to access '${NAMESPACE}/${path}'.` },
    });
    for (const path of ["billing/run", "billing/none", "none/none", "plain", "none"]) {
      expect(await caller.get(`/_/actions/${path}`)).toMatchObject(refused(path));
      expect(await caller.put(`/_/actions/${path}`, ECHO)).toMatchObject(refused(path));
      expect(await caller.delete(`/_/actions/${path}`)).toMatchObject(refused(path));
      expect(await caller.post(`/_/actions/${path}`)).toMatchObject(refused(path));
    }
    for (const name of ["billing", "none"]) {
      expect(await caller.get(`/_/packages/${name}`)).toMatchObject(refused(name));
      expect(await caller.put(`/_/packages/${name}`, {})).toMatchObject(refused(name));
      expect(await caller.delete(`/_/packages/${name}?force=true`)).toMatchObject(refused(name));
    }
  });
});

describe("lists show what the key may read, and nothing else", () => {
  test.each([
    { grants: ["read:billing/*"], actions: ["run"], packages: ["billing"] },
    { grants: ["read:mail/send", "read:plain"], actions: ["plain", "send"], packages: [] },
    { grants: ["deploy:billing/*", "invoke:mail/*"], actions: ["run"], packages: ["billing"] },
    { grants: ["read:b*"], actions: ["run"], packages: [] },
    { grants: ["read:nothing/*"], actions: [], packages: [] },
    { grants: ["read"], actions: ["plain", "run", "send"], packages: ["billing", "mail"] },
  ])("$grants", async ({ grants, actions, packages }) => {
    const { as } = await start();
    const { get } = as(principal(grants));
    expect(names((await get("/_/actions")).body)).toEqual(actions);
    expect((await get("/_/actions?count=true")).body).toEqual({ actions: actions.length });
    expect((await get("/_/actions?limit=1")).body).toHaveLength(Math.min(1, actions.length));
    expect((await get("/_/actions?skip=1")).body).toHaveLength(Math.max(0, actions.length - 1));
    expect(names((await get("/_/packages")).body)).toEqual(packages);
    expect((await get("/_/packages?count=true")).body).toEqual({ packages: packages.length });
  });

  test("a package without anything to see is refused as one that does not exist", async () => {
    const { as } = await start();
    const { get } = as(principal(["read:billing/*"]));
    for (const name of ["mail", "none", "plain"]) {
      expect(await get(`/_/actions/${name}/`)).toMatchObject({
        status: 403,
        body: { error: `The supplied authentication is not authorized to access '${NAMESPACE}/${name}'.` },
      });
    }
  });
});

describe("activations", () => {
  test.each([
    { grants: ["full"], sees: ["billing/run", "mail/send", "plain"] },
    { grants: ["read"], sees: ["billing/run", "mail/send", "plain"] },
    { grants: ["read:billing/*"], sees: ["billing/run"] },
    { grants: ["read:*l*"], sees: ["billing/run", "mail/send", "plain"] },
    { grants: ["read:plain", "read:mail/s*"], sees: ["mail/send", "plain"] },
    { grants: ["invoke"], sees: [] },
  ])("of others are seen with $grants: $sees", async ({ grants, sees }) => {
    const { as, activationOf, functions } = await start();
    const { get } = as(principal(grants, "dof_v1_other"));
    for (const when of ["in memory", "on disk"]) {
      if (when === "on disk") await functions.drain();
      expect((await get("/_/activations")).body).toHaveLength(sees.length);
      expect((await get("/_/activations?docs=true")).body).toHaveLength(sees.length);
      expect((await get("/_/activations?count=true")).body).toEqual({ activations: sees.length });
      for (const action of ["billing/run", "mail/send", "plain"]) {
        for (const part of ["", "/logs", "/result"]) {
          const { status } = await get(`/_/activations/${activationOf(action)}${part}`);
          expect({ action, part, status }).toEqual({ action, part, status: sees.includes(action) ? 200 : 404 });
        }
      }
    }
  });

  test("that a key caused itself it sees, and no other key's, although both may invoke alone", async () => {
    const { as } = await start();
    const mine = as(principal(["invoke:mail/*"], "dof_v1_mine"));
    const others = as(principal(["invoke"], "dof_v1_others"));
    const { activationId } = (await mine.post("/_/actions/mail/send?blocking=true")).body;
    expect((await mine.get(`/_/activations/${activationId}`)).status).toBe(200);
    expect((await mine.get("/_/activations?count=true")).body).toEqual({ activations: 1 });
    expect((await others.get(`/_/activations/${activationId}`)).status).toBe(404);
    expect((await others.get("/_/activations")).body).toEqual([]);
  });

  test("are nothing for a key that only deploys", async () => {
    const { as, activationOf } = await start();
    const { get } = as(principal(["deploy"]));
    const refused = {
      status: 403,
      body: { error: "The supplied authentication is not authorized to access this resource." },
    };
    expect(await get("/_/activations")).toMatchObject(refused);
    expect(await get(`/_/activations/${activationOf("plain")}`)).toMatchObject(refused);
    expect(await get(`/_/activations/${"0".repeat(32)}`)).toMatchObject(refused);
  });
});

describe("a binding opens nothing that the key may not have anyway", () => {
  const binding = { binding: { namespace: "_", name: "billing" } };

  test.each([
    { grants: ["full"], get: 200, post: 202 },
    { grants: ["read:mine/*", "invoke:mine/*"], get: 403, post: 403 },
    { grants: ["read:billing/*", "invoke:billing/*"], get: 403, post: 403 },
    { grants: ["read:mine/*", "read:billing/run", "invoke:mine/*"], get: 200, post: 403 },
    { grants: ["invoke:mine/*", "invoke:billing/*"], get: 403, post: 202 },
  ])("with $grants", async ({ grants, get, post }) => {
    const t = await start();
    await t.put("/_/packages/mine", binding);
    const caller = t.as(principal(grants));
    expect((await caller.get("/_/actions/mine/run")).status).toBe(get);
    expect((await caller.post("/_/actions/mine/run")).status).toBe(post);
  });

  test("and takes the right to read what it is bound to, whether that exists or not", async () => {
    const { as } = await start();
    const caller = as(principal(["deploy:mine/*"]));
    for (const name of ["billing", "none"]) {
      expect(await caller.put("/_/packages/mine", { binding: { namespace: "_", name } })).toMatchObject({
        status: 403,
        body: { error: `The supplied authentication is not authorized to access '${NAMESPACE}/${name}'.` },
      });
    }
    expect((await as(principal(["deploy:mine/*", "read:billing/*"])).put("/_/packages/mine", binding)).status).toBe(
      200,
    );
  });
});

describe("another namespace", () => {
  test.each([OTHER_NAMESPACE, "fn-does-not-exist", "guest"])(
    "%s is refused the same way whatever it is",
    async (other) => {
      const t = await start();
      const refused = (path: string | null) => ({
        status: 403,
        body: {
          error:
            path === null
              ? "The supplied authentication is not authorized to access this resource."
              : `The supplied authentication is not authorized to access '${other}/${path}'.`,
        },
      });
      for (const path of ["a", "p/a"]) {
        expect(await t.get(`/${other}/actions/${path}`)).toMatchObject(refused(path));
        expect(await t.put(`/${other}/actions/${path}`, ECHO)).toMatchObject(refused(path));
        expect(await t.delete(`/${other}/actions/${path}`)).toMatchObject(refused(path));
        expect(await t.post(`/${other}/actions/${path}`)).toMatchObject(refused(path));
      }
      expect(await t.get(`/${other}/packages/p`)).toMatchObject(refused("p"));
      expect(await t.put(`/${other}/packages/p`, {})).toMatchObject(refused("p"));
      expect(await t.delete(`/${other}/packages/p`)).toMatchObject(refused("p"));
      expect(await t.get(`/${other}/actions/p/`)).toMatchObject(refused("p"));
      const id = t.activationOf("plain");
      for (const part of ["", "/logs", "/result"]) {
        expect(await t.get(`/${other}/activations/${id}${part}`)).toMatchObject(refused(id));
      }
      for (const list of ["actions", "actions/", "activations", "activations/"]) {
        expect(await t.get(`/${other}/${list}`)).toMatchObject(refused(null));
      }
      // The packages that it shares: here, none.
      expect(await t.get(`/${other}/packages`)).toMatchObject({ status: 200, body: [] });
      expect(await t.get(`/${other}/packages/?count=true`)).toMatchObject({ status: 200, body: { packages: 0 } });
    },
  );

  test("sees nothing of what runs here", async () => {
    const t = await start();
    const stranger = t.as({ ...principal(), namespaceId: OTHER_NAMESPACE });
    expect((await stranger.get("/_/actions")).body).toEqual([]);
    expect((await stranger.get("/_/activations")).body).toEqual([]);
    expect((await stranger.get(`/_/activations/${t.activationOf("plain")}`)).status).toBe(404);
    expect((await stranger.get("/_/actions/plain")).status).toBe(404);
    await t.functions.drain();
    expect((await stranger.get("/_/activations?count=true")).body).toEqual({ activations: 0 });
    expect((await stranger.get(`/_/activations/${t.activationOf("plain")}`)).status).toBe(404);
  });
});
