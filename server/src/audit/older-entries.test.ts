import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { createFakeClock } from "../../test/fake-clock.ts";
import { temporaryFolder } from "../../test/open-test-store.ts";
import { createSeededRandom } from "../../test/seeded-random.ts";
import { silentLog } from "../../test/silent-log.ts";
import { entry } from "../../test/start-test-audit.ts";
import { type DataFolder, prepareDataFolder } from "../store/data-folder.ts";
import { NodeSqliteDialect } from "../store/kysely-sqlite.ts";
import { migrations } from "../store/migrations/index.ts";
import { openSqlite } from "../store/open-sqlite.ts";
import { migrate } from "../store/schema.ts";
import { openStore } from "../store/store.ts";
import { createAuditLog } from "./log.ts";
import { createAudit } from "./service.ts";
import { openSigner } from "./signing.ts";

const COUNT = 1_203;

/** A folder of the version before there was a chain, with entries of two teams as it wrote them. */
async function folderWithoutChain(): Promise<DataFolder> {
  const folder = prepareDataFolder(temporaryFolder());
  const db = new Kysely<unknown>({ dialect: new NodeSqliteDialect(openSqlite(folder.database)) });
  await migrate(db, Object.fromEntries(Object.entries(migrations).filter(([name]) => name < "0003")));
  await db.destroy();
  const database = new DatabaseSync(folder.database);
  database.exec("BEGIN; INSERT INTO teams VALUES ('team', 'Acme', 1), ('others', 'Others', 1), ('empty', 'Empty', 1)");
  const insert = database.prepare(`INSERT INTO audit_entries VALUES (?, ?, ?, 'ada', 'person', 'Zoë 😀', 'token', 't1',
    'access_key.create', 'access_key', 'k1', 'done', '127.0.0.1', 'curl/8', 'r1', ?, NULL, NULL)`);
  for (let seq = 1; seq <= COUNT; seq += 1)
    insert.run("team", seq, seq, JSON.stringify({ z: seq, name: "ü \u2028", 10: { b: [1.5, null], a: 1e21 } }));
  database.exec(`INSERT INTO audit_entries VALUES ('others', 1, 1, NULL, 'system', 'set-up', NULL, NULL,
    'team.create', 'team', 'others', 'done', NULL, NULL, NULL, '{}', NULL, NULL); COMMIT`);
  database.close();
  return folder;
}

test("entries that an older version wrote are chained, and the chain goes on after them", async () => {
  const folder = await folderWithoutChain();
  const store = await openStore({ folder, log: silentLog, schema: "migrate" });
  onTestFinished(() => store.close());
  const clock = createFakeClock();
  const audit = createAudit({ clock });
  const signer = openSigner({ folder, random: createSeededRandom(), store });
  const auditLog = createAuditLog({ store, clock, log: silentLog, audit, signer, retentionDays: null });
  await store.transaction((tx) => audit.record(tx, entry()));
  expect(await auditLog.verify("team")).toMatchObject({ entries: COUNT + 1, problem: null });
  expect(await auditLog.verify("others")).toMatchObject({ entries: 1, problem: null });
  expect(await auditLog.verify("empty")).toMatchObject({ entries: 0, problem: null });
  const first = (await auditLog.replay("team", { verbs: ["access_key.create"], until: 1 }).next()).value;
  expect(first).toMatchObject({ seq: 1, details: { z: 1, name: "ü \u2028", 10: { b: [1.5, null], a: 1e21 } } });
});
