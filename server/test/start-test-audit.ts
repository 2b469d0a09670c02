import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect } from "vitest";
import { createAudit, createAuditLog, openSigner, verifyExport } from "../src/audit/index.ts";
import type { AuditEntry } from "../src/audit/model/entries.ts";
import type { Log } from "../src/kernel/log.ts";
import { createFakeClock } from "./fake-clock.ts";
import { openTestStore } from "./open-test-store.ts";
import { createSeededRandom } from "./seeded-random.ts";
import { silentLog } from "./silent-log.ts";

export const TEAM = "team";
export const OTHERS = "others";

/** An entry as rooms record them, with a difference. */
export const entry = (different: Partial<AuditEntry> = {}): Omit<AuditEntry, "at"> => ({
  teamId: TEAM,
  actor: { id: "ada", kind: "person", name: "Ada", credential: { kind: "token", id: "t1" } },
  verb: "access_key.create",
  target: { kind: "access_key", id: "k1" },
  outcome: "done",
  origin: { requestId: "r1", address: "127.0.0.1", userAgent: "curl/8" },
  details: { name: "ci" },
  ...different,
});

/** The audit room on a store of its own with two teams, and somebody who gets at its tables past it. */
export async function startTestAudit(options: { retentionDays?: number; log?: Log } = {}) {
  const { store, folder, stranger } = await openTestStore();
  const clock = createFakeClock();
  const audit = createAudit({ clock });
  const signer = openSigner({ folder, random: createSeededRandom(), store });
  const log = options.log ?? silentLog;
  const auditLog = createAuditLog({ store, clock, log, audit, signer, retentionDays: options.retentionDays ?? null });
  for (const id of [TEAM, OTHERS]) await store.db.insertInto("teams").values({ id, name: id, created_at: 1 }).execute();

  const record = (...entries: Omit<AuditEntry, "at">[]): Promise<void> =>
    store.transaction(async (tx) => {
      for (const one of entries) await audit.record(tx, one);
    });
  /** This many entries, a minute apart. */
  const recordMany = (count: number, teamId = TEAM): Promise<void> =>
    store.transaction(async (tx) => {
      for (let index = 0; index < count; index += 1) {
        await audit.record(tx, entry({ teamId, target: { kind: "access_key", id: `k${index}` } }));
        clock.advance(60_000);
      }
    });
  const exported = (span: Parameters<typeof auditLog.export>[2] = null): Promise<string> =>
    text(auditLog.export(TEAM, "jsonl", span));
  const publicKey = auditLog.publicKey().text;

  return {
    ...{ store, folder, clock, audit, auditLog, signer, record, recordMany, exported, publicKey },
    /** Past the room, as somebody with the database file would. */
    tamper: (sql: string, ...values: SQLInputValue[]) => void stranger.prepare(sql).run(...values),
    rows: (table = "audit_entries") => allRows(stranger, table),
    verify: () => auditLog.verify(TEAM),
    verifyPieces: (pieces: readonly string[]) => verifyExport(Readable.from(pieces), publicKey),
    verifyText: (lines: string, key: string | null = publicKey) => verifyExport(Readable.from([lines]), key),
  };
}

const allRows = (database: DatabaseSync, table: string): Record<string, SQLOutputValue>[] =>
  database.prepare(`SELECT * FROM ${table} ORDER BY team_id, seq`).all();

type Audited = Awaited<ReturnType<typeof startTestAudit>>;

/** Nine entries, checkpoints at 3 and 6, and a few entries of another team. */
export async function startSignedAudit(): Promise<Audited> {
  const audited = await startTestAudit();
  for (let times = 0; times < 3; times += 1) {
    await audited.recordMany(3);
    await audited.recordMany(1, OTHERS);
    if (times < 2) await audited.auditLog.sign();
  }
  return audited;
}

/** What the server and whoever has nothing but an export find first, which is the same. */
export async function findingsOf({ verify, exported, verifyText }: Audited) {
  const { problem } = await verify();
  const offline = await verifyText(await exported());
  expect([offline.problem?.kind, offline.problem?.seq]).toEqual([problem?.kind, problem?.seq]);
  return problem;
}
