import { describe, expect, test } from "vitest";
import { createInstantRuntime, outcome } from "../../../test/instant-runtime.ts";
import {
  NAMESPACE,
  OTHER_NAMESPACE,
  principal,
  source,
  startTestFunctions,
} from "../../../test/start-test-functions.ts";
import type { ActionToRun } from "../../runtime/index.ts";

const SECRET = "a secret of the provider's";

/**
 * A namespace that shares the package `shared`, and keeps `kept` to itself; and somebody of another one. Actions give back what they
 * are called with.
 */
async function start() {
  const runs: (ActionToRun & { hasKey: boolean })[] = [];
  const runtime = createInstantRuntime(async (action, { value, apiKey }) => {
    await action.loadCode();
    runs.push({ ...action, hasKey: apiKey !== null });
    return outcome(value);
  });
  const t = await startTestFunctions({ runtime });
  for (const [name, publish] of [
    ["shared", true],
    ["kept", false],
  ] as const) {
    await t.put(`/_/packages/${name}`, { publish, parameters: [{ key: "url", value: SECRET }] });
    const annotations = [
      { key: "require-whisk-auth", value: SECRET },
      { key: "description", value: "for all" },
    ];
    await t.put(`/_/actions/${name}/a`, source(`"${SECRET}"`, { annotations }));
  }
  await t.put("/_/actions/plain", source("1;", { publish: true }));
  const other = (grants: string[] = ["full"], keyId = "dof_v1_other") =>
    t.as({ ...principal(grants, keyId), namespaceId: OTHER_NAMESPACE });
  return { ...t, runs, other };
}

describe("a package that its namespace shares", () => {
  test("is seen by every other, without what it is configured with", async () => {
    const t = await start();
    const other = t.other();
    const listed = await other.get(`/${NAMESPACE}/packages`);
    expect(listed.body).toMatchObject([{ namespace: NAMESPACE, name: "shared", publish: true }]);
    expect((await other.get(`/${NAMESPACE}/packages?count=true`)).body).toEqual({ packages: 1 });
    const shown = await other.get(`/${NAMESPACE}/packages/shared`);
    expect(shown.body).toMatchObject({ name: "shared", parameters: [], actions: [{ name: "a" }] });
    const actions = await other.get(`/${NAMESPACE}/actions/shared/`);
    expect(actions.body).toMatchObject([{ name: "a", annotations: [{ key: "description" }, {}, {}] }]);
    for (const { body } of [listed, shown, actions]) expect(JSON.stringify(body)).not.toContain(SECRET);
  });

  test("is run by every other, for that other namespace, in a process of its own", async () => {
    const t = await start();
    const answer = await t.other().post(`/${NAMESPACE}/actions/shared/a?blocking=true`, { n: 1 });
    expect(answer.body).toMatchObject({ namespace: OTHER_NAMESPACE, response: { result: { n: 1, url: SECRET } } });
    expect(answer.body.annotations).toContainEqual({ key: "path", value: `${NAMESPACE}/shared/a` });
    await t.post("/_/actions/shared/a?blocking=true");
    expect(t.runs.map(({ namespaceId }) => namespaceId)).toEqual([OTHER_NAMESPACE, NAMESPACE]);
    expect((await t.other().get(`/_/activations/${answer.body.activationId}`)).status).toBe(200);
    expect((await t.get(`/_/activations/${answer.body.activationId}`)).status).toBe(404);
  });

  test("is not read by any other: its code and parameters are its namespace's own", async () => {
    const t = await start();
    for (const query of ["", "?code=false"]) {
      expect((await t.other().get(`/${NAMESPACE}/actions/shared/a${query}`)).status).toBe(403);
    }
  });

  test("is not changed by any other", async () => {
    const t = await start();
    const other = t.other();
    expect((await other.put(`/${NAMESPACE}/actions/shared/a?overwrite=true`, source("2;"))).status).toBe(403);
    expect((await other.delete(`/${NAMESPACE}/actions/shared/a`)).status).toBe(403);
    expect((await other.put(`/${NAMESPACE}/packages/shared?overwrite=true`, {})).status).toBe(403);
    expect((await other.delete(`/${NAMESPACE}/packages/shared?force=true`)).status).toBe(403);
  });

  test("is bound by every other, and run by the binding's name", async () => {
    const t = await start();
    const other = t.other();
    const binding = { namespace: NAMESPACE, name: "shared" };
    const bound = await other.put("/_/packages/mine", { binding, parameters: [{ key: "who", value: "me" }] });
    expect(bound).toMatchObject({ status: 200, body: { binding } });
    const answer = await other.post("/_/actions/mine/a?blocking=true");
    expect(answer.body).toMatchObject({ namespace: OTHER_NAMESPACE, response: { result: { url: SECRET, who: "me" } } });
    expect(answer.body.annotations).toContainEqual({ key: "binding", value: `${OTHER_NAMESPACE}/mine` });
    const shown = await other.get("/_/packages/mine");
    expect(shown.body).toMatchObject({ parameters: [{ key: "who" }], actions: [{ name: "a" }], binding });
    expect(JSON.stringify(shown.body)).not.toContain(SECRET);
    expect((await other.get("/_/actions/mine/a")).status).toBe(403);
    const invoke = t.other(["invoke:mine/*"], "dof_v1_bound");
    expect((await invoke.post("/_/actions/mine/a?blocking=true")).status).toBe(200);
  });

  test("is a part of others' sequences", async () => {
    const t = await start();
    const other = t.other();
    const exec = { kind: "sequence", components: [`/${NAMESPACE}/shared/a`] };
    expect((await other.put("/_/actions/s", { exec })).status).toBe(200);
    const { body } = await other.post("/_/actions/s?blocking=true");
    expect(body.response.result).toEqual({ url: SECRET });
    expect(await other.put("/_/actions/s2", { exec: { ...exec, components: [`/${NAMESPACE}/kept/a`] } })).toMatchObject(
      {
        status: 403,
      },
    );
  });

  test("gets nothing of its callers' rights: neither a key, nor to say what else runs", async () => {
    const t = await start();
    const annotations = ["provide-api-key", "conductor"].map((key) => ({ key, value: true }));
    await t.put("/_/actions/shared/a?overwrite=true", { annotations });
    const asked = { action: "victim", params: {} };
    await t.other().put("/_/actions/victim", source("1;"));
    await t.other().put("/_/packages/mine", { binding: { namespace: NAMESPACE, name: "shared" } });
    for (const path of [`/${NAMESPACE}/actions/shared/a`, "/_/actions/mine/a"]) {
      const { body } = await t.other().post(`${path}?blocking=true`, asked);
      expect(body.response.result).toMatchObject(asked);
    }
    expect(t.runs.map(({ hasKey }) => hasKey)).toEqual([false, false]);
    await t.post("/_/actions/shared/a?blocking=true");
    expect(t.runs.at(-1)?.hasKey).toBe(true);
  });

  test("is shared no more from the next call on", async () => {
    const t = await start();
    const other = t.other();
    await other.put("/_/packages/mine", { binding: { namespace: NAMESPACE, name: "shared" } });
    const [direct, bound] = [`/${NAMESPACE}/actions/shared/a?blocking=true`, "/_/actions/mine/a?blocking=true"];
    for (const path of [direct, bound]) expect((await other.post(path)).status).toBe(200);
    await t.put("/_/packages/shared?overwrite=true", { publish: false });
    for (const path of [direct, bound]) expect((await other.post(path)).status).toBe(403);
    expect((await other.get(`/${NAMESPACE}/packages`)).body).toEqual([]);
    await t.put("/_/packages/shared?overwrite=true", { publish: true });
    for (const path of [direct, bound]) expect((await other.post(path)).status).toBe(200);
  });
});

test("what is not shared is refused in the same words as what is not there", async () => {
  const t = await start();
  const other = t.other();
  const error = async (answer: Promise<{ status: number; body: { error: string } }>) => {
    const { status, body } = await answer;
    return [status, body.error.replaceAll(/kept|none|plain/g, "x")];
  };
  for (const [there, absent] of [
    ["actions/kept/a", "actions/none/a"],
    ["actions/kept/none", "actions/none/none"],
    ["actions/plain", "actions/none"],
  ]) {
    expect(await error(other.post(`/${NAMESPACE}/${there}`))).toEqual(
      await error(other.post(`/${NAMESPACE}/${absent}`)),
    );
    expect((await other.post(`/${NAMESPACE}/${there}`)).status).toBe(403);
  }
  for (const path of ["packages/", "actions/"]) {
    const slash = path === "actions/" ? "/" : "";
    const [there, absent] = ["kept", "none"].map((name) => error(other.get(`/${NAMESPACE}/${path}${name}${slash}`)));
    expect(await there).toEqual(await absent);
  }
  const bind = (name: string) => other.put("/_/packages/mine", { binding: { namespace: NAMESPACE, name } });
  expect(await error(bind("kept"))).toEqual(await error(bind("none")));
  expect((await bind("kept")).status).toBe(403);
});

test("a key that is limited to names of its own namespace runs nothing of another, whatever that is called", async () => {
  const t = await start();
  for (const grants of [["invoke:shared/*"], ["invoke:*/a"], ["read"], ["deploy"]]) {
    const key = t.other(grants, `dof_v1_${grants}`);
    expect((await key.post(`/${NAMESPACE}/actions/shared/a`)).status).toBe(403);
  }
  expect((await t.other(["invoke"], "dof_v1_all").post(`/${NAMESPACE}/actions/shared/a`)).status).toBe(202);
  expect((await t.other(["invoke"], "dof_v1_all").get(`/${NAMESPACE}/packages`)).status).toBe(403);
});

test("a key that reads a package of its own does not see what came of another namespace's of that name", async () => {
  const t = await start();
  const other = t.other();
  const { body } = await other.post(`/${NAMESPACE}/actions/shared/a?blocking=true`);
  const reader = t.other(["read:shared/*"], "dof_v1_reader");
  expect((await reader.get(`/_/activations/${body.activationId}`)).status).toBe(404);
  await t.functions.drain();
  expect((await reader.get("/_/activations")).body).toEqual([]);
  expect((await t.other(["read"], "dof_v1_all").get("/_/activations")).body).toHaveLength(1);
});
