import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/open-test-store.ts";
import { silentLog } from "../../../test/silent-log.ts";
import { type DataFolder, prepareDataFolder } from "../data-folder.ts";
import { NodeSqliteDialect } from "../kysely-sqlite.ts";
import { openSqlite } from "../open-sqlite.ts";
import { inspectSchema, migrate } from "../schema.ts";
import { openStore } from "../store.ts";
import { migrations } from "./index.ts";

/** Rows as each migration's version wrote them; read back after all later ones. */
const ROWS: Readonly<Record<string, string>> = {
  "0001-teams-namespaces-keys": `
    INSERT INTO teams VALUES ('team', 'Acme', 1);
    INSERT INTO users VALUES ('ada', 'person', 'Ada', 'ada@example.com', NULL, 1);
    INSERT INTO users VALUES ('robot', 'service', 'Robot', NULL, 'team', 1);
    INSERT INTO memberships VALUES ('team', 'ada', 'owner', 1);
    INSERT INTO api_tokens VALUES ('token', 'team', 'ada', 'first', x'01', '1', '["function:admin"]', NULL, 1);
    INSERT INTO namespaces VALUES ('fn-1', 'team', 'demo', 'fra1', 'uuid-1', 1, 1, NULL);
    INSERT INTO access_keys VALUES ('dof_v1_1', 'fn-1', 'ada', 'ci', '["full"]', '[]', 2, 1, 1, 'active', NULL, NULL, NULL);
    INSERT INTO access_keys VALUES ('dof_v1_2', 'fn-1', 'ada', 'ci', '["read"]', '["10.0.0.0/8"]', NULL, 1, 1, 'revoked', 'deleted', 3, 3);
    INSERT INTO access_key_secrets VALUES ('dof_v1_1', x'02', '1', 1, NULL);
    UPDATE change_counter SET last_seq = 1;
    INSERT INTO changes VALUES (1, 'access_key', 'dof_v1_1', 1);
    INSERT INTO audit_entries (team_id, seq, at, actor_kind, actor_name, verb, target_kind, target_id, outcome, details)
      VALUES ('team', 1, 1, 'system', 'set-up', 'team.create', 'team', 'team', 'done', '{}');`,
  "0002-functions": `
    INSERT INTO function_code VALUES ('code', 'exports.main = () => ({})');
    INSERT INTO entities (namespace_id, package, name, collection, version, publish, updated_at, annotations, parameters, body, revision, code_id)
      VALUES ('fn-1', '', 'hello', 'action', '0.0.1', 0, 1, '[]', '[]', '{}', 'r1', 'code');`,
  "0003-audit-chain": `
    INSERT INTO audit_entries (team_id, seq, at, actor_kind, actor_name, verb, target_kind, target_id, outcome, details, previous_hash, hash)
      VALUES ('team', 2, 2, 'system', 'set-up', 'team.update', 'team', 'team', 'done', '{"name":"Acme"}', x'05', x'06');
    UPDATE audit_heads SET seq = 2, hash = x'06', checkpoint_seq = 2;
    INSERT INTO audit_checkpoints VALUES ('team', 2, 'checkpoint', x'06', 3, 'key', x'07');`,
  "0004-identity": `
    UPDATE users SET responsible_id = 'ada', password = NULL WHERE id = 'robot';
    INSERT INTO memberships VALUES ('team', 'robot', 'member', 1);
    UPDATE users SET password = '$argon2id$', password_changed_at = 1 WHERE id = 'ada';
    INSERT INTO sessions VALUES ('session', 'team', 'ada', x'05', '1', '::1', 'test', 2, 1);
    INSERT INTO invitations VALUES ('invitation', 'team', 'grace@example.com', 'member', x'06', '1', 'ada', 1, 2, 1);
    INSERT INTO password_resets VALUES ('ada', x'07', '1', 2, 1);`,
  "0005-key-life-cycle": `
    INSERT INTO access_keys (id, namespace_id, owner_id, name, grants, allowed_networks, created_at, updated_at, state, state_reason,
      state_changed_at, issued_seq, state_by)
      VALUES ('dof_v1_3', 'fn-1', 'robot', 'later', '["full"]', '[]', 1, 1, 'suspended', 'lost laptop', 2, 1, 'ada');
    INSERT INTO access_key_secrets VALUES ('dof_v1_3', x'03', '1', 1, NULL, 1, x'04');
    INSERT INTO access_key_cutoffs VALUES ('team', 'fn-1', 2, 'namespace', 3);
    INSERT INTO expiry_notices VALUES ('dof_v1_1', 2, 7, 1);`,
  "0006-policies": `
    INSERT INTO policies VALUES ('team', '', 90, 0, 5, 45, '["10.0.0.0/8"]', 'owners', 1);
    INSERT INTO policies VALUES ('team', 'fn-1', NULL, 1, NULL, NULL, NULL, 'members', 1);`,
  "0007-notifications": `
    INSERT INTO outbox VALUES ('msg_1', 'mail', 'invitation', 'team', 'ada@example.com', x'03', 'waiting', 1, 'ECONNREFUSED', 1, 2, 3, NULL);
    INSERT INTO outbox VALUES ('msg_2', 'webhook', 'key.expiring', 'team', NULL, NULL, 'sent', 1, NULL, 1, 1, 3, 2);
    INSERT INTO webhooks VALUES ('team', 'https://example.com/hook', '["key.expiring"]', x'04', 1, 1);`,
  "0008-password-reset-makers": `
    UPDATE password_resets SET made_by = 'operator';`,
  "0010-invocations": `
    INSERT INTO invocations VALUES ('a1', 'fn-1', 1, NULL, 't1', '{}', '{}', '{}');
    UPDATE entities SET trigger_name = 'daily' WHERE name = 'hello';`,
  "0014-schedules": `
    INSERT INTO schedules VALUES ('s1', 'fn-1', 'nightly', 'hello', '0 3 * * *', '{"to":"ops"}', 1, 'ada', NULL, 1, 1, NULL, 2, 1);
    INSERT INTO schedules VALUES ('s2', 'fn-1', 'off', 'hello', '0 3 * * *', NULL, 0, 'robot', 'owner_left', 1, 2, 1, NULL, 3);`,
};

/** Columns that were empty until a later migration filled them in. */
const FILLED_IN: Readonly<Record<string, readonly string[]>> = { audit_entries: ["previous_hash", "hash"] };

const NAMES = Object.keys(migrations);

async function migrateTo(path: string, wanted: Readonly<Record<string, Migration>>): Promise<void> {
  const db = new Kysely<unknown>({ dialect: new NodeSqliteDialect(openSqlite(path)) });
  try {
    await migrate(db, wanted);
  } finally {
    await db.destroy();
  }
}

type Contents = Record<string, Record<string, SQLOutputValue>[]>;

function contentsOf(path: string): Contents {
  const database = new DatabaseSync(path);
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  const rows = tables.map(({ name }): [string, Contents[string]] => [
    String(name),
    database.prepare(`SELECT * FROM "${name}"`).all(),
  ]);
  database.close();
  return Object.fromEntries(rows.filter(([name]) => !name.startsWith("kysely")));
}

/** What has to be the same after every later migration. */
const lasting = (contents: Contents): Contents =>
  Object.fromEntries(
    Object.entries(contents).map(([table, rows]) => {
      const isLasting = ([name, value]: [string, SQLOutputValue]) =>
        value !== null || FILLED_IN[table]?.includes(name) !== true;
      return [table, rows.map((row) => Object.fromEntries(Object.entries(row).filter(isLasting)))];
    }),
  );

/** A folder as the version with these migrations left it, with the rows that it could write. */
async function folderOf(names: readonly string[]): Promise<DataFolder> {
  const folder = prepareDataFolder(temporaryFolder());
  for (const [index, name] of names.entries()) {
    const upToHere = Object.entries(migrations).slice(0, index + 1);
    await migrateTo(folder.database, Object.fromEntries(upToHere));
    const database = new DatabaseSync(folder.database);
    database.exec(ROWS[name] ?? "");
    database.close();
  }
  return folder;
}

test("every migration has rows that are taken through those after it", () => {
  expect(Object.keys(ROWS)).toEqual(NAMES);
});

describe.each(NAMES.slice(0, -1).map((name, index) => ({ name, upTo: NAMES.slice(0, index + 1) })))(
  "a folder of the version that ends with $name",
  ({ upTo }) => {
    test("is refused until migrating is asked for, and then holds what it held", async () => {
      const folder = await folderOf(upTo);
      const before = contentsOf(folder.database);
      await expect(openStore({ folder, log: silentLog, schema: "create" })).rejects.toThrow("latchkey migrate");
      expect(contentsOf(folder.database)).toEqual(before);
      await (await openStore({ folder, log: silentLog, schema: "migrate" })).close();
      expect(contentsOf(folder.database)).toMatchObject(lasting(before));
      await (await openStore({ folder, log: silentLog, schema: "refuse" })).close();
    });
  },
);

test("a folder of this version is left alone by migrating", async () => {
  const folder = await folderOf(NAMES);
  const before = contentsOf(folder.database);
  await (await openStore({ folder, log: silentLog, schema: "migrate" })).close();
  expect(contentsOf(folder.database)).toEqual(before);
});

test("a migration that fails half-way leaves nothing of itself, nor of those that were to come with it", async () => {
  const folder = await folderOf(NAMES);
  const before = contentsOf(folder.database);
  const failing: Record<string, Migration> = {
    "9998-works": { up: async (db) => db.schema.createTable("works").addColumn("id", "text").execute() },
    "9999-fails": {
      async up(db) {
        await db.schema.createTable("fails").addColumn("id", "text").execute();
        await db.schema.dropTable("changes").execute();
        throw new Error("half-way");
      },
    },
  };
  await expect(migrateTo(folder.database, { ...migrations, ...failing })).rejects.toThrow("half-way");
  expect(contentsOf(folder.database)).toEqual(before);
  const db = new Kysely<unknown>({ dialect: new NodeSqliteDialect(openSqlite(folder.database)) });
  expect(await inspectSchema(db, migrations)).toEqual({ kind: "current" });
  expect(await inspectSchema(db, { ...migrations, ...failing })).toEqual({
    kind: "older",
    missing: ["9998-works", "9999-fails"],
  });
  await db.destroy();
});
