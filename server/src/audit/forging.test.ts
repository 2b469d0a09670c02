import { describe, expect, test } from "vitest";
import { entry, findingsOf, startSignedAudit, startTestAudit, TEAM } from "../../test/start-test-audit.ts";
import { sha256 } from "./chain.ts";
import { entryBody } from "./model/entries.ts";
import { prepareReads } from "./queries/read.ts";

type Audited = Awaited<ReturnType<typeof startTestAudit>>;

const DAY_MS = 86_400_000;

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
    const audited = await startSignedAudit();
    audited.tamper(`UPDATE audit_entries SET actor_name = 'Eve' WHERE team_id = '${TEAM}' AND seq = 4`);
    const [own] = prepareReads(audited.store.committed).page(TEAM, 3, 1);
    if (own === undefined) throw new Error("unreachable");
    const hash = Buffer.from(sha256(entryBody(own)), "hex");
    audited.tamper(`UPDATE audit_entries SET hash = ? WHERE team_id = '${TEAM}' AND seq = 4`, hash);
    expect(await findingsOf(audited)).toMatchObject({ kind: "unlinked", seq: 5 });
  });

  test.each([1, 4, 6])(
    "everything from entry %d on rewritten, with the end of the log: the next checkpoint tells",
    async (seq) => {
      const audited = await startSignedAudit();
      audited.tamper(`UPDATE audit_entries SET actor_name = 'Eve' WHERE team_id = '${TEAM}' AND seq = ${seq}`);
      rechain(audited, seq);
      expect(await findingsOf(audited)).toMatchObject({ kind: "rewritten", seq: seq === 1 ? 3 : 6 });
    },
  );

  test("the tail cut off, with the end of the log: a checkpoint knows more", async () => {
    const audited = await startSignedAudit();
    audited.tamper(`DELETE FROM audit_entries WHERE team_id = '${TEAM}' AND seq > 4`);
    rechain(audited, 4);
    expect(await findingsOf(audited)).toMatchObject({ kind: "missing", seq: 5 });
  });

  test("what nobody has signed yet can be rewritten, as docs/operate/audit.md says; an export that was kept knows better", async () => {
    const audited = await startSignedAudit();
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
    const audited = await startSignedAudit();
    audited.tamper(sql);
    expect(await findingsOf(audited)).toMatchObject(problem);
  });

  test("another team's checkpoint in the place of one's own", async () => {
    const audited = await startSignedAudit();
    audited.tamper("DELETE FROM audit_checkpoints WHERE team_id = 'team' AND seq < 6");
    audited.tamper("UPDATE audit_checkpoints SET team_id = 'team' WHERE team_id = 'others' AND seq = 1");
    expect(await findingsOf(audited)).toMatchObject({ kind: "bad_signature", seq: 1 });
  });

  test("the newest checkpoint, gone", async () => {
    const audited = await startSignedAudit();
    audited.tamper("DELETE FROM audit_checkpoints WHERE team_id = 'team' AND seq = 6");
    expect((await audited.verify()).problem).toMatchObject({ kind: "unsigned_end", seq: 6 });
  });

  test.each<[what: string, set: string, problem: object]>([
    ["its number, lower", "seq = 7", { kind: "out_of_place", seq: 8 }],
    ["its number, higher", "seq = 12", { kind: "missing", seq: 10 }],
    ["its number, to none", "seq = 'x'", { kind: "out_of_place", seq: null }],
    ["its hash", "hash = zeroblob(32)", { kind: "wrong_end", seq: 9 }],
  ])("the end of the log: %s", async (_what, set, problem) => {
    const audited = await startSignedAudit();
    audited.tamper(`UPDATE audit_heads SET ${set} WHERE team_id = 'team'`);
    expect((await audited.verify()).problem).toMatchObject(problem);
  });

  test("the end of the log, gone", async () => {
    const audited = await startSignedAudit();
    audited.tamper("DELETE FROM audit_heads WHERE team_id = 'team'");
    expect((await audited.verify()).problem).toMatchObject({ kind: "out_of_place", seq: 1 });
  });

  test.each<[what: string, set: string, problem: object]>([
    ["where nothing was pruned", "anchor_seq = 3", { kind: "unsigned_anchor", seq: 3 }],
    ["at the hash before the first entry", "anchor_hash = x'01'", { kind: "unlinked", seq: 1 }],
    ["at a number that is none", "anchor_seq = 'x'", { kind: "unsigned_anchor", seq: null }],
  ])("an anchor %s", async (_what, set, problem) => {
    const audited = await startSignedAudit();
    audited.tamper(`UPDATE audit_heads SET ${set} WHERE team_id = 'team'`);
    expect(await findingsOf(audited)).toMatchObject(problem);
  });

  test("entries deleted from the front, with an anchor that only a checkpoint speaks for", async () => {
    const audited = await startSignedAudit();
    audited.tamper(
      "UPDATE audit_heads SET anchor_seq = 3, anchor_hash = (SELECT hash FROM audit_checkpoints c WHERE c.team_id = 'team' AND c.seq = 3) WHERE team_id = 'team'",
    );
    audited.tamper("DELETE FROM audit_entries WHERE team_id = 'team' AND seq <= 3");
    expect(await findingsOf(audited)).toMatchObject({ kind: "unsigned_anchor", seq: 3 });
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
    expect(await findingsOf(audited)).toBeNull();
    audited.tamper(sql);
    expect(await findingsOf(audited)).toMatchObject(problem);
  });
});
