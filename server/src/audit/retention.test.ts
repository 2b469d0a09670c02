import { describe, expect, test } from "vitest";
import { createCapturedLog } from "../../test/captured-log.ts";
import { entry, OTHERS, startTestAudit, TEAM } from "../../test/start-test-audit.ts";

const DAY_MS = 86_400_000;

async function startOld(
  retentionDays: number | null = 30,
  options: Partial<Parameters<typeof startTestAudit>[0]> = {},
) {
  const audited = await startTestAudit({ ...options, ...(retentionDays === null ? {} : { retentionDays }) });
  await audited.recordMany(10);
  await audited.recordMany(2, OTHERS);
  const seqs = (team = TEAM) =>
    audited
      .rows()
      .filter(({ team_id }) => team_id === team)
      .map(({ seq }) => seq);
  return { ...audited, seqs };
}

test("entries are kept for ever unless it was said for how long", async () => {
  const { auditLog, clock, seqs } = await startOld(null);
  clock.advance(10_000 * DAY_MS);
  await auditLog.prune();
  expect(seqs()).toHaveLength(10);
});

test("what is older than that goes, once a day, and what is left can be verified, here and elsewhere", async () => {
  const { auditLog, clock, seqs, rows, record, verify, verifyText, exported } = await startOld();
  clock.advance(30 * DAY_MS);
  await auditLog.prune();
  expect(seqs()).toHaveLength(10);
  clock.advance(DAY_MS);
  await record(entry({ verb: "young.one" }));
  const before = rows();
  await auditLog.prune();
  expect(seqs()).toEqual([11, 12]);
  expect(seqs(OTHERS)).toEqual([3]);
  expect(rows()).toContainEqual(before.find(({ verb }) => verb === "young.one"));
  expect(await verify()).toMatchObject({ start: { seq: 10 }, entries: 2, checkpoints: 2, problem: null });
  expect(await verifyText(await exported())).toMatchObject({ start: { seq: 10 }, entries: 2, problem: null });
  expect((await auditLog.verify(OTHERS)).problem).toBeNull();
});

test("a pruning is an entry itself: how many, up to which, and why", async () => {
  const { auditLog, clock, rows } = await startOld();
  const before = rows();
  clock.advance(40 * DAY_MS);
  await auditLog.prune();
  const [last] = before.filter(({ seq, team_id }) => seq === 10 && team_id === TEAM);
  const hash = Buffer.from(last?.["hash"] instanceof Uint8Array ? last["hash"] : []).toString("hex");
  const entries = await auditLog.list(
    TEAM,
    {
      ...{ actorId: null, credentialId: null, targetId: null, outcome: null, since: null, until: null },
      verb: { kind: "verb", verb: "audit.prune" },
    },
    { cursor: null, limit: 10 },
  );
  expect(entries.entries).toMatchObject([
    {
      seq: 11,
      actorKind: "system",
      outcome: "done",
      details: { entries: 10, up_to_seq: 10, up_to_hash: hash, retention_days: 30 },
    },
  ]);
});

test("many at once go in parts, each of which leaves the log in order", async () => {
  const { auditLog, clock, recordMany, seqs, verify } = await startOld();
  await recordMany(4500);
  clock.advance(60 * DAY_MS);
  await auditLog.prune();
  expect(seqs()).toHaveLength(3);
  expect(await verify()).toMatchObject({ start: { seq: 4510 }, entries: 3, problem: null });
});

test("an entry that is young keeps those after it, though the clock was put forward when they were made", async () => {
  const { auditLog, clock, record, seqs } = await startOld();
  clock.correct(90 * DAY_MS);
  await record(entry());
  clock.correct(-90 * DAY_MS);
  await record(entry(), entry());
  clock.advance(60 * DAY_MS);
  await auditLog.prune();
  expect(seqs()).toEqual([11, 12, 13, 14]);
});

test("again and again, the chain goes on", async () => {
  const { auditLog, clock, recordMany, verify, verifyText, exported, rows } = await startOld(2);
  for (let day = 0; day < 20; day += 1) {
    await recordMany(3);
    clock.advance(DAY_MS);
    await auditLog.sign();
    await auditLog.prune();
    expect((await verify()).problem).toBeNull();
  }
  expect((await verifyText(await exported())).problem).toBeNull();
  expect(rows("audit_checkpoints").filter(({ kind, team_id }) => kind === "anchor" && team_id === TEAM)).toHaveLength(
    1,
  );
});

test("what is not in order is not pruned, and the operator hears of it: evidence is not thrown away", async () => {
  const log = createCapturedLog();
  const { auditLog, clock, seqs, tamper, verify } = await startOld(30, { log });
  tamper(`UPDATE audit_entries SET actor_name = 'Eve' WHERE team_id = '${TEAM}' AND seq = 4`);
  clock.advance(60 * DAY_MS);
  await auditLog.prune();
  expect(seqs()).toHaveLength(10);
  expect(seqs(OTHERS)).toHaveLength(1);
  expect(log.lines.join()).toContain("Entry 4 is not as it was written");
  expect((await verify()).problem).toMatchObject({ kind: "altered", seq: 4 });
});

test("if the entry about a pruning cannot be written, nothing is pruned", async () => {
  const { auditLog, clock, seqs, tamper, verify } = await startOld();
  clock.advance(60 * DAY_MS);
  tamper("CREATE TRIGGER block BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'blocked'); END");
  await expect(auditLog.prune()).rejects.toThrow("blocked");
  expect(seqs()).toHaveLength(10);
  tamper("DROP TRIGGER block");
  expect((await verify()).problem).toBeNull();
});

describe("since when a log is whole", () => {
  test("is from its beginning, or since the first entry that was not pruned", async () => {
    const { auditLog, clock, record } = await startOld();
    expect(auditLog.reachesBackTo(TEAM)).toBeNull();
    clock.advance(30 * DAY_MS);
    await record(entry());
    const at = clock.now();
    clock.advance(10 * DAY_MS);
    await auditLog.prune();
    expect(auditLog.reachesBackTo(TEAM)).toBe(at);
  });
});
