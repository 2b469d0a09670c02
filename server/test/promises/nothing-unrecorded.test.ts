import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { ALL_ROUTES } from "@latchkey/contract/all-routes";
import { describe, expect, onTestFinished, test } from "vitest";
import { basic, createCaller, type HeldKey } from "../caller.ts";
import { addToken } from "../people.ts";
import { startTestLatchkey } from "../start-test-latchkey.ts";
import { buildWorld, MUTATIONS, makeRoom, NOT_MUTATIONS } from "./mutations.ts";

type Row = Record<string, SQLOutputValue>;

async function start() {
  const latchkey = await startTestLatchkey();
  const world = await buildWorld(createCaller(latchkey.url, latchkey.token));
  const database = new DatabaseSync(latchkey.folder.database);
  onTestFinished(() => database.close());
  const entries = (): Row[] => database.prepare("SELECT * FROM audit_entries ORDER BY seq").all();
  /** Everything that is in the database, table by table. */
  const everything = () => {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
    return Object.fromEntries(tables.map(({ name }) => [name, database.prepare(`SELECT * FROM "${name}"`).all()]));
  };
  /** From now on nothing can be added to this table. */
  const block = (table: string) =>
    database.exec(`CREATE TRIGGER block_${table} BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'blocked'); END`);
  const unblock = (table: string) => database.exec(`DROP TRIGGER block_${table}`);
  return { latchkey, world, entries, everything, block, unblock };
}

test("every route that could change something is tried out here, or said not to change anything", () => {
  const routes = ALL_ROUTES.filter(({ method }) => method !== "GET").map(({ id }) => id);
  expect(Object.keys({ ...MUTATIONS, ...NOT_MUTATIONS }).sort()).toEqual(routes.sort());
});

describe.each(Object.entries(MUTATIONS))("%s", (id, { verb, through, act, by, feedsNothing, after = [] }) => {
  test("leaves one audit entry that says who, what, through which credential and from where", async () => {
    const { latchkey, world, entries } = await start();
    await makeRoom(world, id);
    const before = entries();
    const { status, headers, text } = await act(world);
    expect(status, text).toBeLessThan(300);
    const added = entries().slice(before.length);
    expect(added).toEqual([
      ...after.map((also) => expect.objectContaining({ verb: also, actor_id: latchkey.user.id })),
      expect.objectContaining({
        team_id: latchkey.team.id,
        seq: before.length + after.length + 1,
        at: latchkey.clock.now(),
        ...(through === "secret"
          ? { actor_id: null, actor_kind: "system", actor_name: "holder of the secret" }
          : { actor_id: latchkey.user.id, actor_kind: "person", actor_name: "Ada" }),
        credential_kind: through === "token" ? "token" : "access_key",
        credential_id: through === "token" ? expect.stringMatching(/^[0-9a-f-]{36}$/) : world.key.id,
        ...by,
        verb,
        outcome: "done",
        address: "127.0.0.1",
        user_agent: "node",
        request_id: headers.get("x-request-id"),
      }),
    ]);
    expect(added[0]?.["target_id"]).toMatch(/^(fn-[0-9a-f-]{36}(\/.+)?|dof_v1_[0-9a-f]{32}|[0-9a-f-]{36})$/);
    expect(JSON.stringify(added)).not.toMatch(/dofs_v1_|dop_v1_|of the function/);
  });

  test.each(feedsNothing === true ? ["audit_entries"] : ["audit_entries", "changes"])(
    "does not happen when %s cannot be written, and can be repeated",
    async (table) => {
      const { world, everything, block, unblock } = await start();
      await makeRoom(world, id);
      const before = everything();
      block(table);
      const { status, text } = await act(world);
      expect(status).toBe(500);
      expect(text).not.toContain("blocked");
      expect(everything()).toEqual(before);
      unblock(table);
      expect((await act(world)).status).toBeLessThan(300);
    },
  );
});

test("what changes nothing leaves no entry", async () => {
  const { world, entries } = await start();
  const before = entries();
  const { caller, namespaceId, key } = world;
  for (const path of ["", `/${namespaceId}`, `/${namespaceId}/keys`, `/${namespaceId}/keys/${key.id}`])
    expect((await caller.send("GET", `/v2/functions/namespaces${path}`)).status).toBe(200);
  await caller.connect(key);
  await caller.removeKey(namespaceId, `dof_v1_${"0".repeat(32)}`);
  await caller.send("POST", `/v2/functions/namespaces/${namespaceId}/keys`, { json: { name: "ci" } });
  expect(entries()).toEqual(before);
});

test("changes made at the same time are numbered without gaps", async () => {
  const { world, entries } = await start();
  const before = entries().length;
  const names = Array.from({ length: 25 }, (_, index) => `key ${index}`);
  await Promise.all(names.map((name) => world.caller.addKey(world.namespaceId, name)));
  const added = entries().slice(before);
  expect(added.map(({ seq }) => seq)).toEqual(names.map((_, index) => before + index + 1));
  expect(new Set(added.map(({ target_id }) => target_id)).size).toBe(names.length);
});

describe("refused attempts to use a key", () => {
  /** The right id with the secret of another key. */
  async function startWithGuesses() {
    const started = await start();
    const { caller, namespaceId, key } = started.world;
    const other = await caller.addKey(namespaceId, "other");
    const guess: HeldKey = { id: key.id, secret: other.secret };
    const { writeBehind } = started.latchkey.accessKeys;
    // That keys were used from here for the first time is not what this is about.
    await writeBehind();
    const before = started.entries().length;
    const added = () => started.entries().slice(before);
    return { ...started, guess, added, writeBehind };
  }

  test("are summed up: one entry for many, with how often, from where and why", async () => {
    const { world, guess, added, writeBehind, latchkey } = await startWithGuesses();
    for (let times = 0; times < 40; times += 1) expect((await world.caller.connect(guess)).status).toBe(401);
    expect(added()).toEqual([]);
    await writeBehind();
    expect(added()).toEqual([
      expect.objectContaining({
        team_id: latchkey.team.id,
        actor_kind: "system",
        verb: "access_key.authenticate",
        target_kind: "access_key",
        target_id: world.key.id,
        outcome: "refused",
        details: JSON.stringify({ addresses: ["127.0.0.1"], count: 40, reasons: ["wrong secret"] }),
      }),
    ]);
    await writeBehind();
    expect(added()).toHaveLength(1);
  });

  test("leave no entry where no key is named, or none that exists", async () => {
    const { world, guess, added, writeBehind } = await startWithGuesses();
    await world.caller.connect({ id: `dof_v1_${"0".repeat(32)}`, secret: guess.secret });
    await world.caller.connect({ id: "admin", secret: "admin" });
    await writeBehind();
    expect(added()).toEqual([]);
  });

  test("of a deleted key are its team's to know", async () => {
    const { world, added, writeBehind } = await startWithGuesses();
    await world.caller.removeKey(world.namespaceId, world.key.id);
    await world.caller.connect(world.key);
    await writeBehind();
    expect(added().at(-1)).toMatchObject({ outcome: "refused", target_id: world.key.id });
    expect(String(added().at(-1)?.["details"])).toContain("revoked");
  });

  test("are not forgotten when the entry cannot be written; it is written later", async () => {
    const { world, guess, added, writeBehind, block, unblock } = await startWithGuesses();
    await world.caller.connect(guess);
    block("audit_entries");
    await expect(writeBehind()).rejects.toThrow("blocked");
    await world.caller.connect(guess);
    unblock("audit_entries");
    await writeBehind();
    expect(added().map(({ details }) => JSON.parse(String(details)).count)).toEqual([2]);
  });
});

describe("what callers are not allowed to do", () => {
  async function startWithViewer() {
    const started = await start();
    const { latchkey, world } = started;
    const viewer = await addToken(latchkey, { role: "viewer" });
    const asViewer = createCaller(latchkey.url, viewer.token);
    await latchkey.accessKeys.writeBehind();
    const refusals = () =>
      started
        .entries()
        .filter(({ verb }) => verb === "request.refuse")
        .map(({ details, ...entry }) => ({ ...entry, details: JSON.parse(String(details)) }));
    const { writeBehind } = latchkey.refusals;
    return { ...started, world, viewer, asViewer, refusals, writeBehind };
  }

  test("is summed up on the control plane: one entry for a credential and an address", async () => {
    const { asViewer, viewer, world, refusals, writeBehind, latchkey } = await startWithViewer();
    for (let times = 0; times < 20; times += 1) await asViewer.send("GET", "/v2/audit");
    expect((await asViewer.removeNamespace(world.namespaceId)).status).toBe(403);
    expect(refusals()).toEqual([]);
    await writeBehind();
    await writeBehind();
    expect(refusals()).toEqual([
      expect.objectContaining({
        team_id: latchkey.team.id,
        actor_id: viewer.userId,
        credential_kind: "token",
        target_kind: "api_token",
        target_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        address: "127.0.0.1",
        outcome: "refused",
        details: { count: 21, routes: ["audit.list", "namespace.delete"], reasons: ["http.not_permitted"] },
      }),
    ]);
    await asViewer.send("GET", "/v2/audit");
    await writeBehind();
    expect(refusals()).toHaveLength(1);
    latchkey.clock.advance(60_000);
    await writeBehind();
    expect(refusals()).toMatchObject([{ details: { count: 21 } }, { details: { count: 1 } }]);
  });

  test("is summed up on the data plane: what a key's grants do not allow", async () => {
    const { world, refusals, writeBehind } = await startWithViewer();
    const { caller, namespaceId } = world;
    const reading = await caller.addKey(namespaceId, "reading", { grants: ["read"] });
    const path = "/api/v1/namespaces/_/actions/nothing";
    expect((await caller.send("DELETE", path, { authorization: basic(reading) })).status).toBe(403);
    await writeBehind();
    expect(refusals()).toEqual([
      expect.objectContaining({
        credential_kind: "access_key",
        target_id: reading.id,
        details: { count: 1, routes: ["action.delete"], reasons: ["function.not_authorized"] },
      }),
    ]);
  });

  test("is not forgotten when the entry cannot be written, nor when the server stops", async () => {
    const { asViewer, refusals, writeBehind, block, unblock } = await startWithViewer();
    await asViewer.send("GET", "/v2/audit");
    block("audit_entries");
    await expect(writeBehind()).rejects.toThrow("blocked");
    unblock("audit_entries");
    await writeBehind();
    await asViewer.send("GET", "/v2/audit");
    await writeBehind("all");
    expect(refusals()).toMatchObject([{ details: { count: 1 } }, { details: { count: 1 } }]);
  });
});
