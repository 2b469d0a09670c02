import { createHash } from "node:crypto";
import { request } from "node:http";
import { exportAuditLog, getAuditKey, listAuditEntries, verifyAuditLog } from "@latchkey/contract/audit";
import { createClient } from "@latchkey/contract/client";
import { describe, expect, test } from "vitest";
import { createCaller } from "../../test/caller.ts";
import { addTeam, addToken } from "../../test/people.ts";
import { entry } from "../../test/start-test-audit.ts";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";
import { verifyExport } from "./read-export.ts";
import { createAudit } from "./service.ts";

async function start() {
  const latchkey = await startTestLatchkey();
  const caller = createCaller(latchkey.url, latchkey.token);
  const client = createClient({
    baseUrl: latchkey.url,
    credential: { kind: "token", token: { reveal: () => latchkey.token } },
  });
  const namespaceId = await caller.addNamespace();
  latchkey.clock.advance(60_000);
  const key = await caller.addKey(namespaceId, "ci");
  return { ...latchkey, caller, client, namespaceId, key };
}

describe("GET /v2/audit", () => {
  test("200: who did what to which thing, when, with what, from where; newest first", async () => {
    const { caller, key, user, namespaceId } = await start();
    const { status, text } = await caller.send("GET", "/v2/audit");
    expect(status).toBe(200);
    const { entries, next_cursor } = listAuditEntries.answers[200].parse(JSON.parse(text));
    expect(entries.map(({ verb }) => verb)).toEqual(["access_key.create", "namespace.create", "team.create"]);
    expect(entries[0]).toMatchObject({
      seq: 3,
      at: "2026-03-23T09:16:00.000Z",
      actor: { id: user.id, kind: "person", name: "Ada", credential: { kind: "token", id: expect.any(String) } },
      target: { kind: "access_key", id: key.id },
      outcome: "done",
      origin: { address: "127.0.0.1", user_agent: "node", request_id: expect.any(String) },
      details: { name: "ci", namespace: namespaceId },
      previous_hash: entries[1]?.hash,
    });
    expect(entries[2]).toMatchObject({ origin: null, actor: { id: null, credential: null } });
    expect(next_cursor).toBeNull();
  });

  test("200: only what was asked for, a page at a time", async () => {
    const { client, key, user } = await start();
    const ask = async (query: Parameters<typeof client.call<typeof listAuditEntries>>[1]) => {
      const { body } = await client.call(listAuditEntries, query);
      return { seqs: body.entries.map(({ seq }) => seq), next: body.next_cursor };
    };
    expect((await ask({ query: { actor: user.id } })).seqs).toEqual([3, 2]);
    expect((await ask({ query: { target: key.id } })).seqs).toEqual([3]);
    expect((await ask({ query: { key: key.id } })).seqs).toEqual([]);
    expect((await ask({ query: { verb: "namespace.*" } })).seqs).toEqual([2]);
    expect((await ask({ query: { verb: "team.create" } })).seqs).toEqual([1]);
    expect((await ask({ query: { outcome: "refused" } })).seqs).toEqual([]);
    expect((await ask({ query: { since: "2026-03-23T09:16:00Z" } })).seqs).toEqual([3]);
    expect((await ask({ query: { since: "2026-03-23T10:16:00+01:00" } })).seqs).toEqual([3]);
    expect((await ask({ query: { until: "2026-03-23T09:16:00Z" } })).seqs).toEqual([2, 1]);
    expect((await ask({ query: { since: "2026-03-23", until: "2026-03-24" } })).seqs).toEqual([3, 2, 1]);
    expect((await ask({ query: { since: "2026-03-24" } })).seqs).toEqual([]);
    const first = await ask({ query: { limit: "2" } });
    expect(first.seqs).toEqual([3, 2]);
    expect((await ask({ query: { limit: "2", cursor: first.next ?? "" } })).seqs).toEqual([1]);
  });

  test.each([
    ["since=yesterday", "since: must be a time"],
    ["until=2026-13-01", "until: must be a time"],
    ["since=2026-03-23T09:15:00", "since: must be a time"],
    ["outcome=maybe", "outcome: must be done or refused"],
    ["verb=*", "verb: must be a verb"],
    ["verb=access_key.c*", "verb: must be a verb"],
    ["limit=0", "limit: must be from 1 to 1000"],
    ["limit=1001", "limit: must be from 1 to 1000"],
    ["cursor=x", "cursor: this is no cursor"],
  ])("400: ?%s", async (query, message) => {
    const { caller } = await start();
    const { status, text } = await caller.send("GET", `/v2/audit?${query}`);
    expect([status, JSON.parse(text).message]).toEqual([400, expect.stringContaining(message)]);
  });

  test("a team's log is its own", async () => {
    const latchkey = await start();
    const { token } = await addToken(latchkey, { teamId: await addTeam(latchkey, "Others") });
    const stranger = createCaller(latchkey.url, token);
    await stranger.addNamespace("theirs");
    const { text } = await stranger.send("GET", "/v2/audit");
    expect(JSON.parse(text).entries).toMatchObject([{ verb: "namespace.create", seq: 1 }]);
    expect(text).not.toContain(latchkey.team.id);
    const exported = await stranger.send("GET", "/v2/audit/export");
    expect(exported.text).not.toContain(latchkey.team.id);
    expect((await stranger.send("GET", "/v2/audit/verify")).text).toContain('"entries":1');
  });
});

describe("GET /v2/audit/export", () => {
  test("200: JSON Lines that can be verified with the key alone, and by hand", async () => {
    const { caller, client } = await start();
    const { status, headers, text } = await caller.send("GET", "/v2/audit/export");
    expect([status, headers.get("content-type"), headers.get("content-disposition")]).toEqual([
      200,
      "application/jsonl; charset=utf-8",
      'attachment; filename="audit.jsonl"',
    ]);
    const { key } = (await client.call(getAuditKey)).body;
    const pieces = await client.stream(exportAuditLog);
    expect(await verifyExport(pieces, key.public_key)).toMatchObject({ entries: 3, problem: null, keyId: key.id });
    const [, line = ""] = text.split("\n");
    const { hash, ...body } = JSON.parse(line);
    expect(createHash("sha256").update(JSON.stringify(body)).digest("hex")).toBe(hash);
  });

  test("200: CSV", async () => {
    const { caller } = await start();
    const { status, headers, text } = await caller.send(
      "GET",
      "/v2/audit/export?format=csv&since=2026-03-23T09:16:00Z",
    );
    expect([status, headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8; header=present"]);
    expect(text).toMatch(/^seq,at,.*\r\n3,2026-03-23T09:16:00\.000Z,person,.*\r\n$/);
  });

  test("400: a format that is none", async () => {
    const { caller } = await start();
    expect((await caller.send("GET", "/v2/audit/export?format=xml")).text).toContain("format: must be jsonl or csv");
  });

  test("whoever hangs up in the middle leaves the server as it was", async () => {
    const { caller, auditLog, token, url, team, store, clock } = await start();
    const audit = createAudit({ clock });
    const large = entry({ teamId: team.id, details: { padding: "x".repeat(1_000) } });
    await store.transaction(async (tx) => {
      for (let index = 0; index < 5_000; index += 1) await audit.record(tx, large);
    });
    await new Promise<void>((resolve) => {
      const asked = request(`${url}/v2/audit/export`, { headers: { authorization: `Bearer ${token}` } }, (answer) => {
        answer.once("data", () => answer.destroy());
        answer.once("close", resolve);
      });
      asked.end();
    });
    expect((await caller.send("GET", "/v2/audit/verify")).status).toBe(200);
    expect((await auditLog.verify(team.id)).problem).toBeNull();
  });
});

test("GET /v2/audit/verify: in order, or what is not", async () => {
  const { client, store } = await start();
  expect((await client.call(verifyAuditLog)).body.verification).toMatchObject({
    ok: true,
    entries: 3,
    start: { seq: 0 },
    end: { seq: 3 },
    problem: null,
  });
  await store.db.updateTable("audit_entries").set({ actor_name: "Eve" }).where("seq", "=", 2).execute();
  expect((await client.call(verifyAuditLog)).body.verification).toMatchObject({
    ok: false,
    entries: 1,
    problem: {
      kind: "altered",
      seq: 2,
      message: "Entry 2 is not as it was written: its hash is not that of what it says.",
    },
  });
});
