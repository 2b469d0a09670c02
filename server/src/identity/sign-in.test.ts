import { describe, expect, test } from "vitest";
import { addTeam, addToken } from "../../test/people.ts";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";
import { createTeam, type Json, PASSWORD } from "../../test/team.ts";

const HOUR_MS = 3_600_000;
const LIMIT = 5;
const EMAIL = "ada@example.com";

/** Ada, the owner, has a password. */
async function start(environment: Record<string, string> = {}) {
  const latchkey = await startTestLatchkey({
    environment: { LATCHKEY_FAILED_SIGN_INS_PER_MINUTE: String(LIMIT), ...environment },
  });
  const team = createTeam(latchkey.url, latchkey.token);
  const { send } = team;
  await send(latchkey.token, "PUT", "/v2/account/password", { new_password: PASSWORD });
  const tryToSignIn = (fields: Json) =>
    send(null, "POST", "/v2/sessions", { email: EMAIL, password: PASSWORD, ...fields });
  const entries = () =>
    latchkey.store.db.selectFrom("audit_entries").selectAll().where("verb", "=", "session.create").execute();
  return { ...latchkey, ...team, tryToSignIn, entries };
}

describe("a session", () => {
  test("is what an API token is, and is recorded with whose it is and from where", async () => {
    const { tryToSignIn, send, entries, user, team } = await start();
    const { status, body } = await tryToSignIn({ email: " ADA@example.com " });
    expect([status, body]).toEqual([
      201,
      {
        session: {
          id: expect.any(String),
          secret: expect.stringMatching(/^dos_v1_[0-9a-f]{64}$/),
          expires_at: "2026-03-24T09:15:00Z",
        },
        team: { id: team.id, name: "Acme", created_at: "2026-03-23T09:15:00Z", role: "owner" },
      },
    ]);
    const { id, secret } = body["session"] as { id: string; secret: string };
    expect((await send(secret, "GET", "/v2/functions/namespaces")).status).toBe(200);
    expect((await send(secret, "GET", "/v1/oauth/token/info")).body).toMatchObject({ expires_in_seconds: 86_400 });
    expect((await send(secret, "GET", "/v2/account")).body).toMatchObject({
      account: { id: user.id, credential: { kind: "session", id } },
    });
    expect(await entries()).toMatchObject([
      { actor_id: user.id, credential_kind: "session", credential_id: id, address: "127.0.0.1", outcome: "done" },
    ]);
    expect(JSON.stringify(await entries())).not.toContain("dos_v1_");
  });

  test("works until the instant at which it ends, and not at it; using it makes it no longer", async () => {
    const { signIn, send, clock, sessionCount } = await startCounting();
    const secret = await signIn(EMAIL);
    clock.advance(12 * HOUR_MS);
    expect((await send(secret, "GET", "/v2/account")).status).toBe(200);
    clock.advance(12 * HOUR_MS - 1);
    expect((await send(secret, "GET", "/v2/account")).status).toBe(200);
    clock.advance(1);
    expect((await send(secret, "GET", "/v2/account")).status).toBe(401);
    expect(await sessionCount()).toBe(0);
  });

  test("lasts as long as the operator says", async () => {
    const { tryToSignIn } = await start({ LATCHKEY_SESSION_HOURS: "2" });
    expect((await tryToSignIn({})).body).toMatchObject({ session: { expires_at: "2026-03-23T11:15:00Z" } });
  });

  test("can be listed and ended by its owner, and is over with that", async () => {
    const { signIn, send, clock } = await start();
    const first = await signIn(EMAIL);
    clock.advance(1000);
    const second = await signIn(EMAIL);
    const list = async (token: string) => (await send(token, "GET", "/v2/sessions")).body["sessions"] as Json[];
    expect(await list(second)).toEqual([
      {
        id: expect.any(String),
        address: "127.0.0.1",
        user_agent: "node",
        created_at: "2026-03-23T09:15:01Z",
        expires_at: "2026-03-24T09:15:01Z",
        last_used_at: "2026-03-23T09:15:01Z",
        is_current: true,
      },
      expect.objectContaining({ created_at: "2026-03-23T09:15:00Z", last_used_at: null, is_current: false }),
    ]);
    const [, older] = await list(second);
    expect((await send(second, "DELETE", `/v2/sessions/${older?.["id"]}`)).status).toBe(204);
    expect((await send(first, "GET", "/v2/account")).status).toBe(401);
    expect((await send(second, "DELETE", "/v2/sessions/current")).status).toBe(204);
    expect((await send(second, "GET", "/v2/account")).status).toBe(401);
  });

  test("of somebody else, or none, cannot be ended", async () => {
    const { signIn, send, join, token } = await start();
    const bob = await join("Bob", "owner");
    const own = await signIn(EMAIL);
    const sessions = (await send(own, "GET", "/v2/sessions")).body["sessions"] as { id: string }[];
    for (const id of [sessions[0]?.id, "none"])
      expect((await send(bob.session, "DELETE", `/v2/sessions/${id}`)).body).toMatchObject({
        message: "session not found",
      });
    expect((await send(token, "DELETE", "/v2/sessions/current")).status).toBe(404);
    expect((await send(own, "GET", "/v2/account")).status).toBe(200);
  });
});

async function startCounting() {
  const started = await start();
  const { store, identity } = started;
  const sessionCount = async () => {
    await identity.sessions.forgetOld();
    return (await store.db.selectFrom("sessions").select("id").execute()).length;
  };
  return { ...started, sessionCount };
}

describe("somebody in several teams", () => {
  async function startInTwo() {
    const started = await start();
    const others = await addToken(started, { teamId: await addTeam(started, "Others") });
    const there = createTeam(started.url, others.token);
    await there.accept((await there.invite(EMAIL, "viewer")).secret);
    return { ...started, there: others.token, otherId: others.teamId };
  }

  test("is asked which, once the password was right, and gets into that one alone", async () => {
    const { tryToSignIn, send, otherId, team } = await startInTwo();
    const asked = await tryToSignIn({});
    expect(asked.status).toBe(409);
    expect(asked.body["message"]).toBe(
      `You belong to several teams. Say which: Acme (${team.id}), Others (${otherId}).`,
    );
    expect((await tryToSignIn({ password: "wrong all the same" })).status).toBe(401);
    for (const named of ["Others", otherId]) {
      const { body } = await tryToSignIn({ team: named });
      expect(body).toMatchObject({ team: { id: otherId, role: "viewer" } });
      const { secret } = body["session"] as { secret: string };
      expect((await send(secret, "GET", "/v2/team")).body).toMatchObject({ team: { name: "Others" } });
    }
    expect((await tryToSignIn({ team: "Elsewhere" })).status).toBe(409);
  });

  test("gets into the team whose id they say, whatever another team calls itself", async () => {
    const { tryToSignIn, send, there, team } = await startInTwo();
    expect((await send(there, "PUT", "/v2/team", { name: team.id })).status).toBe(200);
    expect((await tryToSignIn({ team: team.id })).body).toMatchObject({ team: { id: team.id, name: "Acme" } });
  });

  test("who belongs to none any more learns that, and nobody else does", async () => {
    const { join, send, tryToSignIn } = await start();
    const bob = await join("Bob", "member");
    await send(bob.session, "POST", "/v2/team/leave");
    expect((await tryToSignIn({ email: bob.email })).status).toBe(403);
    expect((await tryToSignIn({ email: bob.email, password: "some other password" })).status).toBe(401);
  });
});

describe("whoever is not that person", () => {
  test("gets one answer, for an unknown address, a wrong password and a person without one", async () => {
    const started = await start();
    const { userId } = await addToken(started, { role: "member" });
    const answers = [];
    for (const fields of [
      { email: "nobody@example.com" },
      { password: "a wrong password, though" },
      { email: `${userId}@example.com` },
      { email: "not an address" },
    ]) {
      const { status, body } = await started.tryToSignIn(fields);
      answers.push(JSON.stringify([status, { ...body, request_id: null }]));
    }
    expect(new Set(answers)).toEqual(
      new Set([
        JSON.stringify([401, { id: "unauthorized", message: "E-mail or password is wrong.", request_id: null }]),
      ]),
    );
  });

  test("gets it in the same time: medians of interleaved tries differ by less than a fifth of their processor time", async () => {
    const { identity } = await start({ LATCHKEY_FAILED_SIGN_INS_PER_MINUTE: "1000000" });
    const origin = { requestId: "", address: "", userAgent: "" };
    const time = async (email: string): Promise<number> => {
      // Not by the clock: that also counts what others do on this machine.
      const before = process.cpuUsage();
      await identity.sessions.signIn({ email, password: "some wrong password", team: null }, origin).catch(() => null);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const [known, unknown]: [number[], number[]] = [[], []];
    for (let round = 0; round < 31; round += 1) {
      known.push(await time(EMAIL));
      unknown.push(await time("nobody@example.com"));
    }
    const median = (times: number[]): number => times.sort((a, b) => a - b)[15] ?? 0;
    const ratio = median(known) / median(unknown);
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  }, 30_000);
});

test("a password that is changed while it is being checked signs nobody in", async () => {
  const { identity, store, entries } = await start();
  const origin = { requestId: "", address: "", userAgent: "" };
  const underWay = identity.sessions.signIn({ email: EMAIL, password: PASSWORD, team: null }, origin);
  const checked = expect(underWay).rejects.toThrow("sign_in_refused");
  await store.db.updateTable("users").set({ password: "changed" }).execute();
  await checked;
  expect(await entries()).toEqual([]);
});

describe("a flood of wrong passwords", () => {
  test("is told to wait, for known and unknown people alike, and the right password gets through it", async () => {
    for (const email of [EMAIL, "nobody@example.com"]) {
      const { tryToSignIn, clock } = await start();
      const statuses = [];
      for (let count = 0; count < LIMIT + 2; count += 1)
        statuses.push((await tryToSignIn({ email, password: "some wrong password" })).status);
      expect(statuses).toEqual([...Array(LIMIT).fill(401), 429, 429]);
      expect((await tryToSignIn({})).status).toBe(201);
      clock.advance(60_000);
      expect((await tryToSignIn({ email, password: "some wrong password" })).status).toBe(401);
    }
  });

  test("at once leaves a few hashes waiting and turns the rest away; then the owner gets in", async () => {
    const { tryToSignIn } = await start();
    const flood = await Promise.all(Array.from({ length: 60 }, () => tryToSignIn({ password: "some wrong password" })));
    const statuses = new Set(flood.map(({ status }) => status));
    expect([...statuses].every((status) => [401, 429, 503].includes(status))).toBe(true);
    expect((await tryToSignIn({})).status).toBe(201);
  });

  test("is one audit entry in each team of the person it was aimed at", async () => {
    const started = await start();
    const { tryToSignIn, entries, identity, user } = started;
    const others = await addToken(started, { teamId: await addTeam(started, "Others") });
    const there = createTeam(started.url, others.token);
    await there.accept((await there.invite(EMAIL, "viewer")).secret);
    for (let count = 0; count < 4; count += 1) await tryToSignIn({ password: "some wrong password" });
    await tryToSignIn({ email: "nobody@example.com" });
    await identity.writeBehind();
    const told = (await entries()).filter(({ outcome }) => outcome === "refused");
    expect(told.map(({ team_id }) => team_id).sort()).toEqual([started.team.id, others.teamId].sort());
    for (const entry of told)
      expect([entry.target_id, JSON.parse(entry.details)]).toEqual([
        user.id,
        { count: 4, addresses: ["127.0.0.1"], reasons: ["wrong password"] },
      ]);
    await identity.writeBehind();
    expect((await entries()).filter(({ outcome }) => outcome === "refused")).toHaveLength(2);
  });
});
