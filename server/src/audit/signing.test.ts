import { createPublicKey, verify as verifySignature } from "node:crypto";
import { unlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createSeededRandom } from "../../test/seeded-random.ts";
import { entry, OTHERS, startTestAudit, TEAM } from "../../test/start-test-audit.ts";
import { openSigner } from "./signing.ts";

describe("signing", () => {
  test("covers every team that has gone on since the last time, and no other", async () => {
    const { auditLog, record, rows, clock } = await startTestAudit();
    const signed = () => rows("audit_checkpoints").map(({ team_id, seq, at }) => [team_id, seq, at]);
    await auditLog.sign();
    expect(signed()).toEqual([]);
    const first = clock.now();
    await record(entry(), entry(), entry({ teamId: OTHERS }));
    await auditLog.sign();
    expect(signed()).toEqual([
      [OTHERS, 1, first],
      [TEAM, 2, first],
    ]);
    clock.advance(60_000);
    await auditLog.sign();
    await record(entry());
    await auditLog.sign();
    expect(signed()).toEqual([
      [OTHERS, 1, first],
      [TEAM, 2, first],
      [TEAM, 3, first + 60_000],
    ]);
  });

  test("covers more teams than are signed at once", async () => {
    const { auditLog, record, store, rows } = await startTestAudit();
    const teams = Array.from({ length: 230 }, (_, index) => ({ id: `team ${index}`, name: "", created_at: 1 }));
    await store.db.insertInto("teams").values(teams).execute();
    await record(...teams.map(({ id }) => entry({ teamId: id })));
    await auditLog.sign();
    expect(rows("audit_checkpoints")).toHaveLength(230);
  });

  test("can be checked with nothing but the README and any Ed25519 implementation", async () => {
    const { auditLog, recordMany, exported, publicKey } = await startTestAudit();
    await recordMany(2);
    await auditLog.sign();
    const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
    for (const line of (await exported()).trimEnd().split("\n")) {
      const { signature, ...said } = JSON.parse(line);
      if (signature === undefined) continue;
      // The line without its signature: its members are in the canonical order already.
      const isGood = verifySignature(null, Buffer.from(JSON.stringify(said)), key, Buffer.from(signature, "hex"));
      expect([said.kind, isGood]).toEqual([said.kind, true]);
    }
  });

  test("fails when nothing can be written, and is made up for later", async () => {
    const { auditLog, recordMany, tamper, rows, verify } = await startTestAudit();
    await recordMany(2);
    tamper("CREATE TRIGGER block BEFORE INSERT ON audit_checkpoints BEGIN SELECT RAISE(ABORT, 'blocked'); END");
    await expect(auditLog.sign()).rejects.toThrow("blocked");
    tamper("DROP TRIGGER block");
    await auditLog.sign();
    expect(rows("audit_checkpoints")).toHaveLength(1);
    expect((await verify()).problem).toBeNull();
  });
});

test("the key of a folder whose log was signed is not replaced by another when it is lost", async () => {
  const { auditLog, folder, store, recordMany, publicKey } = await startTestAudit();
  const open = (seed: string) => openSigner({ folder, store, random: createSeededRandom(seed) }).publicKey.text;
  expect(open("another")).toBe(publicKey);
  unlinkSync(folder.auditKey);
  // Nothing has been signed so far, so nothing is lost.
  const second = open("another");
  expect(second).not.toBe(publicKey);
  await recordMany(1);
  await auditLog.sign();
  unlinkSync(folder.auditKey);
  expect(() => open("a third")).toThrow(`${folder.auditKey} is missing`);
});

test("the log and an export are verified while entries are added at the same time", async () => {
  const { auditLog, recordMany, verify } = await startTestAudit();
  await recordMany(1_700);
  await auditLog.sign();
  const verifying = verify();
  const again = verify();
  for (let times = 0; times < 20; times += 1) {
    await recordMany(1);
    await auditLog.sign();
  }
  expect((await verifying).problem).toBeNull();
  expect((await verifying).entries).toBeGreaterThanOrEqual(1_700);
  expect(await again).toBe(await verifying);
  expect(await verify()).toMatchObject({ entries: 1_720, problem: null });
});
