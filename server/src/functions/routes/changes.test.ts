import { beforeEach, describe, expect, test } from "vitest";
import { principal, source, startTestFunctions, type TestFunctions } from "../../../test/start-test-functions.ts";

let t: TestFunctions;
beforeEach(async () => {
  t = await startTestFunctions();
  await t.put("/_/actions/there", source("1"));
  await t.put("/_/packages/pack", {});
  await t.put("/_/triggers/tick", {});
  await t.put("/_/rules/rule", { trigger: "/_/tick", action: "/_/there" });
});

const sequence = { exec: { kind: "sequence", components: ["/_/there"] } };
const rule = { trigger: "/_/tick", action: "/_/there" };
const binding = { binding: { namespace: "_", name: "pack" } };

describe("what somebody may no longer do when its turn comes does not happen, though they could when they asked:", () => {
  test.each<[method: "put" | "post" | "delete", path: string, body: object | undefined, left: string]>([
    ["put", "/_/actions/a", source("1"), "read"],
    ["put", "/_/actions/pack/a", source("1"), "deploy:other/*"],
    ["put", "/_/actions/s", sequence, "deploy:s"],
    ["put", "/_/actions/c", source("1", { annotations: [{ key: "conductor", value: true }] }), "deploy:c"],
    ["delete", "/_/actions/there", undefined, "invoke"],
    ["put", "/_/packages/new", {}, "read"],
    ["put", "/_/packages/bound", binding, "deploy:bound/*"],
    ["delete", "/_/packages/pack", undefined, "read"],
    ["put", "/_/triggers/new", {}, "read"],
    ["delete", "/_/triggers/tick", undefined, "read"],
    ["put", "/_/rules/new", rule, "read"],
    ["put", "/_/rules/new", rule, "deploy:new"],
    ["post", "/_/rules/rule", { status: "inactive" }, "read"],
    ["delete", "/_/rules/rule", undefined, "read"],
  ])("%s %s %j, with %s left", async (method, path, body, left) => {
    const asked = t.as(principal(["full"], "dof_v1_demoted"));
    const lists = ["/_/actions", "/_/packages", "/_/triggers", "/_/rules", "/_/rules/rule"];
    const everything = async () => (await Promise.all(lists.map(t.get))).map((answer) => answer.body);
    const before = await everything();
    t.as(principal([left], "dof_v1_demoted"));
    expect((await asked[method](path, body)).status).toBe(403);
    expect(await everything()).toEqual(before);
    t.as(principal(["full"], "dof_v1_demoted"));
    expect((await asked[method](path, body)).status).toBe(200);
  });
});
