import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { entry, OTHERS, startTestAudit, TEAM } from "../../test/start-test-audit.ts";
import type { AuditEntry } from "./model/entries.ts";
import { type Cursor, type Filter, formatCursor, parseCursor, parseVerbFilter } from "./model/filter.ts";
import { selectEntries } from "./queries/list.ts";

const HOUR_MS = 3_600_000;
const NOTHING: Filter = {
  actorId: null,
  credentialId: null,
  targetId: null,
  verb: null,
  outcome: null,
  since: null,
  until: null,
};

const by = (id: string, credential: string): AuditEntry["actor"] => ({
  id,
  kind: "person",
  name: id,
  credential: { kind: "access_key", id: credential },
});
const RECORDED: readonly Partial<AuditEntry>[] = [
  { actor: by("ada", "k1"), verb: "access_key.create", target: { kind: "access_key", id: "k2" } },
  { actor: by("ada", "k2"), verb: "access_key.delete", target: { kind: "access_key", id: "k1" } },
  { actor: by("bob", "k1"), verb: "access_key.create", target: { kind: "access_key", id: "k3" }, outcome: "refused" },
  { actor: by("bob", "k3"), verb: "access_keys.create", target: { kind: "access_key", id: "k3" } },
  { actor: by("bob", "k3"), verb: "namespace.create", target: { kind: "namespace", id: "ada" } },
  { actor: { id: null, kind: "system", name: "ada", credential: null }, verb: "key.end", origin: null },
];

/** The entries above, an hour apart; the same of another team between them. */
async function startRecorded() {
  const audited = await startTestAudit();
  const start = audited.clock.now();
  for (const different of RECORDED) {
    await audited.record(entry(different), entry({ ...different, teamId: OTHERS }));
    audited.clock.advance(HOUR_MS);
  }
  const ask = async (filter: Partial<Filter>, page: { cursor?: string | null; limit?: number } = {}) => {
    const { entries, nextCursor } = await audited.auditLog.list(
      TEAM,
      { ...NOTHING, ...filter },
      { cursor: page.cursor ?? null, limit: page.limit ?? 100 },
    );
    expect(entries.every(({ teamId }) => teamId === TEAM)).toBe(true);
    return { seqs: entries.map(({ seq }) => seq), nextCursor };
  };
  return { ...audited, start, ask };
}

test.each<[what: string, filter: (start: number) => Partial<Filter>, seqs: number[]]>([
  ["everything", () => ({}), [6, 5, 4, 3, 2, 1]],
  ["what somebody did", () => ({ actorId: "ada" }), [2, 1]],
  ["what was done with a key", () => ({ credentialId: "k1" }), [3, 1]],
  ["what was done to something", () => ({ targetId: "k3" }), [4, 3]],
  ["one verb", () => ({ verb: parseVerbFilter("access_key.create") }), [3, 1]],
  ["all about one kind of thing", () => ({ verb: parseVerbFilter("access_key.*") }), [3, 2, 1]],
  ["all about a kind of thing whose name begins another's", () => ({ verb: parseVerbFilter("key.*") }), [6]],
  ["what was refused", () => ({ outcome: "refused" }), [3]],
  ["what was done", () => ({ outcome: "done" }), [6, 5, 4, 2, 1]],
  ["from an instant on", (start) => ({ since: start + 2 * HOUR_MS }), [6, 5, 4, 3]],
  ["before an instant", (start) => ({ until: start + 2 * HOUR_MS }), [2, 1]],
  ["between two", (start) => ({ since: start + HOUR_MS, until: start + 3 * HOUR_MS }), [3, 2]],
  ["several at once", (start) => ({ actorId: "bob", credentialId: "k3", since: start + 4 * HOUR_MS }), [5]],
  ["what nobody did", () => ({ actorId: "eve" }), []],
  ["a verb with a star is no pattern for others", () => ({ verb: { kind: "verb", verb: "access_key.*" } }), []],
])("a question finds %s, newest first, and nothing of other teams", async (_what, filter, seqs) => {
  const { ask, start } = await startRecorded();
  expect((await ask(filter(start))).seqs).toEqual(seqs);
});

describe("pages", () => {
  test.each([1, 2, 3, 5, 6, 7])("of %d show each entry once, whatever is recorded meanwhile", async (limit) => {
    const { ask, record } = await startRecorded();
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const page = await ask({}, { cursor, limit });
      seen.push(...page.seqs);
      cursor = page.nextCursor;
      await record(entry());
    } while (cursor !== null);
    expect(seen).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test("go on within a millisecond in which much happened", async () => {
    const { ask, record } = await startRecorded();
    await record(...Array.from({ length: 10 }, () => entry()));
    const first = await ask({}, { limit: 4 });
    const second = await ask({}, { cursor: first.nextCursor, limit: 4 });
    expect([...first.seqs, ...second.seqs]).toEqual([16, 15, 14, 13, 12, 11, 10, 9]);
  });

  test("are by time, so that a clock that was put back hides nothing from a question about a time", async () => {
    const { ask, record, clock, start } = await startRecorded();
    clock.correct(-4 * HOUR_MS);
    await record(entry());
    expect((await ask({ since: start + 2 * HOUR_MS, until: start + 3 * HOUR_MS })).seqs).toEqual([7, 3]);
  });

  test.each(["", "x", "1:2", "MTIzOg", Buffer.from("1:2:3").toString("base64url")])(
    "do not begin at %j, which no page gave out",
    async (cursor) => {
      const { ask } = await startRecorded();
      await expect(ask({}, { cursor })).rejects.toThrow("no cursor of this list");
    },
  );

  test("a cursor says nothing but where to go on", () => {
    const cursor: Cursor = { at: 1_774_257_300_000, seq: 17 };
    expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
  });
});

const somebody = { actorId: "ada" };
test.each<[index: string, filter: Partial<Filter>]>([
  ["by_at (team_id=?)", {}],
  ["by_at (team_id=? AND at>? AND at<?)", { since: 1, until: 2 }],
  ["by_actor_id (team_id=? AND actor_id=?)", somebody],
  ["by_actor_id (team_id=? AND actor_id=? AND at>?)", { ...somebody, since: 1 }],
  ["by_credential_id (team_id=? AND credential_id=?)", { credentialId: "k1" }],
  ["by_target_id (team_id=? AND target_id=?)", { targetId: "k1" }],
  ["by_verb (team_id=? AND verb=?)", { verb: parseVerbFilter("a.b") }],
  ["by_thing (team_id=? AND <expr>=?)", { verb: parseVerbFilter("a.*") }],
  ["refused (team_id=?)", { outcome: "refused" }],
])("the index %s serves its question, in order and without the entries of other teams", async (index, filter) => {
  const { store, folder } = await startTestAudit();
  const database = new DatabaseSync(folder.database);
  const planOf = (cursor: Cursor | null) => {
    const { sql, parameters } = selectEntries(TEAM, { ...NOTHING, ...filter }, cursor, 10).compile(store.db);
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(parameters as string[]));
    return plan.map(({ detail }) => detail);
  };
  expect(planOf(null)).toEqual([`SEARCH audit_entries USING INDEX audit_entries_${index}`]);
  const [name] = index.split("?)");
  expect(planOf({ at: 3, seq: 4 })).toEqual([
    expect.stringContaining(`SEARCH audit_entries USING INDEX audit_entries_${name?.split(" AND at")[0]}`),
  ]);
  database.close();
});

test("a row that somebody has damaged is shown as it is, and hides no other", async () => {
  const { auditLog, recordMany, tamper } = await startTestAudit();
  await recordMany(3);
  tamper("UPDATE audit_entries SET details = '{', at = 9223372036854775807, verb = x'ff' WHERE seq = 2");
  const { entries } = await auditLog.list(TEAM, NOTHING, { cursor: null, limit: 10 });
  expect(entries.map(({ seq }) => seq).sort()).toEqual([1, 2, 3]);
  expect(entries.find(({ seq }) => seq === 2)).toMatchObject({
    at: Number.NaN,
    verb: "\ufffd",
    details: { unreadable: "{" },
  });
});

describe("a replay", () => {
  const seqsOf = async (replay: AsyncIterable<{ seq: number }>) => {
    const seqs: number[] = [];
    for await (const { seq } of replay) seqs.push(seq);
    return seqs;
  };

  test("gives the entries of some verbs up to an instant, oldest first", async () => {
    const { auditLog, start } = await startRecorded();
    const verbs = ["access_key.create", "namespace.create"];
    expect(await seqsOf(auditLog.replay(TEAM, { verbs, until: start + 10 * HOUR_MS }))).toEqual([1, 3, 5]);
    expect(await seqsOf(auditLog.replay(TEAM, { verbs, until: start + 2 * HOUR_MS }))).toEqual([1, 3]);
    expect(await seqsOf(auditLog.replay(TEAM, { verbs, until: start + 2 * HOUR_MS - 1 }))).toEqual([1]);
    expect(await seqsOf(auditLog.replay(TEAM, { verbs: [], until: start }))).toEqual([]);
  });

  test("goes on over as many entries as there are, with their details", async () => {
    const { auditLog, recordMany, record, clock } = await startTestAudit();
    await recordMany(1100);
    await record(entry({ verb: "other.verb" }));
    const all = auditLog.replay(TEAM, { verbs: ["access_key.create"], until: clock.now() });
    const seqs: number[] = [];
    for await (const { seq, details } of all) {
      seqs.push(seq);
      expect(details).toEqual({ name: "ci" });
    }
    expect(seqs).toEqual(Array.from({ length: 1100 }, (_, index) => index + 1));
  });
});
