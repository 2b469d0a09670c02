import type { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect } from "vitest";
import { type Answer, basic, type Caller, type HeldKey } from "../caller.ts";
import type { TestLatchkey } from "../start-test-latchkey.ts";
import type { KeyModel, ModelKey, Outcome, Role } from "./key-model.ts";

export type Real = {
  readonly latchkey: TestLatchkey;
  /** Another connection to the database, as another process has it. */
  readonly stranger: DatabaseSync;
  /** An owner to whom nothing happens. */
  readonly admin: Caller;
  /** Who acts: their ids and their callers, in the order of the model's `roles`. */
  readonly people: readonly { readonly id: string; readonly caller: Caller }[];
  /** Ids in the order of the model's `namespaces`. */
  readonly namespaces: string[];
};
type Command = fc.AsyncCommand<KeyModel, Real>;

const KEYS_OF = (namespaceId: string) => `/v2/functions/namespaces/${namespaceId}/keys`;
const NAMES = ["a", "b", "c", "d", "e", "f"];

const REASONS: readonly [text: string, outcome: Outcome][] = [
  ["has been revoked", "revoked"],
  ["was revoked at", "revoked"],
  ["has left the team", "left"],
  ["expired at", "expired"],
  ["is suspended", "suspended"],
  ["The supplied authentication is invalid", "invalid"],
];

/** What the server lets this credential do: it tries to delete an action that is not there. */
async function tryOut(caller: Caller, held: HeldKey): Promise<Outcome | string> {
  const { status, text } = await caller.send("DELETE", "/api/v1/namespaces/_/actions/nothing", {
    authorization: basic(held),
  });
  if (status === 404) return "may deploy";
  if (status === 403) return "may look";
  const reason = REASONS.find(([says]) => text.includes(says));
  return status === 401 && reason !== undefined ? reason[1] : `${status} ${text}`;
}

/** Every credential that was ever given out gets what the model says. */
export async function lookAtAll(model: KeyModel, { admin }: Real): Promise<void> {
  const given = model.keys.flatMap((key) => key.secrets.map((held) => ({ key, held })));
  const tried = given.map(async ({ key, held }) => {
    const outcome = await tryOut(admin, { id: key.id, secret: held.secret });
    expect(outcome, JSON.stringify({ now: model.now, ...key, secrets: "hidden" })).toBe(model.outcome(key, held));
  });
  await Promise.all(tried);
}

/** A step, after which all credentials are looked at, or not: what several changes at once do is another matter. */
const step = (name: string, looks: boolean, run: (model: KeyModel, real: Real) => Promise<void> | void): Command => ({
  check: () => true,
  async run(model, real) {
    await run(model, real);
    if (looks) await lookAtAll(model, real);
  },
  toString: () => name,
});

const status = (answer: Answer): number => answer.status;
const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(list.length, 1)];

/** Writes as another process does: with a word in the change feed, as a server would, or without, as a tool. */
function writeAsStranger({ stranger }: Real, sql: string, feed: { kind: string; id: string } | null): void {
  const say = `UPDATE change_counter SET last_seq = last_seq + 1;
    INSERT INTO changes (seq, kind, target_id, at) SELECT last_seq, '${feed?.kind}', '${feed?.id}', 1 FROM change_counter;`;
  stranger.exec(`BEGIN IMMEDIATE; ${sql}; ${feed === null ? "" : say} COMMIT`);
}

const person = fc.nat({ max: 2 });
const index = fc.nat({ max: 11 });
const looks = fc.constantFrom(true, false, false);
const feeds = fc.boolean();

const addNamespace = fc.tuple(looks).map(([look]) =>
  step("add a namespace", look, async (model, real) => {
    real.namespaces.push(await real.admin.addNamespace(`label ${model.namespaces.length}`));
    model.namespaces.push({ isDeleted: false });
  }),
);

const removeNamespace = fc.tuple(index, person, looks).map(([which, who, look]) =>
  step(`person ${who} removes namespace ${which}`, look, async (model, real) => {
    const namespace = which % model.namespaces.length;
    const caller = real.people[who]?.caller;
    const answer = await caller?.removeNamespace(real.namespaces[namespace] ?? "");
    const expected = model.mayChange(who, model.namespaces[namespace]?.isDeleted === true ? 404 : 204);
    expect(answer?.status).toBe(expected);
    if (expected === 204) model.deleteNamespace(namespace);
  }),
);

const createKey = fc
  .tuple(index, person, fc.constantFrom(...NAMES), fc.constantFrom(null, 1, 24), looks)
  .map(([which, who, name, hours, look]) =>
    step(`person ${who} creates a key in ${which} for ${hours} h`, look, async (model, real) => {
      const namespace = which % model.namespaces.length;
      const json = { name, expires_in: hours === null ? "never" : `${hours}h` };
      const path = KEYS_OF(real.namespaces[namespace] ?? "");
      const answer = await real.people[who]?.caller.send("POST", path, { json });
      const isGone = model.namespaces[namespace]?.isDeleted === true;
      const expected = model.mayChange(who, isGone ? 404 : model.isNameTaken(namespace, name) ? 409 : 201);
      expect(answer?.status).toBe(expected);
      if (expected !== 201) return;
      const { id, secret } = JSON.parse(answer?.text ?? "").access_key;
      const expiresAt = model.expiryAfter(hours);
      const secrets = [{ secret: String(secret), endsAt: null }];
      const states = { isDeleted: false, isSuspended: false };
      model.keys.push({ id: String(id), namespace, owner: who, name, expiresAt, secrets, ...states });
    }),
  );

/** A step about some key; none when there is no key yet. */
const aboutKey = (
  name: string,
  which: number,
  look: boolean,
  run: (key: ModelKey, path: string, model: KeyModel, real: Real) => Promise<void> | void,
) =>
  step(`${name} key ${which}`, look, (model, real) => {
    const key = pick(model.keys, which);
    if (key !== undefined) return run(key, `${KEYS_OF(real.namespaces[key.namespace] ?? "")}/${key.id}`, model, real);
  });

const renameKey = fc.tuple(index, person, fc.constantFrom(...NAMES), looks).map(([which, who, name, look]) =>
  aboutKey(`person ${who} renames`, which, look, async (key, path, model, real) => {
    const answer = await real.people[who]?.caller.send("PUT", path, { json: { name } });
    const otherwise = key.isDeleted ? 404 : model.isNameTaken(key.namespace, name, key) ? 409 : 200;
    expect(answer?.status).toBe(model.mayChange(who, otherwise));
    if (answer?.status === 200) key.name = name;
  }),
);

const rotateKey = fc.tuple(index, person, fc.constantFrom(0, 1, 24), looks).map(([which, who, hours, look]) =>
  aboutKey(`person ${who} rotates, ${hours} h overlap,`, which, look, async (key, path, model, real) => {
    const json = { overlap: hours === 0 ? 0 : `${hours}h` };
    const answer = await real.people[who]?.caller.send("POST", `${path}/rotate`, { json });
    const expected = model.mayChange(who, key.isDeleted ? 404 : model.isActive(key) ? 200 : 422);
    expect(answer?.status).toBe(expected);
    if (expected === 200) model.rotate(key, hours, String(JSON.parse(answer?.text ?? "").access_key.secret));
  }),
);

const removeKey = fc.tuple(index, person, looks).map(([which, who, look]) =>
  aboutKey(`person ${who} removes`, which, look, async (key, path, model, real) => {
    const answer = await real.people[who]?.caller.send("DELETE", path);
    expect(answer === undefined ? 0 : status(answer)).toBe(model.mayChange(who, key.isDeleted ? 404 : 200));
    if (answer?.status === 200) key.isDeleted = true;
  }),
);

const suspendKey = fc.tuple(index, fc.boolean(), feeds, looks).map(([which, isSuspended, feed, look]) =>
  aboutKey(`a stranger ${isSuspended ? "suspends" : "resumes"}`, which, look, (key, _path, _model, real) => {
    if (key.isDeleted) return;
    const sql = `UPDATE access_keys SET state = '${isSuspended ? "suspended" : "active"}' WHERE id = '${key.id}'`;
    writeAsStranger(real, sql, feed ? { kind: "access_key", id: key.id } : null);
    key.isSuspended = isSuspended;
  }),
);

const setRole = fc
  .tuple(person, fc.constantFrom<Role | null>("owner", "member", "member", "viewer", null), feeds, looks)
  .map(([who, role, feed, look]) =>
    step(`a stranger makes person ${who} ${role ?? "nobody"}`, look, (model, real) => {
      const { id = "" } = real.people[who] ?? {};
      const { id: teamId } = real.latchkey.team;
      const remove = `DELETE FROM memberships WHERE user_id = '${id}'`;
      const add = `INSERT INTO memberships (team_id, user_id, role, created_at) VALUES ('${teamId}', '${id}', '${role}', 1)`;
      writeAsStranger(real, role === null ? remove : `${remove}; ${add}`, feed ? { kind: "membership", id } : null);
      model.roles[who] = role;
    }),
  );

const advance = fc.tuple(fc.constantFrom(1, 999, 1000, 1_800_000, 3_599_999, 3_600_000, 86_400_000), looks);
const advanceClock = advance.map(([ms, look]) =>
  step(`${ms} ms pass`, look, (model, real) => {
    real.latchkey.clock.advance(ms);
    model.now += ms;
  }),
);

const OFTEN: readonly (readonly [command: fc.Arbitrary<Command>, weight: number])[] = [
  [addNamespace, 1],
  [removeNamespace, 1],
  [createKey, 5],
  [renameKey, 3],
  [rotateKey, 3],
  [removeKey, 2],
  [suspendKey, 4],
  [setRole, 3],
  [advanceClock, 3],
];

/** Everything that can happen to keys, each as often as finds most. */
export const keyCommands = fc.commands(
  OFTEN.flatMap(([command, weight]) => Array.from({ length: weight }, () => command)),
  { maxCommands: 40, size: "max" },
);
