import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../src/audit/chain.ts";
import { createAudit, createAuditLog, openSigner } from "../src/audit/index.ts";
import { entryBody } from "../src/audit/model/entries.ts";
import { prepareReads } from "../src/audit/queries/read.ts";
import { systemClock as clock } from "../src/kernel/clock.ts";
import { systemRandom as random } from "../src/kernel/random.ts";
import { prepareDataFolder } from "../src/store/data-folder.ts";
import { openStore } from "../src/store/store.ts";
import { silentLog } from "../test/silent-log.ts";
import { median } from "./load.ts";

export type AuditRow = {
  entries: number;
  bytesPerEntry: number;
  /** Medians of the rounds, and the median of the ratios. */
  entriesPerSecond: number;
  bareEntriesPerSecond: number;
  ratio: number;
  /** The same in CPU time, which other programs on the machine disturb less. */
  cpuMicrosecondsPerEntry: number;
  bareCpuMicrosecondsPerEntry: number;
  cpuRatio: number;
  /** For how long nothing else was served at a stretch, at worst. */
  longestTurnMs: number;
};

const ENTRIES = 1_000_000;
const ROUNDS = 3;
const AT_ONCE = 5_000;
const TEAM = "team";

/** Verifying a team's whole log in place, and hashing the same bytes with SHA-256 and nothing else, in turns. */
export async function benchAudit(said: (line: string) => void, entries = ENTRIES): Promise<AuditRow> {
  const path = mkdtempSync(join(tmpdir(), "latchkey-bench-audit-"));
  const folder = prepareDataFolder(path);
  const store = await openStore({ folder, log: silentLog, schema: "create" });
  const audit = createAudit({ clock });
  const signer = openSigner({ folder, random, store });
  const auditLog = createAuditLog({ store, clock, log: silentLog, audit, signer, retentionDays: null });
  await store.db.insertInto("teams").values({ id: TEAM, name: "Bench", created_at: clock.now() }).execute();
  for (let made = 0; made < entries; made += AT_ONCE) {
    await store.transaction(async (tx) => {
      for (let index = 0; index < Math.min(AT_ONCE, entries - made); index += 1) {
        await audit.record(tx, {
          teamId: TEAM,
          actor: {
            id: random.uuid(),
            kind: "person",
            name: "Ada Lovelace",
            credential: { kind: "token", id: random.uuid() },
          },
          verb: "access_key.create",
          target: { kind: "access_key", id: `dof_v1_${random.uuid().replaceAll("-", "")}` },
          origin: { requestId: random.uuid(), address: "192.0.2.17", userAgent: "doctl/1.120.0 (linux amd64)" },
          details: {
            namespace: `fn-${random.uuid()}`,
            name: `key ${made + index}`,
            grants: ["full"],
            expires_at: null,
          },
        });
      }
    });
    await auditLog.sign();
  }
  said(`audit: ${entries} entries are there`);

  const rounds: { own: Spent; bare: Spent }[] = [];
  let longestTurnMs = 0;
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const bareFirst = round % 2 === 0 ? hashAll(prepareReads(store.committed)) : null;
    const watch = watchTurns();
    const meter = startMeter();
    const { problem } = await auditLog.verify(TEAM);
    const own = meter();
    longestTurnMs = Math.max(longestTurnMs, watch.stop());
    if (problem !== null) throw new Error(problem.says);
    const bare = bareFirst ?? hashAll(prepareReads(store.committed));
    rounds.push({ own, bare: bare.spent });
    bytes = bare.bytes;
    said(`audit: ${(bare.spent.cpuMs / own.cpuMs).toFixed(3)} of bare SHA-256 in CPU time`);
  }
  await store.close();
  rmSync(path, { recursive: true });
  const medianOf = (figure: (round: (typeof rounds)[number]) => number): number => median(rounds.map(figure));
  return {
    entries,
    bytesPerEntry: bytes / entries,
    entriesPerSecond: medianOf(({ own }) => (entries / own.ms) * 1_000),
    bareEntriesPerSecond: medianOf(({ bare }) => (entries / bare.ms) * 1_000),
    ratio: medianOf(({ own, bare }) => bare.ms / own.ms),
    cpuMicrosecondsPerEntry: medianOf(({ own }) => (own.cpuMs * 1_000) / entries),
    bareCpuMicrosecondsPerEntry: medianOf(({ bare }) => (bare.cpuMs * 1_000) / entries),
    cpuRatio: medianOf(({ own, bare }) => bare.cpuMs / own.cpuMs),
    longestTurnMs,
  };
}

type Spent = { ms: number; cpuMs: number };

/** Time and CPU time of this process from now on. */
function startMeter(): () => Spent {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { ms: performance.now() - startedMs, cpuMs: (user + system) / 1_000 };
  };
}

/** Hashes what is hashed of every entry. Only the hashing is timed. */
function hashAll(reads: ReturnType<typeof prepareReads>): { spent: Spent; bytes: number } {
  const spent: Spent = { ms: 0, cpuMs: 0 };
  let bytes = 0;
  for (let afterSeq = 0; ; ) {
    const page = reads.page(TEAM, afterSeq, AT_ONCE);
    // Through bytes, because joining the pieces of a text would otherwise count as hashing.
    const bodies = page.map((entry) => Buffer.from(entryBody(entry)).toString());
    const meter = startMeter();
    for (const body of bodies) sha256(body);
    const { ms, cpuMs } = meter();
    spent.ms += ms;
    spent.cpuMs += cpuMs;
    for (const body of bodies) bytes += Buffer.byteLength(body);
    afterSeq = page.at(-1)?.seq ?? afterSeq;
    if (page.length < AT_ONCE) return { spent, bytes };
  }
}

/** How long the event loop did not get round, at worst. */
function watchTurns() {
  let lastMs = performance.now();
  let worstMs = 0;
  let isOver = false;
  const turn = (): void => {
    const nowMs = performance.now();
    worstMs = Math.max(worstMs, nowMs - lastMs);
    lastMs = nowMs;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop(): number {
      isOver = true;
      return worstMs;
    },
  };
}
