import { expect, test } from "vitest";
import { createInstantRuntime } from "../../../test/instant-runtime.ts";
import { ECHO, principal, startTestFunctions } from "../../../test/start-test-functions.ts";
import { MOST_TOUCHES, TOUCHES_KEPT_MS } from "../model/touches.ts";

const start = () => startTestFunctions({ runtime: createInstantRuntime() });
const KEY = "dof_v1_1";

test("what a key was used for is known: deployed, invoked, deleted, when last and how often", async () => {
  const { put, post, delete: remove, functions, clock } = await start();
  const begin = clock.now();
  await put("/_/actions/hello", ECHO);
  await put("/_/packages/billing", {});
  await put("/_/actions/billing/charge", ECHO);
  clock.advance(1000);
  await post("/_/actions/billing/charge?blocking=true", {});
  await post("/_/actions/billing/charge", {});
  clock.advance(1000);
  await remove("/_/actions/hello");
  expect((await functions.touchesOf([KEY], begin)).get(KEY)).toEqual([
    { kind: "delete", path: "hello", lastAt: begin + 2000, count: 1 },
    { kind: "invoke", path: "billing/charge", lastAt: begin + 1000, count: 2 },
    { kind: "deploy", path: "billing/charge", lastAt: begin, count: 1 },
    { kind: "deploy", path: "hello", lastAt: begin, count: 1 },
  ]);
});

test("each key is told apart, and what is asked for may begin later", async () => {
  const { put, as, functions, clock } = await start();
  const other = as(principal(["full"], "dof_v1_2"));
  await put("/_/actions/mine", ECHO);
  clock.advance(1000);
  await other.put("/_/actions/theirs", ECHO);
  const touches = await functions.touchesOf([KEY, "dof_v1_2", "dof_v1_3"], clock.now());
  expect([...touches.keys()]).toEqual(["dof_v1_2"]);
});

test("what was refused or does not exist is not touched", async () => {
  const { put, post, as, functions } = await start();
  await put("/_/actions/hello", ECHO);
  const reader = as(principal(["read"], "dof_v1_2"));
  expect((await reader.post("/_/actions/hello", {})).status).toBe(403);
  expect((await reader.delete("/_/actions/hello")).status).toBe(403);
  expect((await post("/_/actions/nothing", {})).status).toBe(404);
  expect((await put("/_/actions/hello", ECHO)).status).toBe(409);
  const touches = await functions.touchesOf([KEY, "dof_v1_2"], 0);
  expect([...touches].map(([id, list]) => [id, list.map(({ kind, path, count }) => [kind, path, count])])).toEqual([
    [KEY, [["deploy", "hello", 1]]],
  ]);
});

test("deleting a package with all that is in it touches each function in it", async () => {
  const { put, delete: remove, functions } = await start();
  await put("/_/packages/billing", {});
  await put("/_/actions/billing/charge", ECHO);
  await put("/_/actions/billing/refund", ECHO);
  await remove("/_/packages/billing?force=true");
  const touches = (await functions.touchesOf([KEY], 0)).get(KEY) ?? [];
  expect(touches.filter(({ kind }) => kind === "delete").map(({ path }) => path)).toEqual([
    "billing/charge",
    "billing/refund",
  ]);
});

test("through a binding it is the function itself that is touched", async () => {
  const { put, post, functions } = await start();
  await put("/_/packages/billing", {});
  await put("/_/actions/billing/charge", ECHO);
  await put("/_/packages/bound", { binding: { namespace: "_", name: "billing" } });
  await post("/_/actions/bound/charge?blocking=true", {});
  const touches = (await functions.touchesOf([KEY], 0)).get(KEY) ?? [];
  expect(touches.filter(({ kind }) => kind === "invoke").map(({ path }) => path)).toEqual(["billing/charge"]);
});

test("after 30 days it is forgotten, unless it happened again", async () => {
  const { put, functions, clock } = await start();
  await put("/_/actions/once", ECHO);
  await put("/_/actions/again", ECHO);
  await functions.touchesOf([KEY], 0);
  clock.advance(TOUCHES_KEPT_MS);
  await put("/_/actions/again?overwrite=true", ECHO);
  clock.advance(1);
  await functions.forgetOld();
  const touches = (await functions.touchesOf([KEY], 0)).get(KEY) ?? [];
  expect(touches.map(({ path, count }) => [path, count])).toEqual([["again", 2]]);
});

test("of a key that touches ever more the latest are kept", async () => {
  const { functions, store, clock, put } = await start();
  const insert =
    "INSERT INTO access_key_touches (access_key_id, kind, path, last_at, count) VALUES (?, 'invoke', ?, ?, 1)";
  for (let at = 0; at < MOST_TOUCHES; at += 1) store.activity.write(insert, [KEY, `f${at}`, clock.now() + at]);
  clock.advance(MOST_TOUCHES);
  await put("/_/actions/hello", ECHO);
  const touches = (await functions.touchesOf([KEY], 0)).get(KEY) ?? [];
  expect(touches).toHaveLength(MOST_TOUCHES);
  expect(touches[0]?.path).toBe("hello");
  expect(touches.at(-1)?.path).toBe("f1");
});
