import fc from "fast-check";
import { expect } from "vitest";
import { createCaller } from "../caller.ts";
import { addToken } from "../people.ts";
import type { Role } from "./key-model.ts";
import { type Command, type Real, step } from "./key-trials.ts";

const person = fc.nat({ max: 2 });
const index = fc.nat({ max: 11 });
const looks = fc.constantFrom(true, false, false);
const feeds = fc.boolean();
const roles = fc.constantFrom<Role>("owner", "member", "member", "viewer");

/** Writes as another process does: with a word in the change feed, as a server would, or without, as a tool. */
function writeAsStranger({ stranger }: Real, sql: string, feed: { kind: string; id: string } | null): void {
  const say = `UPDATE change_counter SET last_seq = last_seq + 1;
    INSERT INTO changes (seq, kind, target_id, at) SELECT last_seq, '${feed?.kind}', '${feed?.id}', 1 FROM change_counter;`;
  stranger.exec(`BEGIN IMMEDIATE; ${sql}; ${feed === null ? "" : say} COMMIT`);
}

const removeMember = fc.tuple(person, looks).map(([who, look]) =>
  step(`person ${who} is removed`, look, async (model, { admin, people }) => {
    const { status } = await admin.send("DELETE", `/v2/team/members/${people[who]?.id}`);
    expect(status).toBe(model.roles[who] === null ? 404 : 204);
    if (status === 204) model.remove(who);
  }),
);

const addAgain = fc.tuple(person, roles, looks).map(([who, role, look]) =>
  step(`person ${who} is added again as ${role}`, look, async (model, real) => {
    const known = real.people[who];
    if (known === undefined || model.roles[who] !== null) return;
    const { secret } = await real.team.invite(known.email, role);
    const { status } = await real.team.accept(secret, { name: "again" });
    expect(status).toBe(201);
    const { token } = await addToken(real.latchkey, { of: known.id });
    known.caller = createCaller(real.latchkey.url, token);
    model.roles[who] = role;
    model.hasToken[who] = true;
  }),
);

const setRole = fc.tuple(person, roles, looks).map(([who, role, look]) =>
  step(`person ${who} becomes ${role}`, look, async (model, { admin, people }) => {
    const { status } = await admin.send("PUT", `/v2/team/members/${people[who]?.id}`, { json: { role } });
    expect(status).toBe(model.roles[who] === null ? 404 : 200);
    if (status === 200) model.roles[who] = role;
  }),
);

const restoreKeys = fc.tuple(person, looks).map(([who, look]) =>
  step(`person ${who} gets their keys back`, look, async (model, { admin, people }) => {
    const { status, text } = await admin.send("POST", `/v2/team/members/${people[who]?.id}/restore-keys`);
    expect(status).toBe(model.roles[who] === null ? 404 : 200);
    if (status !== 200) return;
    const restored: { id: string; name: string }[] = JSON.parse(text).access_keys;
    const expected = model.restorable(who);
    expect(restored.map(({ id }) => id).sort()).toEqual(expected.map(({ id }) => id).sort());
    for (const key of expected) {
      const name = restored.find(({ id }) => id === key.id)?.name ?? "";
      if (model.isNameTaken(key.namespace, key.name)) expect(name).toContain(`${key.name} (restored`);
      else expect(name).toBe(key.name);
      Object.assign(key, { name, isGone: false, takenAt: null });
    }
  }),
);

const suspendAsTool = fc.tuple(index, fc.boolean(), feeds, looks).map(([which, isSuspended, feed, look]) =>
  step(`a tool ${isSuspended ? "suspends" : "resumes"} key ${which}`, look, (model, real) => {
    const key = model.keys[which % Math.max(model.keys.length, 1)];
    if (key === undefined || !model.isListed(key)) return;
    const state = isSuspended ? "suspended" : "active";
    const sql = `UPDATE access_keys SET state = '${state}', state_by = NULL WHERE id = '${key.id}'`;
    writeAsStranger(real, sql, feed ? { kind: "access_key", id: key.id } : null);
    key.suspension = isSuspended ? { by: null } : null;
  }),
);

const setRoleAsTool = fc.tuple(person, fc.option(roles), feeds, looks).map(([who, role, feed, look]) =>
  step(`a tool makes person ${who} ${role ?? "nobody"}`, look, (model, real) => {
    const { id = "" } = real.people[who] ?? {};
    const { id: teamId } = real.latchkey.team;
    const remove = `DELETE FROM memberships WHERE user_id = '${id}'`;
    const add = `INSERT INTO memberships (team_id, user_id, role, created_at) VALUES ('${teamId}', '${id}', '${role}', 1)`;
    writeAsStranger(real, role === null ? remove : `${remove}; ${add}`, feed ? { kind: "membership", id } : null);
    model.roles[who] = role;
  }),
);

/** What happens to people, and what somebody's tool does behind the server's back, each with how often. */
export const changeOfPeople: readonly (readonly [command: fc.Arbitrary<Command>, weight: number])[] = [
  [removeMember, 2],
  [addAgain, 5],
  [restoreKeys, 3],
  [setRole, 2],
  [suspendAsTool, 2],
  [setRoleAsTool, 2],
];
