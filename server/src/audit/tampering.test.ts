import type { SQLOutputValue } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { entry, OTHERS, startTestAudit, TEAM } from "../../test/start-test-audit.ts";
import { sha256 } from "./chain.ts";
import { entryBody } from "./model/entries.ts";
import { prepareReads } from "./queries/read.ts";

type Audited = Awaited<ReturnType<typeof startTestAudit>>;

const DAY_MS = 86_400_000;
const COUNT = 9;

/** Nine entries, checkpoints at 3 and 6, and a few entries of another team. */
async function startSigned(): Promise<Audited> {
  const audited = await startTestAudit();
  for (let times = 0; times < 3; times += 1) {
    await audited.recordMany(3);
    await audited.recordMany(1, OTHERS);
    if (times < 2) await audited.auditLog.sign();
  }
  return audited;
}

/** What the server and whoever has nothing but an export find first, which is the same. */
async function findings({ verify, exported, verifyText }: Audited) {
  const { problem } = await verify();
  const offline = await verifyText(await exported());
  expect([offline.problem?.kind, offline.problem?.seq]).toEqual([problem?.kind, problem?.seq]);
  return problem;
}

test("a log that nobody touched is in order, from the first entry to the last", async () => {
  const audited = await startSigned();
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
    const audited = await startSigned();
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
          const problem = await findings(audited);
          audited.tamper(`UPDATE audit_entries SET ${column} = ? WHERE team_id = '${TEAM}' AND seq = ${seq}`, before);
          expect(problem).toMatchObject({ kind: "altered", seq });
        },
      ),
      { numRuns: 150 },
    );
    expect((await audited.verify()).problem).toBeNull();
  });

  test("any byte of either hash", async () => {
    const audited = await startSigned();
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
          const problem = await findings(audited);
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
      const audited = await startSigned();
      audited.tamper(`UPDATE audit_entries SET ${set} WHERE team_id = '${TEAM}' AND seq = ${seq}`);
      expect(await findings(audited)).toMatchObject({ kind: "altered", seq });
    }
  });
});

describe("whoever moves entries is found out:", () => {
  test.each([1, 4, 6, 7, COUNT])("deleting entry %d", async (seq) => {
    const audited = await startSigned();
    audited.tamper(`DELETE FROM audit_entries WHERE team_id = '${TEAM}' AND seq = ${seq}`);
    expect(await findings(audited)).toMatchObject({ kind: "missing", seq });
  });

  test.each([
    [1, 2],
    [3, 7],
    [8, 9],
  ])("swapping entries %d and %d", async (one, other) => {
    const audited = await startSigned();
    for (const [from, to] of [
      [one, 100],
      [other, one],
      [100, other],
    ])
      audited.tamper(`UPDATE audit_entries SET seq = ${to} WHERE team_id = '${TEAM}' AND seq = ${from}`);
    expect(await findings(audited)).toMatchObject({ kind: "altered", seq: one });
  });

  test.each([0, -5, COUNT + 1, 1000])("giving entry 5 the number %d", async (seq) => {
    const audited = await startSigned();
    audited.tamper(`UPDATE audit_entries SET seq = ${seq} WHERE team_id = '${TEAM}' AND seq = 5`);
    const problem = await audited.verify();
    expect(problem.problem).toMatchObject(seq < 1 ? { kind: "out_of_place", seq } : { kind: "missing", seq: 5 });
    expect((await audited.verifyText(await audited.exported())).problem).toMatchObject({ kind: "missing", seq: 5 });
  });

  test("giving an entry a number that is none", async () => {
    const audited = await startSigned();
    audited.tamper(`UPDATE audit_entries SET seq = 'five' WHERE team_id = '${TEAM}' AND seq = 5`);
    expect(await findings(audited)).toMatchObject({ kind: "missing", seq: 5 });
  });

  test("moving an entry to another team", async () => {
    const audited = await startSigned();
    audited.tamper(`UPDATE audit_entries SET team_id = '${OTHERS}' WHERE team_id = '${TEAM}' AND seq = 4`);
    expect(await findings(audited)).toMatchObject({ kind: "missing", seq: 4 });
    expect((await audited.auditLog.verify(OTHERS)).problem).toMatchObject({ kind: "altered", seq: 4 });
  });

  test.each([0, 4.5, COUNT + 1])("putting a copy in as entry %d", async (seq) => {
    const audited = await startSigned();
    const columns = `at, ${TEXTS.join(", ")}, previous_hash, hash`;
    audited.tamper(
      `INSERT INTO audit_entries (team_id, seq, ${columns}) SELECT team_id, ${seq}, ${columns} FROM audit_entries
       WHERE team_id = '${TEAM}' AND seq = 4`,
    );
    const { problem } = await audited.verify();
    expect(problem).toMatchObject(
      { 0: { kind: "out_of_place", seq: 0 }, 4.5: { kind: "out_of_place" }, 10: { kind: "altered", seq: 10 } }[seq] ??
        {},
    );
  });

  test.each([1, 3, 6])("cutting the last %d off", async (count) => {
    const audited = await startSigned();
    audited.tamper(`DELETE FROM audit_entries WHERE team_id = '${TEAM}' AND seq > ${COUNT - count}`);
    expect(await findings(audited)).toMatchObject({ kind: "missing", seq: COUNT - count + 1 });
  });

  test("deleting everything", async () => {
    const audited = await startSigned();
    audited.tamper(`DELETE FROM audit_entries WHERE team_id = '${TEAM}'`);
    expect(await findings(audited)).toMatchObject({ kind: "missing", seq: 1 });
  });
});

/** Makes the chain fit again from this entry on, with its end: what somebody can do who has the database but not the key. */
function rechain({ store, tamper }: Audited, fromSeq: number): void {
  const reads = prepareReads(store.committed);
  for (const { seq } of reads.page(TEAM, fromSeq - 1, 100)) {
    const [before] = reads.page(TEAM, seq - 2, 1);
    const [own] = reads.page(TEAM, seq - 1, 1);
    if (own === undefined) throw new Error("unreachable");
    const previousHash = seq === 1 ? "0".repeat(64) : (before?.hash ?? "");
    const hash = Buffer.from(sha256(entryBody({ ...own, previousHash })), "hex");
    const where = `WHERE team_id = '${TEAM}'`;
    tamper(
      `UPDATE audit_entries SET previous_hash = ?, hash = ? ${where} AND seq = ${seq}`,
      Buffer.from(previousHash, "hex"),
      hash,
    );
    tamper(`UPDATE audit_heads SET seq = ${seq}, hash = ? ${where}`, hash);
  }
}

describe("whoever can compute hashes but has no key is found out:", () => {
  test("an entry that was replaced with one that has the right hash", async () => {
    const audited = await startSigned();
    audited.tamper(`UPDATE audit_entries SET actor_name = 'Eve' WHERE team_id = '${TEAM}' AND seq = 4`);
    const [own] = prepareReads(audited.store.committed).page(TEAM, 3, 1);
    if (own === undefined) throw new Error("unreachable");
    const hash = Buffer.from(sha256(entryBody(own)), "hex");
    audited.tamper(`UPDATE audit_entries SET hash = ? WHERE team_id = '${TEAM}' AND seq = 4`, hash);
    expect(await findings(audited)).toMatchObject({ kind: "unlinked", seq: 5 });
  });

  test.each([1, 4, 6])(
    "everything from entry %d on rewritten, with the end of the log: the next checkpoint tells",
    async (seq) => {
      const audited = await startSigned();
      audited.tamper(`UPDATE audit_entries SET actor_name = 'Eve' WHERE team_id = '${TEAM}' AND seq = ${seq}`);
      rechain(audited, seq);
      expect(await findings(audited)).toMatchObject({ kind: "rewritten", seq: seq === 1 ? 3 : 6 });
    },
  );

  test("the tail cut off, with the end of the log: a checkpoint knows more", async () => {
    const audited = await startSigned();
    audited.tamper(`DELETE FROM audit_entries WHERE team_id = '${TEAM}' AND seq > 4`);
    rechain(audited, 4);
    expect(await findings(audited)).toMatchObject({ kind: "missing", seq: 5 });
  });

  test("what nobody has signed yet can be rewritten, as docs/operate/audit.md says; an export that was kept knows better", async () => {
    const audited = await startSigned();
    const kept = await audited.exported();
    audited.tamper("DELETE FROM audit_checkpoints WHERE seq > 6");
    audited.tamper("UPDATE audit_heads SET checkpoint_seq = 6");
    audited.tamper(`UPDATE audit_entries SET actor_name = 'Eve' WHERE team_id = '${TEAM}' AND seq = 8`);
    rechain(audited, 8);
    expect((await audited.verify()).problem).toBeNull();
    expect((await audited.verifyText(kept)).problem).toBeNull();
    expect(await audited.exported()).not.toContain(kept.split("\n").at(-3));
  });
});

describe("whoever changes what was signed is found out:", () => {
  test.each<[what: string, sql: string, problem: object]>([
    [
      "the seq",
      "UPDATE audit_checkpoints SET seq = 4 WHERE team_id = 'team' AND seq = 3",
      { kind: "bad_signature", seq: 4 },
    ],
    [
      "the kind",
      "UPDATE audit_checkpoints SET kind = 'anchor' WHERE team_id = 'team' AND seq = 3",
      { kind: "bad_signature", seq: 3 },
    ],
    [
      "a letter of the kind",
      "UPDATE audit_checkpoints SET kind = 'checkpoin' WHERE team_id = 'team' AND seq = 3",
      { kind: "bad_signature", seq: 3 },
    ],
    [
      "the hash",
      "UPDATE audit_checkpoints SET hash = x'00' WHERE team_id = 'team' AND seq = 3",
      { kind: "bad_signature", seq: 3 },
    ],
    [
      "the time",
      "UPDATE audit_checkpoints SET at = at + 1 WHERE team_id = 'team' AND seq = 6",
      { kind: "bad_signature", seq: 6 },
    ],
    [
      "the key",
      "UPDATE audit_checkpoints SET key_id = 'other' WHERE team_id = 'team' AND seq = 6",
      { kind: "bad_signature", seq: 6 },
    ],
    [
      "the signature",
      "UPDATE audit_checkpoints SET signature = zeroblob(64) WHERE team_id = 'team' AND seq = 6",
      { kind: "bad_signature", seq: 6 },
    ],
    [
      "the signature, cut short",
      "UPDATE audit_checkpoints SET signature = x'00' WHERE team_id = 'team' AND seq = 6",
      { kind: "bad_signature", seq: 6 },
    ],
  ])("%s of a checkpoint", async (_what, sql, problem) => {
    const audited = await startSigned();
    audited.tamper(sql);
    expect(await findings(audited)).toMatchObject(problem);
  });

  test("another team's checkpoint in the place of one's own", async () => {
    const audited = await startSigned();
    audited.tamper("DELETE FROM audit_checkpoints WHERE team_id = 'team' AND seq < 6");
    audited.tamper("UPDATE audit_checkpoints SET team_id = 'team' WHERE team_id = 'others' AND seq = 1");
    expect(await findings(audited)).toMatchObject({ kind: "bad_signature", seq: 1 });
  });

  test("the newest checkpoint, gone", async () => {
    const audited = await startSigned();
    audited.tamper("DELETE FROM audit_checkpoints WHERE team_id = 'team' AND seq = 6");
    expect((await audited.verify()).problem).toMatchObject({ kind: "unsigned_end", seq: 6 });
  });

  test.each<[what: string, set: string, problem: object]>([
    ["its number, lower", "seq = 7", { kind: "out_of_place", seq: 8 }],
    ["its number, higher", "seq = 12", { kind: "missing", seq: 10 }],
    ["its number, to none", "seq = 'x'", { kind: "out_of_place", seq: null }],
    ["its hash", "hash = zeroblob(32)", { kind: "wrong_end", seq: 9 }],
  ])("the end of the log: %s", async (_what, set, problem) => {
    const audited = await startSigned();
    audited.tamper(`UPDATE audit_heads SET ${set} WHERE team_id = 'team'`);
    expect((await audited.verify()).problem).toMatchObject(problem);
  });

  test("the end of the log, gone", async () => {
    const audited = await startSigned();
    audited.tamper("DELETE FROM audit_heads WHERE team_id = 'team'");
    expect((await audited.verify()).problem).toMatchObject({ kind: "out_of_place", seq: 1 });
  });

  test.each<[what: string, set: string, problem: object]>([
    ["where nothing was pruned", "anchor_seq = 3", { kind: "unsigned_anchor", seq: 3 }],
    ["at the hash before the first entry", "anchor_hash = x'01'", { kind: "unlinked", seq: 1 }],
    ["at a number that is none", "anchor_seq = 'x'", { kind: "unsigned_anchor", seq: null }],
  ])("an anchor %s", async (_what, set, problem) => {
    const audited = await startSigned();
    audited.tamper(`UPDATE audit_heads SET ${set} WHERE team_id = 'team'`);
    expect(await findings(audited)).toMatchObject(problem);
  });

  test("entries deleted from the front, with an anchor that only a checkpoint speaks for", async () => {
    const audited = await startSigned();
    audited.tamper(
      "UPDATE audit_heads SET anchor_seq = 3, anchor_hash = (SELECT hash FROM audit_checkpoints c WHERE c.team_id = 'team' AND c.seq = 3) WHERE team_id = 'team'",
    );
    audited.tamper("DELETE FROM audit_entries WHERE team_id = 'team' AND seq <= 3");
    expect(await findings(audited)).toMatchObject({ kind: "unsigned_anchor", seq: 3 });
  });

  test.each<[what: string, sql: string, problem: object]>([
    [
      "the anchor's number",
      "UPDATE audit_heads SET anchor_seq = anchor_seq + 1 WHERE team_id = 'team'",
      { kind: "out_of_place" },
    ],
    [
      "the anchor's hash",
      "UPDATE audit_heads SET anchor_hash = zeroblob(32) WHERE team_id = 'team'",
      { kind: "out_of_place" },
    ],
    [
      "the signed anchor",
      "UPDATE audit_checkpoints SET signature = zeroblob(64) WHERE kind = 'anchor'",
      { kind: "bad_signature" },
    ],
    ["the signed anchor, gone", "DELETE FROM audit_checkpoints WHERE kind = 'anchor'", { kind: "unsigned_anchor" }],
    [
      "the first entry after it",
      "DELETE FROM audit_entries WHERE seq = (SELECT min(seq) FROM audit_entries)",
      { kind: "missing" },
    ],
  ])("of a pruned log: %s", async (_what, sql, problem) => {
    const audited = await startTestAudit({ retentionDays: 1 });
    await audited.recordMany(5);
    audited.clock.advance(3 * DAY_MS);
    await audited.record(entry());
    await audited.auditLog.prune();
    expect(await findings(audited)).toBeNull();
    audited.tamper(sql);
    expect(await findings(audited)).toMatchObject(problem);
  });
});
