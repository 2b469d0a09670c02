import { expect, test } from "vitest";
import { insertMembership } from "../../src/identity/queries/members.ts";
import { addTeam, addToken, endMembership } from "../people.ts";
import { startControlPlane } from "./control-plane.ts";
import { addFunction, addNamespace, addTrigger, TRIGGER, triggersOf } from "./things.ts";

async function startWithTrigger() {
  const plane = await startControlPlane();
  const namespace = await addNamespace(plane);
  await addFunction(plane, namespace);
  await addTrigger(plane, namespace.namespace);
  const path = triggersOf(namespace.namespace);
  return { plane, send: plane.send, path, one: `${path}/${TRIGGER.name}` };
}

const triggerIn = (body: unknown) => Object(body).trigger;

test("a trigger belongs to whoever changed it last, and runs in their name", async () => {
  const { plane, send, one } = await startWithTrigger();
  const bob = await addToken(plane, { role: "member" });
  const { owner } = triggerIn((await send("PUT", one, { token: bob.token, json: { is_enabled: true } })).body);
  expect(owner.id).toBe(bob.userId);
});

test("one whose owner has left is shown as suspended, and runs again once somebody takes it over", async () => {
  const { plane, send, one } = await startWithTrigger();
  const bob = await addToken(plane, { role: "member" });
  await send("PUT", one, { token: bob.token, json: { is_enabled: true } });
  await endMembership(plane, bob);
  const suspended = triggerIn((await send("GET", one)).body);
  expect(suspended).toMatchObject({ is_enabled: true, scheduled_runs: { next_run_at: null } });
  expect(suspended.suspended_reason).toMatch(/has left the team/);
  const taken = triggerIn((await send("PUT", one, { json: { is_enabled: true } })).body);
  expect(taken).toMatchObject({
    suspended_reason: null,
    owner: { id: plane.user.id },
    scheduled_runs: { next_run_at: "2026-03-24T03:00:00Z" },
  });
});

test("removing a member suspends theirs with their keys and tokens, and being added again brings none back", async () => {
  const { plane, send, one } = await startWithTrigger();
  const bob = await addToken(plane, { role: "member" });
  await send("PUT", one, { token: bob.token, json: { is_enabled: true } });
  expect((await send("DELETE", `/v2/team/members/${bob.userId}`)).status).toBeLessThan(300);
  await plane.store.transaction((tx) =>
    insertMembership(tx, { teamId: bob.teamId, userId: bob.userId, role: "member", at: plane.clock.now() }),
  );
  plane.clock.advance(86_400_000);
  await plane.schedules.runDue();
  expect(triggerIn((await send("GET", one)).body)).toMatchObject({
    suspended_reason: expect.stringMatching(/has left the team/),
    scheduled_runs: { last_run_at: null, next_run_at: null },
  });
  const { body } = await send("GET", "/v2/audit?verb=member.remove");
  expect(Object(body).entries[0].details.ended.triggers).toEqual([expect.stringMatching(/\/nightly$/)]);
});

test("another team's is a 404, by every way to it", async () => {
  const { plane, send, one, path } = await startWithTrigger();
  const { token } = await addToken(plane, { teamId: await addTeam(plane, "Strangers") });
  for (const [method, where] of [
    ["GET", path],
    ["GET", one],
    ["PUT", one],
    ["DELETE", one],
  ] as const) {
    const answer = await send(method, where, { token, json: method === "PUT" ? { is_enabled: false } : undefined });
    expect(answer).toMatchObject({ status: 404, body: { message: "namespace not found" } });
  }
});
