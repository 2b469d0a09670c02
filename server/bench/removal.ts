import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { systemClock as clock } from "../src/kernel/clock.ts";
import { systemRandom as random, randomHex } from "../src/kernel/random.ts";
import { createSecretHasher } from "../src/kernel/secret-hash.ts";
import { appendChange } from "../src/store/changes.ts";
import { loadPepper, prepareDataFolder } from "../src/store/data-folder.ts";
import { openStore } from "../src/store/store.ts";
import { buildRooms } from "../test/build-rooms.ts";
import { silentLog } from "../test/silent-log.ts";
import { median } from "./load.ts";

export type RemovalRow = {
  members: number;
  keys: number;
  /** Of one removal: a transaction that ends a member's keys, tokens and sessions. */
  p50Ms: number;
  p99Ms: number;
  /** Of the smallest change there is, in turns with the removals. */
  bareP50Ms: number;
  ratio: number;
};

const SIZES: readonly { members: number; keysEach: number }[] = [
  { members: 100, keysEach: 10 },
  { members: 1_000, keysEach: 10 },
  { members: 10_000, keysEach: 10 },
];
const REMOVED = 90;
const NAMESPACES = 10;

/** Removing members of teams of different sizes. */
export async function benchRemoval(said: (line: string) => void): Promise<RemovalRow[]> {
  const rows: RemovalRow[] = [];
  for (const { members, keysEach } of SIZES) {
    const path = mkdtempSync(join(tmpdir(), "latchkey-bench-removal-"));
    const folder = prepareDataFolder(path);
    const store = await openStore({ folder, log: silentLog, schema: "create" });
    const hasher = createSecretHasher(loadPepper(folder, random));
    const { identity, namespaces } = buildRooms({ store, clock, random, hasher });
    const { token } = await identity.createFirstTeam({ teamName: "Bench", email: "bench@example.com", name: "Bench" });
    const caller = identity.recognise(`Bearer ${token.reveal()}`);
    const cause = { caller, origin: { requestId: "", address: "", userAgent: "" } };
    const places: string[] = [];
    for (let index = 0; index < NAMESPACES; index += 1)
      places.push((await namespaces.create(caller, { label: `n${index}`, region: "nyc1" }, cause.origin)).id);
    const ids = fill(folder.database, caller.teamId, places, members, keysEach);

    const times: number[] = [];
    const bareTimes: number[] = [];
    for (const id of ids.slice(0, REMOVED)) {
      times.push(await timed(() => identity.members.remove(cause, id)));
      const change = { kind: "function", targetId: id, at: clock.now() } as const;
      bareTimes.push(await timed(() => store.transaction((tx) => appendChange(tx, change))));
    }
    await store.close();
    rmSync(path, { recursive: true });
    const [p50Ms, bareP50Ms] = [median(times), median(bareTimes)];
    const p99Ms = times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
    rows.push({ members, keys: members * keysEach, p50Ms, p99Ms, bareP50Ms, ratio: p50Ms / bareP50Ms });
    said(`removal: ${members} members, ${members * keysEach} keys: ${p50Ms.toFixed(2)} ms`);
  }
  return rows;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = clock.monotonicMs();
  await work();
  return clock.monotonicMs() - begun;
}

/** Members with as many keys each, and a token; written as the server would. Returns the members' ids. */
function fill(
  path: string,
  teamId: string,
  namespaces: readonly string[],
  members: number,
  keysEach: number,
): string[] {
  const database = new DatabaseSync(path);
  const user = database.prepare("INSERT INTO users (id, kind, name, email, created_at) VALUES (?, 'person', ?, ?, 1)");
  const membership = database.prepare(
    "INSERT INTO memberships (team_id, user_id, role, created_at) VALUES (?, ?, 'member', 1)",
  );
  const token =
    database.prepare(`INSERT INTO api_tokens (id, team_id, user_id, name, hash, pepper_id, scopes, created_at)
    VALUES (?, ?, ?, 'token', ?, '1', '["function:admin"]', 1)`);
  const key =
    database.prepare(`INSERT INTO access_keys (id, namespace_id, owner_id, name, grants, allowed_networks, created_at,
    updated_at, state) VALUES (?, ?, ?, ?, '["full"]', '[]', 1, 1, 'active')`);
  const ids = Array.from({ length: members }, () => random.uuid());
  database.exec("BEGIN");
  for (const id of ids) {
    user.run(id, id, `${id}@example.com`);
    membership.run(teamId, id);
    token.run(random.uuid(), teamId, id, random.bytes(32));
    for (let index = 0; index < keysEach; index += 1)
      key.run(`dof_v1_${randomHex(random, 16)}`, namespaces[index % namespaces.length] ?? "", id, `${id} ${index}`);
  }
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  return ids;
}
