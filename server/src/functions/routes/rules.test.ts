import { describe, expect, test } from "vitest";
import { createInstantRuntime } from "../../../test/instant-runtime.ts";
import { ECHO, NAMESPACE, OTHER_NAMESPACE, startTestFunctions } from "../../../test/start-test-functions.ts";

async function start() {
  const t = await startTestFunctions({ runtime: createInstantRuntime() });
  await t.put("/_/packages/p", {});
  await t.put("/_/actions/p/a", ECHO);
  await t.put("/_/actions/a", ECHO);
  await t.put("/_/triggers/t", {});
  await t.put("/_/triggers/u", {});
  return t;
}

const AT = { trigger: { path: NAMESPACE, name: "t" }, action: { path: `${NAMESPACE}/p`, name: "a" } };
const SHOWN = {
  namespace: NAMESPACE,
  name: "r",
  version: "0.0.1",
  publish: false,
  annotations: [],
  status: "active",
  ...AT,
};
const NAMED = { trigger: "/_/t", action: "/_/p/a" };

test.each([
  { what: "names with _", body: NAMED },
  { what: "names in full", body: { trigger: `/${NAMESPACE}/t`, action: `/${NAMESPACE}/p/a` } },
  { what: "names without a slash in front", body: { trigger: `${NAMESPACE}/t`, action: `${NAMESPACE}/p/a` } },
  { what: "names in parts", body: AT },
])("is created by $what, active, and known to its trigger", async ({ body }) => {
  const t = await start();
  const created = await t.put("/_/rules/r", body);
  expect(created).toMatchObject({ status: 200 });
  expect(created.body).toEqual({ ...SHOWN, updated: t.clock.now() });
  expect((await t.get("/_/rules/r")).body).toEqual(created.body);
  expect((await t.get("/_/triggers/t")).body.rules).toEqual({
    [`${NAMESPACE}/r`]: { action: AT.action, status: "active" },
  });
  const { status: _status, ...listed } = created.body;
  expect((await t.get("/_/rules")).body).toEqual([listed]);
  expect((await t.get("/_/rules/?count=true")).body).toEqual({ rules: 1 });
  expect((await t.put("/_/rules/r", body)).status).toBe(409);
});

test.each([
  { body: {}, error: "rule requires a valid trigger and a valid action" },
  { body: { trigger: "/_/t" }, error: "rule requires a valid trigger and a valid action" },
  { body: { trigger: "/_/none", action: "/_/a" }, error: `trigger /${NAMESPACE}/none does not exist` },
  { body: { trigger: "/_/a", action: "/_/a" }, error: `trigger /${NAMESPACE}/a does not exist` },
  { body: { trigger: "/_/t", action: "/_/none" }, error: `action /${NAMESPACE}/none does not exist` },
  { body: { trigger: "/_/t", action: "/_/t" }, error: `action /${NAMESPACE}/t does not exist` },
  { body: { trigger: "/_/t", action: "/_/p/none" }, error: `action /${NAMESPACE}/p/none does not exist` },
  { body: { trigger: "t", action: "/_/a" }, error: expect.stringContaining("must contain at least the namespace") },
  { body: { trigger: 7, action: "/_/a" }, error: expect.stringContaining("malformed") },
])("with $body is a 400 that says why", async ({ body, error }) => {
  const t = await start();
  expect(await t.put("/_/rules/r", body)).toMatchObject({ status: 400, body: { error } });
  expect((await t.get("/_/rules")).body).toEqual([]);
});

test("joins nothing of another namespace", async () => {
  const t = await start();
  expect((await t.put("/_/rules/r", { ...NAMED, trigger: `/${OTHER_NAMESPACE}/t` })).status).not.toBe(200);
  expect((await t.put("/_/rules/r", { ...NAMED, action: `/${OTHER_NAMESPACE}/a` })).status).toBe(403);
  expect((await t.put("/_/rules/r", { ...NAMED, action: "/guest/a" })).status).toBe(403);
});

test("is changed in part, and keeps its status", async () => {
  const t = await start();
  await t.put("/_/rules/r", NAMED);
  await t.post("/_/rules/r", { status: "inactive" });
  const moved = await t.put("/_/rules/r?overwrite=true", { trigger: "/_/u" });
  expect(moved.body).toMatchObject({ version: "0.0.2", status: "inactive", trigger: { name: "u" }, action: AT.action });
  expect((await t.get("/_/triggers/t")).body).not.toHaveProperty("rules");
  expect((await t.get("/_/triggers/u")).body.rules).toMatchObject({ [`${NAMESPACE}/r`]: { status: "inactive" } });
});

describe("its status", () => {
  test("is set as often as anybody likes, with nothing in the answer", async () => {
    const t = await start();
    await t.put("/_/rules/r", NAMED);
    for (const status of ["inactive", "inactive", "active", "active"]) {
      expect(await t.post("/_/rules/r", { status })).toMatchObject({ status: 200, body: undefined });
      expect((await t.get("/_/rules/r")).body).toMatchObject({ status, version: "0.0.1" });
    }
    for (const body of [{}, { status: "on" }, { status: null }, undefined]) {
      expect((await t.post("/_/rules/r", body)).status).toBe(400);
    }
    expect((await t.post("/_/rules/none", { status: "active" })).status).toBe(404);
  });

  test("is inactive once its trigger is gone, until it is activated with another of that name", async () => {
    const t = await start();
    await t.put("/_/rules/r", NAMED);
    expect((await t.delete("/_/triggers/t")).body.rules).toBeDefined();
    expect((await t.get("/_/rules/r")).body).toMatchObject({ status: "inactive", trigger: AT.trigger });
    expect(await t.post("/_/rules/r", { status: "active" })).toMatchObject({
      status: 404,
      body: { error: "Only rules with existing triggers can be activated" },
    });
    expect((await t.post("/_/rules/r", { status: "inactive" })).status).toBe(200);

    await t.put("/_/triggers/t", {});
    expect((await t.get("/_/triggers/t")).body).not.toHaveProperty("rules");
    expect((await t.post("/_/triggers/t")).status).toBe(204);
    expect((await t.post("/_/rules/r", { status: "active" })).status).toBe(200);
    expect((await t.get("/_/triggers/t")).body.rules).toMatchObject({ [`${NAMESPACE}/r`]: { status: "active" } });
    expect((await t.post("/_/triggers/t")).status).toBe(202);
  });

  test("is inactive in the answer to its deletion", async () => {
    const t = await start();
    await t.put("/_/rules/r", NAMED);
    expect((await t.delete("/_/rules/r")).body).toEqual({ ...SHOWN, status: "inactive", updated: t.clock.now() });
    expect((await t.get("/_/rules/r")).status).toBe(404);
    expect((await t.get("/_/triggers/t")).body).not.toHaveProperty("rules");
  });
});
