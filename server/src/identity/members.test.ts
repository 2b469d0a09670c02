import { describe, expect, test } from "vitest";
import { createCaller } from "../../test/caller.ts";
import { addTeam, addToken } from "../../test/people.ts";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";
import { createTeam, PASSWORD } from "../../test/team.ts";
import type { Identity } from "./service/identity.ts";

async function start() {
  const latchkey = await startTestLatchkey();
  const team = createTeam(latchkey.url, latchkey.token);
  const owner = latchkey.token;
  const roles = async () => Object.fromEntries((await team.members()).map(({ name, role }) => [name, role]));
  const entries = async (verb: string) =>
    (await latchkey.store.db.selectFrom("audit_entries").selectAll().where("verb", "=", verb).execute()).map(
      (entry) => ({
        ...entry,
        details: JSON.parse(entry.details),
      }),
    );
  const setRole = (id: string, role: string, token = owner) =>
    team.send(token, "PUT", `/v2/team/members/${id}`, { role });
  const remove = (id: string, token = owner) => team.send(token, "DELETE", `/v2/team/members/${id}`);
  return { ...latchkey, ...team, owner, roles, entries, setRole, remove };
}

describe("the team", () => {
  test("shows its members with roles, and can be renamed", async () => {
    const { send, owner, join, user, clock } = await start();
    clock.advance(1000);
    await join("Bob", "viewer");
    expect((await send(owner, "PUT", "/v2/team", { name: " Acme Ltd " })).body).toMatchObject({
      team: { name: "Acme Ltd" },
    });
    expect((await send(owner, "GET", "/v2/team/members")).body).toEqual({
      members: [
        {
          id: user.id,
          name: "Ada",
          email: "ada@example.com",
          role: "owner",
          joined_at: "2026-03-23T09:15:00Z",
          restorable_keys: 0,
        },
        expect.objectContaining({ name: "Bob", email: "bob@example.com", role: "viewer" }),
      ],
    });
  });

  test("tells what each role may do, from the one table", async () => {
    const { send, owner } = await start();
    const { body } = await send(owner, "GET", "/v2/team/permissions");
    expect(body["permissions"]).toContainEqual({
      name: "member.manage",
      about: expect.stringContaining("Invite members"),
      roles: ["owner"],
    });
  });

  test.each(["", " ", "a\u0007b", "x".repeat(256)])("cannot be called %j", async (name) => {
    const { send, owner } = await start();
    expect((await send(owner, "PUT", "/v2/team", { name })).status).toBe(400);
  });
});

describe("a change of role", () => {
  test("bites on the next request, and is told with what it was before", async () => {
    const { join, setRole, send, entries } = await start();
    const bob = await join("Bob", "member");
    expect((await send(bob.session, "POST", "/v2/functions/sandbox")).status).toBe(200);
    expect((await setRole(bob.id, "viewer")).body).toMatchObject({ member: { role: "viewer" } });
    expect((await send(bob.session, "POST", "/v2/functions/sandbox")).status).toBe(403);
    expect((await send(bob.session, "GET", "/v2/team")).status).toBe(200);
    expect(await entries("member.set_role")).toMatchObject([
      { target_id: bob.id, details: { role: "viewer", previous_role: "member" } },
    ]);
  });

  test("is an owner's to make, also of their own role", async () => {
    const { join, setRole, user, roles } = await start();
    const bob = await join("Bob", "member");
    expect((await setRole(bob.id, "owner", bob.session)).status).toBe(403);
    expect((await setRole(bob.id, "owner")).status).toBe(200);
    expect((await setRole(user.id, "viewer", bob.session)).status).toBe(200);
    expect(await roles()).toEqual({ Ada: "viewer", Bob: "owner" });
  });

  test("away from owner ends the invitations that the person made: they know the links", async () => {
    const { join, setRole, invite, accept } = await start();
    const bob = await join("Bob", "owner");
    const { secret } = await invite("bob2@example.com", "owner", bob.session);
    await setRole(bob.id, "member");
    expect((await accept(secret)).status).toBe(404);
  });
});

describe("a removed member", () => {
  test("has no session, token or key in this team any more, from the next request on", async () => {
    const { url, join, remove, send, owner, entries } = await start();
    const bob = await join("Bob", "member");
    const issued = await send(bob.session, "POST", "/v2/tokens", { name: "ci", scopes: ["function:admin"] });
    const { id, secret } = issued.body["api_token"] as { id: string; secret: string };
    const caller = createCaller(url, secret);
    const key = await caller.addKey(await caller.addNamespace());
    expect((await caller.connect(key)).status).toBe(200);

    expect((await remove(bob.id)).status).toBe(204);
    expect((await caller.connect(key)).status).toBe(401);
    for (const token of [bob.session, secret]) expect((await send(token, "GET", "/v2/account")).status).toBe(401);
    expect((await send(owner, "GET", `/v2/team/members/${bob.id}`)).status).toBe(404);
    expect(await entries("member.remove")).toMatchObject([
      {
        target_id: bob.id,
        details: {
          email: "bob@example.com",
          role: "member",
          ended: { api_tokens: [id], sessions: [expect.any(String)] },
        },
      },
    ]);
  });

  test("who comes back has no old credential come back with them", async () => {
    const { join, remove, send, invite, accept, signIn } = await start();
    const bob = await join("Bob", "member");
    await remove(bob.id);
    expect((await accept((await invite(bob.email, "member")).secret)).status).toBe(201);
    expect((await send(bob.session, "GET", "/v2/account")).status).toBe(401);
    expect((await send(await signIn(bob.email), "GET", "/v2/account")).body).toMatchObject({ account: { id: bob.id } });
  });

  test("keeps all they have in another team", async () => {
    const latchkey = await start();
    const { join, remove, url } = latchkey;
    const bob = await join("Bob", "member");
    const others = await addToken(latchkey, { teamId: await addTeam(latchkey, "Others") });
    const there = createTeam(url, others.token);
    const { secret } = await there.invite(bob.email, "member");
    expect((await there.accept(secret)).status).toBe(201);
    const session = await there.signIn(bob.email, { team: "Others" });
    const issued = await there.send(session, "POST", "/v2/tokens", { name: "ci", scopes: ["function:admin"] });
    const token = (issued.body["api_token"] as { secret: string }).secret;
    const caller = createCaller(url, token);
    const key = await caller.addKey(await caller.addNamespace());

    expect((await there.send(session, "GET", "/v2/teams")).body["teams"]).toHaveLength(2);
    expect((await there.send(token, "GET", "/v2/teams")).body).toMatchObject({ teams: [{ name: "Others" }] });
    await remove(bob.id);
    for (const living of [session, token]) expect((await there.send(living, "GET", "/v2/account")).status).toBe(200);
    expect((await caller.connect(key)).status).toBe(200);
    expect((await there.send(session, "GET", "/v2/teams")).body).toMatchObject({ teams: [{ name: "Others" }] });
  });

  test("leaves no invitation behind that they could use to come back", async () => {
    const { join, remove, invite, accept } = await start();
    const bob = await join("Bob", "owner");
    const { secret } = await invite("bob2@example.com", "owner", bob.session);
    await remove(bob.id);
    expect((await accept(secret)).status).toBe(404);
  });
});

test("leaving is removing oneself, for any role", async () => {
  const { join, send, roles, entries } = await start();
  const bob = await join("Bob", "viewer");
  expect((await send(bob.session, "POST", "/v2/team/leave")).status).toBe(204);
  expect((await send(bob.session, "GET", "/v2/account")).status).toBe(401);
  expect(await roles()).toEqual({ Ada: "owner" });
  expect(await entries("member.leave")).toMatchObject([{ actor_id: bob.id, target_id: bob.id }]);
});

describe("the last owner", () => {
  test("can be neither demoted nor removed, and cannot leave", async () => {
    const { join, setRole, remove, send, owner, user, roles } = await start();
    await join("Bob", "member");
    for (const { status, text } of [
      await setRole(user.id, "member"),
      await remove(user.id),
      await send(owner, "POST", "/v2/team/leave"),
    ])
      expect([status, text]).toEqual([422, expect.stringContaining("without an owner")]);
    expect((await setRole(user.id, "owner")).status).toBe(200);
    expect(await roles()).toEqual({ Ada: "owner", Bob: "member" });
  });

  test.each(["demote", "remove", "leave"])(
    "is always there, whatever two owners do to each other at once: they %s",
    async (what) => {
      const { join, setRole, remove, send, user, owner, store } = await start();
      const bob = await join("Bob", "owner");
      const act = (id: string, token: string) =>
        what === "demote"
          ? setRole(id, "member", token)
          : what === "remove"
            ? remove(id, token)
            : send(token, "POST", "/v2/team/leave");
      const answers = await Promise.all([act(bob.id, owner), act(user.id, bob.session)]);
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
      // Who was removed or demoted first can do nothing any more; who would have been the last owner stays.
      expect(answers.map(({ status }) => status).filter((status) => status >= 300)).toEqual([
        { demote: 403, remove: 401, leave: 422 }[what],
      ]);
      const rows = await store.db.selectFrom("memberships").select("role").execute();
      expect(rows.filter(({ role }) => role === "owner")).toHaveLength(1);
    },
  );
});

test("what is no member of the team is no member: another team's, a service identity, nonsense", async () => {
  const latchkey = await start();
  const { send, owner, setRole, remove } = latchkey;
  const stranger = await addToken(latchkey, { teamId: await addTeam(latchkey, "Others") });
  const made = await send(owner, "POST", "/v2/team/service-identities", { name: "pipeline" });
  const machine = (made.body["service_identity"] as { id: string }).id;
  const answers = [];
  for (const id of [stranger.userId, machine, "nobody", "00000000-0000-4000-8000-000000000000"])
    for (const answer of [
      await send(owner, "GET", `/v2/team/members/${id}`),
      await setRole(id, "viewer"),
      await remove(id),
    ])
      answers.push({ status: answer.status, message: answer.body["message"] });
  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
    new Set([JSON.stringify({ status: 404, message: "member not found" })]),
  );
});

test("a token that was made while its owner was being removed does not work, nor should they come back", async () => {
  const { join, remove, send, invite, accept } = await start();
  const bob = await join("Bob", "member");
  const [issued] = await Promise.all([
    send(bob.session, "POST", "/v2/tokens", { name: "late", scopes: ["function:read"] }),
    remove(bob.id),
  ]);
  await accept((await invite(bob.email, "owner")).secret, { password: PASSWORD });
  if (issued.status !== 201) return expect(issued.status).toBe(401);
  const { secret } = issued.body["api_token"] as { secret: string };
  expect((await send(secret, "GET", "/v2/account")).status).toBe(401);
});

describe("whoever was let in and then removed or demoted, before what they asked for was done, does nothing any more", () => {
  const origin = { requestId: "r", address: "203.0.113.7", userAgent: "test" };
  type Deed = (identity: Identity, cause: Parameters<Identity["members"]["leave"]>[0]) => Promise<unknown>;
  const deeds: [string, Deed][] = [
    [
      "invite",
      ({ invitations }, cause) =>
        invitations.create(cause, { email: "eve@example.com", role: "owner", lifetimeSeconds: 60 }),
    ],
    ["set a role", ({ members }, cause) => members.setRole(cause, cause.caller.user.id, "owner")],
    ["remove", ({ members }, cause) => members.remove(cause, cause.caller.user.id)],
    ["rename the team", ({ teams }, cause) => teams.rename(cause, "Mine")],
    [
      "make a service identity",
      ({ serviceIdentities }, cause) =>
        serviceIdentities.create(cause, { name: "backdoor", role: "member", responsibleId: null }),
    ],
  ];
  const newToken = { name: "backdoor", scopes: ["function:admin"], lifetimeSeconds: null } as const;

  test.each([
    ...deeds,
    ["make a token", ({ tokens }: Identity, cause: Parameters<Deed>[1]) => tokens.create(cause, newToken)],
    ["leave", ({ members }: Identity, cause: Parameters<Deed>[1]) => members.leave(cause)],
  ] as [string, Deed][])("removed, they cannot %s", async (_what, act) => {
    const { identity, join, remove } = await start();
    const bob = await join("Bob", "owner");
    const caller = identity.recognise(`Bearer ${bob.session}`);
    await remove(bob.id);
    await expect(act(identity, { caller, origin })).rejects.toThrow("identity.unauthenticated");
  });

  test.each(deeds)("demoted, they cannot %s", async (_what, act) => {
    const { identity, join, setRole } = await start();
    const bob = await join("Bob", "owner");
    const caller = identity.recognise(`Bearer ${bob.session}`);
    await setRole(bob.id, "member");
    await expect(act(identity, { caller, origin })).rejects.toThrow("identity.not_permitted");
  });
});
