import { text } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test/open-test-store.ts";
import { createSeededRandom } from "../../test/seeded-random.ts";
import { entry, startTestAudit, TEAM } from "../../test/start-test-audit.ts";
import { canonicalJson } from "../kernel/canonical-json.ts";
import { loadAuditKey } from "../store/audit-key.ts";
import { prepareDataFolder } from "../store/data-folder.ts";
import { createSigner } from "./signing.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const linesOf = (exported: string) => exported.trimEnd().split("\n");
const entriesIn = (exported: string) =>
  linesOf(exported)
    .map((line) => JSON.parse(line))
    .filter((line) => !("kind" in line));

describe("an export as JSON Lines", () => {
  test("holds every entry as it was recorded: letters of all scripts, numbers, nested details", async () => {
    const anyDetails = fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ stringUnit: "grapheme" }));
    const audited = await startTestAudit();
    const recorded: unknown[] = [];
    await fc.assert(
      fc.asyncProperty(anyDetails, fc.string({ unit: "grapheme" }), async (details, name) => {
        await audited.record(entry({ actor: { ...entry().actor, name }, details }));
        // JSON knows no -0, and U+FFFD is not recorded.
        recorded.push(JSON.parse(JSON.stringify({ name, details }).replaceAll("\ufffd", "?")));
      }),
      { numRuns: 40 },
    );
    const exported = await audited.exported();
    expect(entriesIn(exported).map(({ actor, details }) => ({ name: actor.name, details }))).toEqual(recorded);
    expect(await audited.verifyText(exported)).toMatchObject({ entries: recorded.length, problem: null });
  });

  test("begins with what it contains and the key, and ends with a checkpoint of its last entry", async () => {
    const audited = await startTestAudit();
    await audited.recordMany(3);
    const [header, ...rest] = linesOf(await audited.exported()).map((line) => JSON.parse(line));
    const last = rest.at(-2);
    expect(header).toMatchObject({
      kind: "latchkey.audit.export",
      team_id: TEAM,
      at: "2026-03-23T09:18:00.000Z",
      start: { seq: 0, hash: "0".repeat(64) },
      end: { seq: 3, hash: last.hash },
      range: null,
      public_key: audited.publicKey,
    });
    expect(rest.at(-1)).toMatchObject({ kind: "latchkey.audit.checkpoint", seq: 3, hash: last.hash });
  });

  test("is verified the same in whatever pieces it is read", async () => {
    const audited = await startTestAudit();
    await audited.recordMany(4);
    const exported = await audited.exported();
    const whole = await audited.verifyText(exported);
    expect(whole).toMatchObject({ entries: 4, problem: null });
    for (const size of [1, 7, 100]) {
      const pieces = exported.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
      expect(await audited.verifyPieces(pieces)).toEqual(whole);
    }
  });

  test("of more entries than are read at once is whole, checkpoints in their places", async () => {
    const audited = await startTestAudit();
    for (const count of [500, 1, 499, 300]) {
      await audited.recordMany(count);
      await audited.auditLog.sign();
    }
    expect(await audited.verify()).toMatchObject({ entries: 1300, checkpoints: 4, problem: null });
    expect(await audited.verifyText(await audited.exported())).toMatchObject({
      entries: 1300,
      checkpoints: 4,
      problem: null,
    });
  });

  test("of a team without entries says so, and is in order", async () => {
    const audited = await startTestAudit();
    expect(await audited.verifyText(await audited.exported())).toMatchObject({
      entries: 0,
      checkpoints: 0,
      problem: null,
    });
  });

  test("does not hear of what is recorded and signed while it is being read", async () => {
    const audited = await startTestAudit();
    await audited.recordMany(1200);
    let exported = "";
    for await (const piece of audited.auditLog.export(TEAM, "jsonl", null)) {
      exported += piece;
      await audited.recordMany(1);
      await audited.auditLog.sign();
    }
    expect(await audited.verifyText(exported)).toMatchObject({ entries: 1200, problem: null });
  });

  test("is not spoilt by entries growing too old meanwhile: pruning waits until it has been read, or given up", async () => {
    const audited = await startTestAudit({ retentionDays: 1 });
    await audited.recordMany(1200);
    audited.clock.advance(5 * DAY_MS);
    let exported = "";
    for await (const piece of audited.auditLog.export(TEAM, "jsonl", null)) {
      exported += piece;
      await audited.auditLog.prune();
    }
    expect(await audited.verifyText(exported)).toMatchObject({ entries: 1200, problem: null });
    for await (const _ of audited.auditLog.export(TEAM, "jsonl", null)) break;
    await audited.auditLog.prune();
    expect(audited.rows()).toHaveLength(1);
  });
});

describe("an export of a span", () => {
  const start = Date.UTC(2026, 2, 23, 9, 15);
  const at = (minutes: number) => start + minutes * MINUTE_MS;

  test.each([
    { since: at(3), until: null, seqs: [4, 5, 6, 7, 8, 9, 10] },
    { since: null, until: at(3), seqs: [1, 2, 3] },
    { since: at(3), until: at(6), seqs: [4, 5, 6] },
    { since: at(3) + 1, until: at(6) + 1, seqs: [5, 6, 7] },
    { since: at(9), until: at(10), seqs: [10] },
    { since: at(10), until: null, seqs: [] },
    { since: null, until: at(0), seqs: [] },
    { since: at(6), until: at(3), seqs: [] },
  ])("from $since until $until has $seqs, and can be verified", async ({ since, until, seqs }) => {
    const audited = await startTestAudit();
    await audited.recordMany(5);
    await audited.auditLog.sign();
    await audited.recordMany(5);
    const exported = await audited.exported({ since, until });
    expect(entriesIn(exported).map(({ seq }) => seq)).toEqual(seqs);
    expect(await audited.verifyText(exported)).toMatchObject({ isPart: true, entries: seqs.length, problem: null });
    expect(await text(audited.auditLog.export(TEAM, "csv", { since, until }))).toMatch(
      new RegExp(`^seq,.*\r\n(\\d+,.*\r\n){${seqs.length}}$`),
    );
  });

  test("leaves nothing out between its first and its last entry, though the clock was put back", async () => {
    const audited = await startTestAudit();
    await audited.recordMany(3);
    audited.clock.correct(-60 * MINUTE_MS);
    await audited.recordMany(1);
    audited.clock.correct(60 * MINUTE_MS);
    await audited.recordMany(2);
    expect(entriesIn(await audited.exported({ since: at(1), until: null })).map(({ seq }) => seq)).toEqual([
      2, 3, 4, 5, 6,
    ]);
  });

  test("begins with the first entry in it, though the clock was ahead when that was made", async () => {
    const audited = await startTestAudit();
    await audited.recordMany(1);
    audited.clock.correct(60 * MINUTE_MS);
    await audited.recordMany(1);
    audited.clock.correct(-60 * MINUTE_MS);
    await audited.recordMany(2);
    const exported = await audited.exported({ since: at(3), until: at(4) });
    expect(entriesIn(exported).map(({ seq }) => seq)).toEqual([2, 3, 4]);
  });

  test("of a pruned log needs no anchor", async () => {
    const audited = await startTestAudit({ retentionDays: 1 });
    await audited.recordMany(5);
    audited.clock.advance(3 * DAY_MS);
    await audited.recordMany(5);
    await audited.auditLog.prune();
    const exported = await audited.exported({ since: audited.clock.now() - 3 * MINUTE_MS, until: null });
    expect(await audited.verifyText(exported)).toMatchObject({ entries: 4, problem: null });
  });
});

describe("whoever changes an export is found out:", () => {
  async function startExported() {
    const audited = await startTestAudit();
    await audited.recordMany(3);
    await audited.auditLog.sign();
    await audited.recordMany(3);
    const exported = await audited.exported();
    // Header, entries 1 to 3, a checkpoint, entries 4 to 6, a checkpoint.
    const lines = linesOf(exported);
    expect(lines).toHaveLength(9);
    const verifyLines = async (changed: readonly string[]) => {
      const { problem, line } = await audited.verifyText(`${changed.join("\n")}\n`);
      return problem === null ? null : { kind: problem.kind, seq: problem.seq, line };
    };
    return { ...audited, exported, lines, verifyLines };
  }

  test("any character, anywhere", async () => {
    const { exported, lines, verifyText } = await startExported();
    const starts = lines.map((_, index) => lines.slice(0, index).join("\n").length + (index === 0 ? 0 : 1));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(exported.length - 2),
        fc.oneof(fc.constantFrom("", " ", "\n", "0", '"', "}"), fc.string({ minLength: 1, maxLength: 2 })),
        async (place, other) => {
          const changed = exported.slice(0, place) + other + exported.slice(place + 1);
          fc.pre(changed !== exported);
          const line = starts.findLastIndex((start) => start <= place) + 1;
          const found = await verifyText(changed).catch((error) => ({ problem: error, line: 1 }));
          expect(found.problem).not.toBeNull();
          // A line break taken away makes one line of two; put in, two of one.
          expect([line, line + 1]).toContain(found.line);
        },
      ),
      { numRuns: 400 },
    );
  }, 30_000);

  test.each<[what: string, change: (lines: string[]) => string[], found: object]>([
    ["an entry taken out", (lines) => lines.toSpliced(2, 1), { kind: "missing", seq: 2, line: 3 }],
    [
      "two swapped",
      (lines) => lines.with(1, lines[2] ?? "").with(2, lines[1] ?? ""),
      { kind: "missing", seq: 1, line: 2 },
    ],
    ["one twice", (lines) => lines.toSpliced(2, 0, lines[1] ?? ""), { kind: "out_of_place", seq: 1, line: 3 }],
    [
      "a checkpoint taken out of its place",
      (lines) => [...lines.toSpliced(4, 1), lines[4] ?? ""],
      { kind: "out_of_place", seq: 3, line: 9 },
    ],
    [
      "a checkpoint too early",
      (lines) => lines.toSpliced(4, 1).toSpliced(2, 0, lines[4] ?? ""),
      { kind: "missing", seq: 2, line: 3 },
    ],
    ["the end cut off", (lines) => lines.slice(0, 6), { kind: "missing", seq: 5, line: 6 }],
    ["the last line but one cut off", (lines) => lines.toSpliced(7, 1), { kind: "missing", seq: 6, line: 8 }],
    ["all but the first line cut off", (lines) => lines.slice(0, 1), { kind: "missing", seq: 1, line: 1 }],
    ["the beginning cut off", (lines) => lines.toSpliced(1, 3), { kind: "missing", seq: 1, line: 2 }],
    ["an empty line", (lines) => lines.toSpliced(3, 0, ""), { kind: "unreadable", seq: 3, line: 4 }],
    [
      "another kind of line",
      (lines) => lines.toSpliced(3, 0, '{"kind":"note"}'),
      { kind: "unreadable", seq: 3, line: 4 },
    ],
    ["a line that is no object", (lines) => lines.toSpliced(3, 0, "[]"), { kind: "unreadable", seq: 3, line: 4 }],
    [
      "an entry with more to say",
      (lines) => lines.with(1, (lines[1] ?? "").replace('"verb"', '"trust_me":true,"verb"')),
      { kind: "altered", seq: 1, line: 2 },
    ],
    [
      "an entry that says something twice",
      (lines) => lines.with(1, (lines[1] ?? "").replace('"seq"', '"seq":7,"seq"')),
      { kind: "unreadable", seq: 1, line: 2 },
    ],
    [
      "the header of another export",
      (lines) => lines.with(0, (lines[0] ?? "").replace('"range":null', '"range":{"since":null,"until":null}')),
      { kind: "bad_signature", seq: null, line: 1 },
    ],
    [
      "a header that begins later",
      (lines) => lines.toSpliced(1, 1).with(0, (lines[0] ?? "").replace('"start":{"hash":"0', '"start":{"hash":"1')),
      { kind: "bad_signature", seq: null, line: 1 },
    ],
  ])("%s", async (_what, change, found) => {
    const { lines, verifyLines } = await startExported();
    expect(await verifyLines(change(lines))).toEqual(found);
  });

  test("no harm is a last line break taken away", async () => {
    const { exported, verifyText } = await startExported();
    expect((await verifyText(exported.trimEnd())).problem).toBeNull();
  });

  test("all of it made anew with another key: it is told from ours by the key alone, so the key has to be known", async () => {
    const { exported, publicKey, verifyText } = await startExported();
    const folder = prepareDataFolder(temporaryFolder());
    const forger = createSigner(loadAuditKey(folder, createSeededRandom("forger"), { hasSigned: false }));
    const forged = linesOf(exported)
      .filter((line) => !line.includes("latchkey.audit.checkpoint"))
      .map((line, index) => {
        if (index > 0) return line;
        const { signature: _, ...header } = JSON.parse(line);
        const own = { ...header, key_id: forger.publicKey.id, public_key: forger.publicKey.text };
        const body = canonicalJson(own);
        return canonicalJson({ ...own, signature: forger.sign(body) });
      })
      .join("\n");
    expect(await verifyText(forged, null)).toMatchObject({ problem: null, publicKey: forger.publicKey.text });
    expect((await verifyText(forged, publicKey)).problem).toMatchObject({ kind: "bad_signature" });
    expect((await verifyText(exported, forger.publicKey.text)).problem).toMatchObject({ kind: "bad_signature" });
  });

  test.each(["", "\n", "seq,at,actor_kind\r\n", "{}\n", "[]", "null", '{"kind":"latchkey.audit.export"}'])(
    "what is no export is refused: %j",
    async (words) => {
      const { verifyText } = await startTestAudit();
      await expect(verifyText(words)).rejects.toThrow("no export of an audit log");
    },
  );

  test.each(["", "x", "MCowBQYDK2VwAyEA", "-----BEGIN PUBLIC KEY-----"])(
    "what is no public key is refused: %j",
    async (key) => {
      const { exported, verifyText } = await startExported();
      await expect(verifyText(exported, key)).rejects.toThrow("no public key");
    },
  );

  test("the public key may be given as a PEM file", async () => {
    const { exported, publicKey, verifyText } = await startExported();
    const pem = `-----BEGIN PUBLIC KEY-----\n${publicKey}\n-----END PUBLIC KEY-----\n`;
    expect((await verifyText(exported, pem)).problem).toBeNull();
  });
});

describe("an export as CSV", () => {
  const exportCsv = async (...entries: Parameters<typeof entry>[0][]) => {
    const audited = await startTestAudit();
    await audited.record(...entries.map((different) => entry(different)));
    return text(audited.auditLog.export(TEAM, "csv", null));
  };
  const named = (name: string) => ({ actor: { ...entry().actor, name } });

  test("has a line for each entry, in the form of RFC 4180", async () => {
    const csv = await exportCsv({ details: { note: 'a "b", c' } });
    expect(csv.replace(/[0-9a-f]{64}/, "…")).toBe(
      "seq,at,actor_kind,actor_id,actor_name,credential_kind,credential_id,verb,target_kind,target_id,outcome,address,user_agent,request_id,details,hash\r\n" +
        '1,2026-03-23T09:15:00.000Z,person,ada,Ada,token,t1,access_key.create,access_key,k1,done,127.0.0.1,curl/8,r1,"{""note"":""a \\""b\\"", c""}",…\r\n',
    );
  });

  test.each([
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", `"'\t=1"`],
    ["\r=1", `"'\r=1"`],
    ["＝1", "'＝1"],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ["a;=1+1", '"a;=1+1"'],
    ["a\nb", '"a\nb"'],
    ["a=b", "a=b"],
    ["'=1", "'=1"],
  ])("makes a name of %j the harmless cell %j", async (name, cell) => {
    expect(await exportCsv(named(name))).toContain(`,ada,${cell},token,`);
  });

  test("leaves empty what there is none of", async () => {
    const csv = await exportCsv({ actor: { id: null, kind: "system", name: "sweep", credential: null }, origin: null });
    expect(csv).toContain(",system,,sweep,,,access_key.create,access_key,k1,done,,,,");
  });
});
