import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { basic, type Caller, createCaller, type HeldKey } from "../caller.ts";
import { startServer } from "../server-process.ts";
import { createTeam, type TeamCaller } from "../team.ts";

const KILLS = 50;
const ENVIRONMENT = {
  LATCHKEY_REQUESTS_PER_HOUR: "1000000",
  LATCHKEY_REQUESTS_PER_MINUTE: "1000000",
  LATCHKEY_LOG_LEVEL: "silent",
};

/** What the server has acknowledged; a change it was killed in the middle of is in none of these, or only as begun. */
type Acknowledged = {
  readonly living: Map<string, HeldKey>;
  readonly dead: Map<string, HeldKey>;
  /** The last acknowledged version of each function, and the one that was on its way, if any. */
  readonly functions: Map<string, { code: string; underWay: string | null }>;
};

/** Creates and deletes keys until the server is gone. */
async function turnOverKeys(
  caller: Caller,
  namespaceId: string,
  prefix: string,
  known: Acknowledged,
  acknowledged: () => void,
) {
  for (let count = 0; ; count += 1) {
    const key = await caller.addKey(namespaceId, `${prefix}-${count}`);
    known.living.set(key.id, key);
    acknowledged();
    if (count % 2 === 0) continue;
    known.living.delete(key.id);
    const { status } = await caller.removeKey(namespaceId, key.id);
    expect(status).toBe(200);
    known.dead.set(key.id, key);
    acknowledged();
  }
}

/** Deploys one function after the other, over and over, until the server is gone. */
async function redeploy(caller: Caller, key: HeldKey, round: number, known: Acknowledged, acknowledged: () => void) {
  for (let count = 0; ; count += 1) {
    const name = `f${count % 3}`;
    const code = `exports.main = () => ({ version: "${round}-${count}" })`;
    const before = known.functions.get(name);
    known.functions.set(name, { code: before?.code ?? code, underWay: code });
    const { status } = await caller.deploy(key, name, code);
    expect(status).toBe(200);
    known.functions.set(name, { code, underWay: null });
    acknowledged();
  }
}

/** Somebody who is removed and added again, over and over. */
type Leaver = {
  readonly id: string;
  readonly email: string;
  readonly keys: readonly HeldKey[];
  /** What was acknowledged last; null while something else is on its way. */
  standing: "in" | "out" | null;
};

/** Sees to it that they are in the team with their keys, wherever a kill has left them. */
async function bringBack(caller: Caller, team: TeamCaller, leaver: Leaver): Promise<void> {
  leaver.standing = null;
  if (!(await team.members()).some(({ id }) => id === leaver.id)) {
    const { text } = await caller.send("GET", "/v2/team/invitations");
    for (const { id } of JSON.parse(text).invitations) await caller.send("DELETE", `/v2/team/invitations/${id}`);
    const { secret } = await team.invite(leaver.email, "member");
    expect((await team.accept(secret)).status).toBe(201);
  }
  const { status } = await caller.send("POST", `/v2/team/members/${leaver.id}/restore-keys`);
  expect(status).toBe(200);
  leaver.standing = "in";
}

/** Removes the leaver and adds them again until the server is gone. */
async function comeAndGo(caller: Caller, team: TeamCaller, leaver: Leaver, acknowledged: () => void): Promise<void> {
  for (;;) {
    leaver.standing = null;
    const { status } = await caller.send("DELETE", `/v2/team/members/${leaver.id}`);
    expect(status).toBe(204);
    leaver.standing = "out";
    acknowledged();
    await bringBack(caller, team, leaver);
    acknowledged();
  }
}

/** All of somebody's keys live, or all are dead, and dead they are unless their owner is in the team. */
async function lookAtLeaver(caller: Caller, team: TeamCaller, { id, keys, standing }: Leaver): Promise<void> {
  const isIn = (await team.members()).some((member) => member.id === id);
  const statuses = await Promise.all(keys.map(async (key) => (await caller.connect(key)).status));
  expect(new Set(statuses).size).toBe(1);
  if (!isIn) expect(statuses[0]).toBe(401);
  if (standing === "in") expect([isIn, statuses[0]]).toEqual([true, 200]);
  if (standing === "out") expect([isIn, statuses[0]]).toEqual([false, 401]);
}

/** Runs until the connection is lost; anything else that goes wrong is a failure. */
const untilLost = (work: Promise<void>): Promise<void> =>
  work.catch((error: unknown) => {
    if (!(error instanceof TypeError)) throw error;
  });

test("killed with -9 fifty times over, a server loses nothing it acknowledged and leaves nothing half done", {
  timeout: 240_000,
}, async () => {
  const path = mkdtempSync(join(tmpdir(), "latchkey-kill-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 10 }));
  const known: Acknowledged = { living: new Map(), dead: new Map(), functions: new Map() };

  let server = await startServer(path, { environment: ENVIRONMENT });
  const token = server.token ?? "";
  const namespaceId = await createCaller(server.url, token).addNamespace();
  const deployKey = await createCaller(server.url, token).addKey(namespaceId, "deploys");
  const grace = await createTeam(server.url, token).join("Grace", "member");
  const theirs = createCaller(server.url, grace.session);
  const keys = await Promise.all(["g1", "g2", "g3"].map((name) => theirs.addKey(namespaceId, name)));
  const leaver: Leaver = { id: grace.id, email: grace.email, keys, standing: "in" };

  for (let round = 0; round < KILLS; round += 1) {
    const caller = createCaller(server.url, token);
    const team = createTeam(server.url, token);
    await bringBack(caller, team, leaver);
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    // Another number each round, so that the kill falls in another place.
    let left = 3 + ((round * 7) % 20);
    const acknowledged = (): void => {
      left -= 1;
      if (left === 0) resolve();
    };
    const work = [
      untilLost(turnOverKeys(caller, namespaceId, `a${round}`, known, acknowledged)),
      untilLost(turnOverKeys(caller, namespaceId, `b${round}`, known, acknowledged)),
      untilLost(redeploy(caller, deployKey, round, known, acknowledged)),
      untilLost(comeAndGo(caller, team, leaver, acknowledged)),
    ];
    await Promise.race([enough, ...work]);
    await server.kill();
    await Promise.all(work);

    server = await startServer(path, { environment: ENVIRONMENT });
    const after = createCaller(server.url, token);
    await lookAtLeaver(after, createTeam(server.url, token), leaver);
    for (const [name, { code, underWay }] of known.functions) {
      const { status, text } = await after.send("GET", `/api/v1/namespaces/_/actions/${name}`, {
        authorization: basic(deployKey),
      });
      if (status === 404 && underWay === code) known.functions.delete(name);
      else expect([code, underWay]).toContain(JSON.parse(text).exec.code);
    }
    for (const key of [...known.living.values()].slice(-8)) expect((await after.connect(key)).status).toBe(200);
    for (const key of [...known.dead.values()].slice(-8)) expect((await after.connect(key)).status).toBe(401);
  }

  const caller = createCaller(server.url, token);
  await bringBack(caller, createTeam(server.url, token), leaver);
  for (const key of keys) expect((await caller.connect(key)).status).toBe(200);
  for (const key of known.living.values()) expect((await caller.connect(key)).status).toBe(200);
  for (const key of known.dead.values()) expect((await caller.connect(key)).status).toBe(401);
  expect(known.dead.size).toBeGreaterThan(KILLS);
  await server.stop();

  const database = new DatabaseSync(join(path, "latchkey.db"), { readOnly: true });
  onTestFinished(() => database.close());
  const count = (sql: string): number => Number(database.prepare(sql).get()?.["n"]);
  expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  expect(
    count("SELECT count(*) AS n FROM access_keys WHERE id NOT IN (SELECT access_key_id FROM access_key_secrets)"),
  ).toBe(0);
  expect(count("SELECT count(*) AS n FROM access_keys")).toBe(
    count("SELECT count(*) AS n FROM audit_entries WHERE verb = 'access_key.create'"),
  );
  expect(count("SELECT count(*) AS n FROM access_keys WHERE deleted_at IS NOT NULL")).toBe(
    count("SELECT count(*) AS n FROM audit_entries WHERE verb = 'access_key.delete'"),
  );
  const CODE_IN_USE = "SELECT code_id FROM entities WHERE code_id IS NOT NULL";
  expect(count(`SELECT count(*) AS n FROM function_code WHERE id NOT IN (${CODE_IN_USE})`)).toBe(0);
  expect(count(`SELECT count(*) AS n FROM (${CODE_IN_USE}) WHERE code_id NOT IN (SELECT id FROM function_code)`)).toBe(
    0,
  );
  expect(count("SELECT max(seq) AS n FROM changes")).toBe(count("SELECT count(*) AS n FROM changes"));
  expect(count("SELECT max(seq) AS n FROM audit_entries")).toBe(count("SELECT count(*) AS n FROM audit_entries"));
});
