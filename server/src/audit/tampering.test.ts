import type { SQLOutputValue } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findingsOf, OTHERS, startSignedAudit, TEAM } from "../../test/start-test-audit.ts";

const COUNT = 9;

test("a log that nobody touched is in order, from the first entry to the last", async () => {
  const audited = await startSignedAudit();
  expect(await audited.verify()).toMatchObject({ entries: COUNT, checkpoints: 2, problem: null });
  expect(await audited.verifyText(await audited.exported())).toMatchObject({
    entries: COUNT,
    // The export made one more.
    checkpoints: 3,
    problem: null,
    isPart: false,
  });
  const { problem } = await audited.auditLog.verify(OTHERS);
  expect(problem).toBeNull();
});

const TEXTS = [
  ...["actor_id", "actor_kind", "actor_name", "credential_kind", "credential_id", "verb", "target_kind", "target_id"],
  ...["outcome", "address", "user_agent", "request_id", "details"],
];
const NULLABLE = ["actor_id", "credential_kind", "credential_id", "address", "user_agent", "request_id"];
const anyByte = fc.nat(255);
const anySeq = fc.integer({ min: 1, max: COUNT });

/** The value with one byte changed, added or taken away, as bytes. */
function changeByte(value: SQLOutputValue, place: number, byte: number, how: string): Buffer | undefined {
  const bytes = value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value));
  const at = place % Math.max(1, bytes.length);
  const changed = Buffer.concat([
    bytes.subarray(0, at),
    how === "remove" ? Buffer.alloc(0) : Buffer.from([byte]),
    bytes.subarray(how === "add" ? at : at + 1),
  ]);
  return changed.equals(bytes) ? undefined : changed;
}

describe("whoever changes something in an entry is found out, and the entry is named:", () => {
  test("any byte of any text, were it one that makes no text of it", async () => {
    const audited = await startSignedAudit();
    const change = fc.constantFrom("replace", "add", "remove");
    await fc.assert(
      fc.asyncProperty(
        anySeq,
        fc.constantFrom(...TEXTS),
        fc.nat(),
        anyByte,
        change,
        async (seq, column, place, byte, how) => {
          const before = audited.rows().find((row) => row["team_id"] === TEAM && row["seq"] === seq)?.[column] ?? null;
          const changed = changeByte(before, place, byte, how);
          fc.pre(changed !== undefined);
          const write = `UPDATE audit_entries SET ${column} = CAST(? AS TEXT) WHERE team_id = '${TEAM}' AND seq = ${seq}`;
          audited.tamper(write, changed ?? null);
          const problem = await findingsOf(audited);
          audited.tamper(`UPDATE audit_entries SET ${column} = ? WHERE team_id = '${TEAM}' AND seq = ${seq}`, before);
          expect(problem).toMatchObject({ kind: "altered", seq });
        },
      ),
      { numRuns: 150 },
    );
    expect((await audited.verify()).problem).toBeNull();
  });

  test("any byte of either hash", async () => {
    const audited = await startSignedAudit();
    await fc.assert(
      fc.asyncProperty(
        anySeq,
        fc.constantFrom("hash", "previous_hash"),
        fc.nat(31),
        fc.integer({ min: 1, max: 255 }),
        async (seq, column, place, difference) => {
          const where = `WHERE team_id = '${TEAM}' AND seq = ${seq}`;
          const before = audited.rows().find((row) => row["team_id"] === TEAM && row["seq"] === seq)?.[column] ?? null;
          const changed = Buffer.from(before instanceof Uint8Array ? before : []);
          changed[place] = (changed[place] ?? 0) ^ difference;
          audited.tamper(`UPDATE audit_entries SET ${column} = ? ${where}`, changed);
          const problem = await findingsOf(audited);
          audited.tamper(`UPDATE audit_entries SET ${column} = ? ${where}`, before);
          expect(problem).toMatchObject({ seq, kind: "altered" });
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each<[what: string, set: string]>([
    ["the time, by a millisecond", "at = at + 1"],
    ["the time, to a fraction", "at = at + 0.5"],
    ["the time, to a text", "at = 'yesterday'"],
    ["the time, to more than a number can hold", "at = 9223372036854775807"],
    ["the time, to bytes", "at = x'00'"],
    ["the details, by a space", "details = details || ' '"],
    ["the details, to the same in other words", `details = '{"name": "ci"}'`],
    ["the details, to what is no JSON", `details = '{"name":"ci"'`],
    ["the details, to several lines", "details = '{' || char(10) || '}'"],
    ["the details, to a list", "details = '[]'"],
    ...NULLABLE.map((column): [string, string] => [`${column}, to nothing`, `${column} = NULL`]),
  ])("%s", async (_what, set) => {
    for (const seq of [1, 4, COUNT]) {
      const audited = await startSignedAudit();
      audited.tamper(`UPDATE audit_entries SET ${set} WHERE team_id = '${TEAM}' AND seq = ${seq}`);
      expect(await findingsOf(audited)).toMatchObject({ kind: "altered", seq });
    }
  });
});

describe("whoever moves entries is found out:", () => {
  test.each([1, 4, 6, 7, COUNT])("deleting entry %d", async (seq) => {
    const audited = await startSignedAudit();
    audited.tamper(`DELETE FROM audit_entries WHERE team_id = '${TEAM}' AND seq = ${seq}`);
    expect(await findingsOf(audited)).toMatchObject({ kind: "missing", seq });
  });

  test.each([
    [1, 2],
    [3, 7],
    [8, 9],
  ])("swapping entries %d and %d", async (one, other) => {
    const audited = await startSignedAudit();
    for (const [from, to] of [
      [one, 100],
      [other, one],
      [100, other],
    ])
      audited.tamper(`UPDATE audit_entries SET seq = ${to} WHERE team_id = '${TEAM}' AND seq = ${from}`);
    expect(await findingsOf(audited)).toMatchObject({ kind: "altered", seq: one });
  });

  test.each([0, -5, COUNT + 1, 1000])("giving entry 5 the number %d", async (seq) => {
    const audited = await startSignedAudit();
    audited.tamper(`UPDATE audit_entries SET seq = ${seq} WHERE team_id = '${TEAM}' AND seq = 5`);
    const problem = await audited.verify();
    expect(problem.problem).toMatchObject(seq < 1 ? { kind: "out_of_place", seq } : { kind: "missing", seq: 5 });
    expect((await audited.verifyText(await audited.exported())).problem).toMatchObject({ kind: "missing", seq: 5 });
  });

  test("giving an entry a number that is none", async () => {
    const audited = await startSignedAudit();
    audited.tamper(`UPDATE audit_entries SET seq = 'five' WHERE team_id = '${TEAM}' AND seq = 5`);
    expect(await findingsOf(audited)).toMatchObject({ kind: "missing", seq: 5 });
  });

  test("moving an entry to another team", async () => {
    const audited = await startSignedAudit();
    audited.tamper(`UPDATE audit_entries SET team_id = '${OTHERS}' WHERE team_id = '${TEAM}' AND seq = 4`);
    expect(await findingsOf(audited)).toMatchObject({ kind: "missing", seq: 4 });
    expect((await audited.auditLog.verify(OTHERS)).problem).toMatchObject({ kind: "altered", seq: 4 });
  });

  const copyAs = (seq: number): string => {
    const columns = `at, ${TEXTS.join(", ")}, previous_hash, hash`;
    return `INSERT INTO audit_entries (team_id, seq, ${columns}) SELECT team_id, ${seq}, ${columns} FROM audit_entries
      WHERE team_id = '${TEAM}' AND seq = 4`;
  };

  test("putting a copy in at the end", async () => {
    const audited = await startSignedAudit();
    audited.tamper(copyAs(COUNT + 1));
    expect(await findingsOf(audited)).toMatchObject({ kind: "altered", seq: COUNT + 1 });
  });

  test.each([
    [0, { kind: "out_of_place", seq: 0 }],
    [4.5, { kind: "out_of_place", seq: null }],
  ])("putting a copy in as entry %d, which no export takes for one", async (seq, problem) => {
    const audited = await startSignedAudit();
    audited.tamper(copyAs(seq));
    expect((await audited.verify()).problem).toMatchObject(problem);
    expect(await audited.verifyText(await audited.exported())).toMatchObject({ entries: COUNT, problem: null });
  });

  test.each([1, 3, 6])("cutting the last %d off", async (count) => {
    const audited = await startSignedAudit();
    audited.tamper(`DELETE FROM audit_entries WHERE team_id = '${TEAM}' AND seq > ${COUNT - count}`);
    expect(await findingsOf(audited)).toMatchObject({ kind: "missing", seq: COUNT - count + 1 });
  });

  test("deleting everything", async () => {
    const audited = await startSignedAudit();
    audited.tamper(`DELETE FROM audit_entries WHERE team_id = '${TEAM}'`);
    expect(await findingsOf(audited)).toMatchObject({ kind: "missing", seq: 1 });
  });
});
