import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { entry, OTHERS, startTestAudit, TEAM } from "../../test/start-test-audit.ts";
import { canonicalJson } from "../kernel/canonical-json.ts";
import { chainEntry } from "./chain.ts";
import { type ChainedEntry, entryBody, entryLine, GENESIS } from "./model/entries.ts";

const hex = (value: unknown): string => Buffer.from(value instanceof Uint8Array ? value : []).toString("hex");

test("an entry's hash can be computed by anybody who has read the room's README", () => {
  const { hash } = chainEntry({ ...entry(), at: Date.UTC(2026, 2, 23, 9, 15) }, GENESIS);
  const text =
    '{"actor":{"credential":{"id":"t1","kind":"token"},"id":"ada","kind":"person","name":"Ada"},"at":"2026-03-23T09:15:00.000Z",' +
    '"details":{"name":"ci"},"origin":{"address":"127.0.0.1","request_id":"r1","user_agent":"curl/8"},"outcome":"done",' +
    `"previous_hash":"${"0".repeat(64)}","seq":1,"target":{"id":"k1","kind":"access_key"},"team_id":"team","verb":"access_key.create"}`;
  expect(hash).toBe(createHash("sha256").update(text).digest("hex"));
});

const anyText = fc.string({ unit: "grapheme" });
const textOrNull = fc.option(anyText);
const anyEntry: fc.Arbitrary<ChainedEntry> = fc.record({
  teamId: anyText,
  seq: fc.maxSafeNat(),
  at: fc.integer({ min: -8.64e15, max: 8.64e15 }),
  actorId: textOrNull,
  actorKind: anyText,
  actorName: anyText,
  credentialKind: textOrNull,
  credentialId: textOrNull,
  verb: anyText,
  targetKind: anyText,
  targetId: anyText,
  outcome: anyText,
  address: textOrNull,
  userAgent: textOrNull,
  requestId: textOrNull,
  details: fc.dictionary(anyText, fc.jsonValue()).map((value) => canonicalJson(JSON.parse(JSON.stringify(value)))),
  previousHash: anyText,
  hash: anyText,
});

test("what is hashed, and a line of an export, are canonical JSON (RFC 8785), whatever an entry says", () => {
  fc.assert(
    fc.property(anyEntry, (any) => {
      for (const text of [entryBody(any), entryLine(any)]) expect(canonicalJson(JSON.parse(text))).toBe(text);
      const { hash, ...body } = JSON.parse(entryLine(any));
      expect(hash).toBe(any.hash);
      expect(canonicalJson(body)).toBe(entryBody(any));
    }),
  );
});

test("no two entries that differ in anything are hashed alike", () => {
  fc.assert(
    fc.property(anyEntry, anyEntry, fc.constantFrom(...FIELDS), (one, other, field) => {
      fc.pre(one[field] !== other[field] && field !== "hash");
      expect(entryBody({ ...one, [field]: other[field] })).not.toBe(entryBody(one));
    }),
  );
});
const FIELDS = Object.keys(chainEntry({ ...entry(), at: 1 }, GENESIS)) as (keyof ChainedEntry)[];

describe("recording", () => {
  test("chains each team's entries from 1, with the hash of the one before", async () => {
    const { record, rows } = await startTestAudit();
    await record(entry(), entry({ teamId: OTHERS }), entry(), entry({ teamId: OTHERS }));
    for (const team of [TEAM, OTHERS]) {
      const [first, second] = rows().filter(({ team_id }) => team_id === team);
      expect([first?.["seq"], second?.["seq"]]).toEqual([1, 2]);
      expect(hex(first?.["previous_hash"])).toBe(GENESIS.hash);
      expect(hex(second?.["previous_hash"])).toBe(hex(first?.["hash"]));
      const head = rows("audit_heads").find(({ team_id }) => team_id === team);
      expect([head?.["seq"], hex(head?.["hash"])]).toEqual([2, hex(second?.["hash"])]);
    }
  });

  test("writes in the caller's transaction: when that fails, neither the entry nor the end of the chain moves", async () => {
    const { audit, record, store, rows, verify } = await startTestAudit();
    await record(entry());
    const before = [rows(), rows("audit_heads")];
    const failing = store.transaction(async (tx) => {
      await audit.record(tx, entry());
      throw new Error("the change did not happen");
    });
    await expect(failing).rejects.toThrow("did not happen");
    expect([rows(), rows("audit_heads")]).toEqual(before);
    await record(entry());
    expect(await verify()).toMatchObject({ entries: 2, problem: null });
  });

  test("of many at the same time leaves no gap and no fork, though some of them fail", async () => {
    const { audit, store, rows, verify } = await startTestAudit();
    const one = (index: number) =>
      store.transaction(async (tx) => {
        await audit.record(tx, entry({ details: { index } }));
        if (index % 3 === 0) throw new Error("no");
      });
    const all = await Promise.allSettled(Array.from({ length: 60 }, (_, index) => one(index)));
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(40);
    expect(rows().map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(await verify()).toMatchObject({ entries: 40, problem: null });
  });

  test("keeps what was said, whatever characters it has, and what bytes cannot say it writes as ?", async () => {
    const { record, auditLog, verify, exported, verifyText } = await startTestAudit();
    const kept = {
      "naïve \u0000 \u2028": ["é", "e\u0301", "😀", 1e21, -0.5, { deep: [null, true, [[]]] }],
      z: 1,
    };
    const details = { ...kept, "\ufffd\ud800": 2, a: "\ud800" };
    await record(entry({ actor: { ...entry().actor, name: "Zoë \u0000\ud83d" }, details }));
    const { entries } = await auditLog.list(TEAM, EVERYTHING, { cursor: null, limit: 10 });
    expect(entries).toMatchObject([{ actorName: "Zoë \u0000?", details: { ...kept, a: "?", "??": 2 } }]);
    expect(await verify()).toMatchObject({ entries: 1, problem: null });
    expect(await verifyText(await exported())).toMatchObject({ entries: 1, problem: null });
  });
});

const EVERYTHING = {
  actorId: null,
  credentialId: null,
  targetId: null,
  verb: null,
  outcome: null,
  since: null,
  until: null,
};
