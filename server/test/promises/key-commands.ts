import fc from "fast-check";
import { expect } from "vitest";
import { changeOfPeople } from "./key-commands-of-people.ts";
import type { KeyModel, ModelKey } from "./key-model.ts";
import { type Command, callerOf, type Real, race, step } from "./key-trials.ts";

const KEYS_OF = (namespaceId: string) => `/v2/functions/namespaces/${namespaceId}/keys`;
const NAMES = ["a", "b", "c", "d", "e", "f"];

const person = fc.nat({ max: 2 });
const index = fc.nat({ max: 11 });
const looks = fc.constantFrom(true, false, false);
const overlap = fc.constantFrom(0, 1, 24);
const toOverlap = (hours: number) => (hours === 0 ? 0 : `${hours}h`);
const pick = <T>(list: readonly T[], which: number): T | undefined => list[which % Math.max(list.length, 1)];

const addNamespace = looks.map((look) =>
  step("add a namespace", look, async (model, real) => {
    real.namespaces.push(await real.admin.addNamespace(`label ${model.namespaces.length}`));
    model.namespaces.push({ isDeleted: false });
  }),
);

const removeNamespace = fc.tuple(index, person, looks).map(([which, who, look]) =>
  step(`person ${who} removes namespace ${which}`, look, async (model, real) => {
    const namespace = which % model.namespaces.length;
    const answer = await callerOf(real, who).removeNamespace(real.namespaces[namespace] ?? "");
    const expected = model.mayChange(who, model.namespaces[namespace]?.isDeleted === true ? 404 : 204);
    expect(answer.status).toBe(expected);
    if (expected === 204) model.deleteNamespace(namespace);
  }),
);

/** Somebody creates a key, of their own or of the service identity's; with what comes of it. */
export async function createKeyOf(
  model: KeyModel,
  real: Real,
  who: number,
  hours: number | null,
  forService: boolean,
  { namespace, name } = { namespace: 0, name: `key ${model.keys.length}` },
): Promise<void> {
  const namespace_id = real.namespaces[namespace] ?? "";
  const json = { name, expires_in: hours === null ? "never" : `${hours}h`, namespace_id };
  const service = real.people[model.service]?.id;
  const path = forService ? `/v2/team/service-identities/${service}/keys` : KEYS_OF(namespace_id);
  const { status, text } = await callerOf(real, who).send("POST", path, { json });
  const isGone = model.namespaces[namespace]?.isDeleted === true;
  // The policy of a team that set none leaves the keys of service identities to owners.
  const otherwise = forService && model.roles[who] !== "owner" ? 422 : 201;
  const expected = model.mayChange(who, isGone ? 404 : model.isNameTaken(namespace, name) ? 409 : otherwise);
  expect(status).toBe(expected);
  if (expected !== 201) return;
  const { id, secret } = JSON.parse(text).access_key;
  const owner = forService ? model.service : who;
  model.create({ id: String(id), namespace, owner, name, expiresAt: model.expiryAfter(hours) }, String(secret));
}

const createKey = fc
  .tuple(index, person, fc.constantFrom(...NAMES), fc.constantFrom(null, 1, 24), fc.boolean(), looks)
  .map(([which, who, name, hours, forService, look]) =>
    step(`person ${who} creates a key in ${which} for ${hours} h, ${forService}`, look, (model, real) => {
      const namespace = which % model.namespaces.length;
      return createKeyOf(model, real, who, hours, forService, { namespace, name });
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
    const { status } = await callerOf(real, who).send("PUT", path, { json: { name } });
    const otherwise = !model.isListed(key) ? 404 : model.isNameTaken(key.namespace, name, key) ? 409 : 200;
    expect(status).toBe(model.mayChange(who, otherwise));
    if (status === 200) key.name = name;
  }),
);

const rotateKey = fc.tuple(index, person, overlap, looks).map(([which, who, hours, look]) =>
  aboutKey(`person ${who} rotates, ${hours} h overlap,`, which, look, async (key, path, model, real) => {
    const json = { overlap: toOverlap(hours) };
    const { status, text } = await callerOf(real, who).send("POST", `${path}/rotate`, { json });
    const otherwise = !model.isOwn(who, key) ? 403 : model.isActive(key) ? 200 : 422;
    const expected = model.mayChange(who, model.isListed(key) ? otherwise : 404);
    expect(status).toBe(expected);
    if (expected === 200) model.rotate(key, hours, String(JSON.parse(text).access_key.secret));
  }),
);

const handOverKey = fc.tuple(index, person, overlap, looks).map(([which, who, hours, look]) =>
  aboutKey(`person ${who} hands over, ${hours} h overlap,`, which, look, async (key, path, model, real) => {
    const json = { service_identity_id: real.people[model.service]?.id, overlap: toOverlap(hours) };
    const { status, text } = await callerOf(real, who).send("POST", `${path}/hand-over`, { json });
    const mayHandOver = model.roles[who] === "owner" || model.isOwn(who, key);
    const isPossible = model.isActive(key) && key.owner !== model.service && model.roles[who] === "owner";
    const otherwise = !mayHandOver ? 403 : isPossible ? 201 : 422;
    const expected = model.mayChange(who, model.isListed(key) ? otherwise : 404);
    expect(status).toBe(expected);
    if (expected !== 201) return;
    const { id, secret, name } = JSON.parse(text).access_key;
    expect(name).toBe(key.name);
    const { namespace, expiresAt } = key;
    model.windDown(key, hours, await nameOf(path, real));
    model.create({ id: String(id), namespace, owner: model.service, name: String(name), expiresAt }, String(secret));
  }),
);

async function nameOf(path: string, { admin }: Real): Promise<string> {
  const { text } = await admin.send("GET", path);
  return String(JSON.parse(text).access_key?.name);
}

const removeKey = fc.tuple(index, person, looks).map(([which, who, look]) =>
  aboutKey(`person ${who} removes`, which, look, async (key, path, model, real) => {
    const { status } = await callerOf(real, who).send("DELETE", path);
    expect(status).toBe(model.mayChange(who, model.isListed(key) ? 200 : 404));
    if (status === 200) key.isGone = true;
  }),
);

const suspendKey = fc.tuple(index, person, looks).map(([which, who, look]) =>
  aboutKey(`person ${who} suspends`, which, look, async (key, path, model, real) => {
    const { status } = await callerOf(real, who).send("POST", `${path}/suspend`);
    const otherwise = key.suspension === null || model.mayTakeOver(who, key) ? 200 : 422;
    expect(status).toBe(model.mayChange(who, model.isListed(key) ? otherwise : 404));
    if (status === 200) key.suspension = { by: who };
  }),
);

const resumeKey = fc.tuple(index, person, looks).map(([which, who, look]) =>
  aboutKey(`person ${who} resumes`, which, look, async (key, path, model, real) => {
    const { status } = await callerOf(real, who).send("POST", `${path}/resume`);
    const otherwise = key.suspension === null ? 422 : model.mayResume(who, key) ? 200 : 403;
    expect(status).toBe(model.mayChange(who, model.isListed(key) ? otherwise : 404));
    if (status === 200) key.suspension = null;
  }),
);

const reportSecret = fc.tuple(index, index, fc.boolean(), looks).map(([which, number, withId, look]) =>
  aboutKey("somebody finds a secret of", which, look, async (key, _path, model, { admin }) => {
    const secret = pick(key.secrets, number);
    if (secret === undefined) return;
    const json = { secret: withId ? `${key.id}:${secret.secret}` : secret.secret };
    const { status, text } = await admin.send("POST", "/v2/keys/revoke", { json, authorization: "" });
    expect([status, text]).toEqual([202, "{}"]);
    model.report(key, secret);
  }),
);

const revokeAll = fc
  .tuple(fc.constantFrom("team", "namespace", "user"), index, person, looks)
  .map(([kind, which, who, look]) =>
    step(`person ${who} revokes all of ${kind} ${which}`, look, async (model, real) => {
      const namespace = which % model.namespaces.length;
      const user = which % model.roles.length;
      const targets = {
        team: { path: "/v2/team", target: 0, isGone: false },
        namespace: {
          path: `/v2/functions/namespaces/${real.namespaces[namespace]}`,
          target: namespace,
          isGone: model.namespaces[namespace]?.isDeleted === true,
        },
        user: { path: `/v2/team/members/${real.people[user]?.id}`, target: user, isGone: model.roles[user] === null },
      };
      const { path, target, isGone } = targets[kind];
      const { status } = await callerOf(real, who).send("POST", `${path}/revoke-keys`);
      const expected = model.mayAsOwner(who, isGone ? 404 : 200);
      expect(status).toBe(expected);
      if (expected === 200) model.cutOff({ kind, target });
    }),
  );

const endIdleSecrets = looks.map((look) =>
  step("rotations end early", look, async (model, { latchkey }) => {
    await latchkey.accessKeys.endIdleSecrets();
    model.endIdleSecrets();
  }),
);

const pass = fc.tuple(fc.constantFrom(1, 999, 1000, 900_000, 1_800_000, 3_599_999, 3_600_000, 86_400_000), looks);
const advanceClock = pass.map(([ms, look]) =>
  step(`${ms} ms pass`, look, (model, real) => {
    real.latchkey.clock.advance(ms);
    model.now += ms;
  }),
);

const CHANGES: readonly (readonly [command: fc.Arbitrary<Command>, weight: number])[] = [
  [removeNamespace, 1],
  [renameKey, 2],
  [rotateKey, 3],
  [handOverKey, 2],
  [removeKey, 2],
  [suspendKey, 3],
  [resumeKey, 2],
  [reportSecret, 2],
  [revokeAll, 2],
  [endIdleSecrets, 1],
  ...changeOfPeople,
];
const often = (rows: typeof CHANGES) =>
  rows.flatMap(([command, weight]) => Array.from({ length: weight }, () => command));

/** Everything that can happen to keys, each as often as finds most; now and then while they are in use. */
export const keyCommands = fc.commands(
  [
    ...often([[addNamespace, 1], [createKey, 5], [advanceClock, 4], ...CHANGES]),
    ...Array.from({ length: 6 }, () => fc.oneof(...often(CHANGES)).map(race)),
  ],
  { maxCommands: 60, size: "max" },
);
