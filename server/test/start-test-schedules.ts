import { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";
import type { TeamId, TeamPrincipal, UserId } from "../src/identity/index.ts";
import { createSecretHasher } from "../src/kernel/secret-hash.ts";
import type { Namespace, NamespaceId } from "../src/namespaces/index.ts";
import type { CallQueue, ScheduledCall } from "../src/schedules/runner.ts";
import { createSchedules, type Schedules } from "../src/schedules/service.ts";
import { loadPepper, prepareDataFolder } from "../src/store/data-folder.ts";
import { openStore } from "../src/store/store.ts";
import { buildRooms } from "./build-rooms.ts";
import { createFakeClock } from "./fake-clock.ts";
import { temporaryFolder } from "./open-test-store.ts";
import { createSeededRandom } from "./seeded-random.ts";
import { silentLog } from "./silent-log.ts";

const NAMESPACE_ID = "fn-00000000-0000-4000-8000-000000000001" as NamespaceId;
const ORIGIN = { requestId: "r", address: "127.0.0.1", userAgent: "test" };
const ROWS = `
  INSERT INTO teams VALUES ('team', 'Acme', 1);
  INSERT INTO users (id, kind, name, email, team_id, created_at) VALUES ('ada', 'person', 'Ada', 'ada@example.com', NULL, 1);
  INSERT INTO users (id, kind, name, email, team_id, created_at) VALUES ('bob', 'person', 'Bob', 'bob@example.com', NULL, 1);
  INSERT INTO memberships VALUES ('team', 'ada', 'owner', 1);
  INSERT INTO memberships VALUES ('team', 'bob', 'member', 1);
  INSERT INTO api_tokens VALUES ('token of ada', 'team', 'ada', 'first', x'01', '1', '["function:admin"]', NULL, 1);
  INSERT INTO api_tokens VALUES ('token of bob', 'team', 'bob', 'first', x'02', '1', '["function:admin"]', NULL, 1);
  INSERT INTO namespaces VALUES ('${NAMESPACE_ID}', 'team', 'demo', 'fra1', 'uuid-1', 1, 1, NULL);`;

/** Somebody of the team that `startTestSchedules` sets up. */
const teamMember = (id: "ada" | "bob"): TeamPrincipal => ({
  user: { id: id as UserId, kind: "person", name: id },
  teamId: "team" as TeamId,
  role: id === "ada" ? "owner" : "member",
  credentialKind: "token",
  credentialId: `token of ${id}`,
  scopes: new Set(["function:admin"]),
});

/**
 * Servers on one database, each with connections of its own, at one time that stands still until it is moved. What their schedules
 * have called is kept in `calls`, together with the claim or not at all, as the real queue does it.
 */
export async function startTestSchedules({ servers = 1 }: { servers?: number } = {}) {
  const folder = prepareDataFolder(temporaryFolder());
  const clock = createFakeClock();
  const calls: (ScheduledCall & { readonly server: number })[] = [];
  /** What happens instead of calling, where a test wants that. */
  const accident: { happens: ((call: ScheduledCall) => void) | null } = { happens: null };

  const startServer = async (server: number): Promise<Schedules> => {
    const store = await openStore({ folder, log: silentLog, schema: "create" });
    onTestFinished(() => store.close());
    const random = createSeededRandom(`server ${server}`);
    let uncommitted: ScheduledCall[] = [];
    const transaction: typeof store.transaction = async (work) => {
      const result = await store.transaction((tx) => {
        uncommitted = [];
        return work(tx);
      });
      calls.push(...uncommitted.map((call) => ({ ...call, server })));
      uncommitted = [];
      return result;
    };
    const queue: CallQueue = {
      async enqueue(_, call) {
        accident.happens?.(call);
        uncommitted.push(call);
      },
      startQueued: () => undefined,
    };
    const own = { ...store, transaction };
    const hasher = createSecretHasher(loadPepper(folder, random));
    const { audit, identity, namespaces } = buildRooms({ store: own, clock, random, hasher });
    return createSchedules({
      ...{ store: own, clock, random, log: silentLog, audit, identity, namespaces, queue },
      hasFunction: () => true,
      limit: 10_000,
    });
  };

  const all: Schedules[] = [];
  for (let server = 0; server < servers; server += 1) all.push(await startServer(server));
  const [first] = all;
  if (first === undefined) throw new Error("there has to be a server");
  const database = new DatabaseSync(folder.database);
  onTestFinished(() => database.close());
  database.exec(ROWS);
  const namespace: Namespace = {
    id: NAMESPACE_ID,
    teamId: "team" as TeamId,
    label: "demo",
    region: "fra1",
    legacyUuid: "uuid-1",
    createdAt: 1,
    updatedAt: 1,
  };

  return {
    servers: all,
    clock,
    calls,
    accident,
    /** What has been called since the last time, sorted. */
    takeCalls: (): string[] =>
      calls
        .splice(0)
        .map(({ path }) => path)
        .sort(),
    database,
    create: (name: string, cron: string, fields: { body?: Record<string, unknown>; by?: "ada" | "bob" } = {}) =>
      first.create(
        teamMember(fields.by ?? "ada"),
        namespace,
        { name, functionPath: name, cron, body: fields.body ?? null, isEnabled: true },
        ORIGIN,
      ),
    update: (name: string, change: Parameters<Schedules["update"]>[3], by: "ada" | "bob" = "ada") =>
      first.update(teamMember(by), namespace, name, change, ORIGIN),
    remove: (name: string) => first.delete(teamMember("ada"), namespace, name, ORIGIN),
    get: (name: string) => first.get(namespace, name),
  };
}
