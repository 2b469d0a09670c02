import { describe, expect, test } from "vitest";
import { createInstantRuntime, outcome } from "../../../test/instant-runtime.ts";
import { ECHO, NAMESPACE, source, startTestFunctions } from "../../../test/start-test-functions.ts";
import type { ActionToRun } from "../../runtime/index.ts";
import { DEFAULT_LIMITS } from "../model/limits.ts";
import { parseEntityName } from "../model/names.ts";
import { createCatalog } from "./catalog.ts";

/** The data plane over a runtime that remembers what it was asked to run and to let go of. */
async function start() {
  const ran: ActionToRun[] = [];
  const retired: string[] = [];
  const runtime = {
    ...createInstantRuntime(async (action) => {
      ran.push(action);
      return outcome({ code: await action.loadCode() });
    }),
    retire: (_namespaceId: string, qualifiedName: string) => void retired.push(qualifiedName),
  };
  const t = await startTestFunctions({ runtime });
  const run = async (action: string) => {
    const { status, body } = await t.post(`/_/actions/${action}?blocking=true&result=true`);
    return status === 200 ? body.code : status;
  };
  return { ...t, ran, retired, run };
}

describe("what an invocation runs is what is committed", () => {
  test.each([
    { what: "its code", change: ["/_/actions/p/a", source("2;")] as const },
    { what: "its parameters", change: ["/_/actions/p/a", { parameters: [{ key: "x", value: 2 }] }] as const },
    { what: "its package", change: ["/_/packages/p", { parameters: [{ key: "x", value: 2 }] }] as const },
  ])("after a change of $what it is a new revision, and processes of the old one are let go", async ({ change }) => {
    const { put, run, ran, retired } = await start();
    await put("/_/packages/p", {});
    await put("/_/actions/p/a", source("1;"));
    await run("p/a");
    await run("p/a");
    expect(new Set(ran.map(({ revision }) => revision)).size).toBe(1);
    expect(retired).toEqual([]);
    await put(`${change[0]}?overwrite=true`, change[1]);
    expect(retired).toEqual([`/${NAMESPACE}/p/a`]);
    await run("p/a");
    expect(new Set(ran.map(({ revision }) => revision)).size).toBe(2);
  });

  test("after a change of the binding it was named through, too", async () => {
    const { put, run, ran } = await start();
    await put("/_/packages/p", {});
    await put("/_/packages/b", { binding: { namespace: "_", name: "p" } });
    await put("/_/actions/p/a", ECHO);
    await run("b/a");
    await put("/_/packages/b?overwrite=true", { parameters: [{ key: "V", value: "x", init: true }] });
    await run("b/a");
    await run("p/a");
    expect(new Set(ran.map(({ revision }) => revision)).size).toBe(3);
    expect(ran.map(({ environment }) => environment)).toEqual([{}, { V: "x" }, {}]);
  });

  test("although another process committed it", async () => {
    const { put, run, stranger } = await start();
    await put("/_/actions/a", source("1;"));
    expect(await run("a")).toBe("1;");
    // Nobody else commits between two steps of one turn of this process.
    const commit = async (sql: string) => {
      stranger.exec(sql);
      await new Promise((resolve) => setImmediate(resolve));
    };
    await commit(`
      BEGIN IMMEDIATE;
      INSERT INTO function_code VALUES ('new', '2;');
      UPDATE entities SET code_id = 'new', revision = 'new' WHERE name = 'a';
      UPDATE change_counter SET last_seq = last_seq + 1;
      INSERT INTO changes SELECT last_seq, 'function', '${NAMESPACE}/a', 0 FROM change_counter;
      COMMIT`);
    expect(await run("a")).toBe("2;");
    // Somebody's tool that knows nothing of the change feed.
    await commit("UPDATE function_code SET code = '3;' WHERE id = 'new'; UPDATE entities SET revision = 'newer'");
    expect(await run("a")).toBe("3;");
  });

  test("so after a deletion nothing runs, and after another creation the new one", async () => {
    const { put, run, delete: remove } = await start();
    await put("/_/actions/a", source("1;"));
    await run("a");
    await remove("/_/actions/a");
    expect(await run("a")).toBe(404);
    await put("/_/actions/a", source("2;"));
    expect(await run("a")).toBe("2;");
  });

  test("and a deleted namespace's functions are let go", async () => {
    const { put, run, store, functions, retired } = await start();
    await put("/_/actions/a", source("1;"));
    await run("a");
    await store.transaction(async (tx) => {
      await functions.removeNamespace(tx, NAMESPACE);
      await tx.updateTable("change_counter").set({ last_seq: 99 }).execute();
      await tx.insertInto("changes").values({ seq: 99, kind: "namespace", target_id: NAMESPACE, at: 0 }).execute();
    });
    expect(await run("a")).toBe(404);
    expect(retired).toEqual([`/${NAMESPACE}/a`]);
  });
});

test("code is read only when a process is started for it", async () => {
  let cold = true;
  const runtime = createInstantRuntime(async (action) => outcome({ code: cold ? await action.loadCode() : "warm" }));
  const { put, post, store } = await startTestFunctions({ runtime });
  await put("/_/actions/a", source("1;"));
  const run = async () => (await post("/_/actions/a?blocking=true&result=true")).body;
  expect(await run()).toEqual({ code: "1;" });
  cold = false;
  await store.db.schema.alterTable("function_code").renameTo("elsewhere").execute();
  expect(await run()).toEqual({ code: "warm" });
});

test.each([
  { limit: 0, kept: 0 },
  { limit: 1, kept: 262_144 },
  { limit: 10, kept: 262_144 },
])(
  "of logs, the action's own limit is kept as far as the operator's reaches: $limit MB, $kept bytes",
  async ({ limit, kept }) => {
    const { put, run, ran } = await start();
    await put("/_/actions/a", { ...ECHO, limits: { logs: limit } });
    await run("a");
    expect(ran[0]?.limits).toEqual({ timeoutMs: 3000, memoryMb: 256, logsBytes: kept });
  },
);

test("actions are kept ready in memory, the newest as far as a bounded memory reaches", async () => {
  const { put, store } = await start();
  const catalog = createCatalog({
    committed: store.committed,
    runtime: createInstantRuntime(),
    limits: DEFAULT_LIMITS,
    apiHost: () => "",
  });
  const runnable = (name: string) =>
    catalog.runnable({ namespaceId: NAMESPACE, packageName: "", name: parseEntityName(name) }, NAMESPACE);
  await put("/_/actions/first", ECHO);
  const first = runnable("first");
  expect(runnable("first")).toBe(first);

  const large = { ...ECHO, annotations: [{ key: "k", value: "x".repeat(1_000_000) }] };
  for (let index = 0; index < 20; index += 1) {
    await put(`/_/actions/large${index}`, large);
    runnable(`large${index}`);
  }
  // Every PUT is a change; none of them is one of `first`.
  expect(runnable("first")).not.toBe(first);
  expect(runnable("large19")).toBe(runnable("large19"));
});
