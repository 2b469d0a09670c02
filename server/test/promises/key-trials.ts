import type { DatabaseSync } from "node:sqlite";
import type fc from "fast-check";
import { expect } from "vitest";
import type { UserId } from "../../src/identity/index.ts";
import { basic, type Caller, type HeldKey } from "../caller.ts";
import type { TestLatchkey } from "../start-test-latchkey.ts";
import type { TeamCaller } from "../team.ts";
import type { KeyModel, ModelKey, Outcome } from "./key-model.ts";

export type Real = {
  readonly latchkey: TestLatchkey;
  /** Another connection to the database, as another process has it. */
  readonly stranger: DatabaseSync;
  /** An owner to whom nothing happens. */
  readonly admin: Caller;
  readonly team: TeamCaller;
  /** Who acts, in the order of the model's `roles`; the service identity, which is the last, does nothing by itself. */
  readonly people: { readonly id: UserId; readonly email: string; caller: Caller }[];
  /** Ids in the order of the model's `namespaces`. */
  readonly namespaces: string[];
};
export type Command = fc.AsyncCommand<KeyModel, Real>;
type Held = { readonly key: ModelKey; readonly secret: ModelKey["secrets"][number] };

/** The service identity is as good as somebody who left: it has no token here. */
export const callerOf = ({ people }: Real, person: number): Caller => {
  const caller = people[person]?.caller;
  if (caller === undefined) throw new Error(`there is no person ${person}`);
  return caller;
};

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

/** Every credential that was ever given out. */
const given = (model: KeyModel): Held[] =>
  model.keys.flatMap((key) => key.secrets.map((secret): Held => ({ key, secret })));

async function attempt(model: KeyModel, { admin }: Real, { key, secret }: Held): Promise<string> {
  const { now } = model;
  const outcome = await tryOut(admin, { id: key.id, secret: secret.secret });
  if (outcome.startsWith("may")) secret.lastUsedAt = now;
  return outcome;
}

const about = (model: KeyModel, { key }: Held): string =>
  JSON.stringify({ now: model.now, roles: model.roles, ...key, secrets: "hidden" });

/** Every credential that was ever given out gets what the model says. */
export async function lookAtAll(model: KeyModel, real: Real): Promise<void> {
  const tried = given(model).map(async (held) => {
    const expected = model.outcome(held.key, held.secret);
    expect(await attempt(model, real, held), about(model, held)).toBe(expected);
  });
  await Promise.all(tried);
}

/** A step, after which all credentials are looked at, or not: what several changes at once do is another matter. */
export const step = (
  name: string,
  looks: boolean,
  run: (model: KeyModel, real: Real) => Promise<void> | void,
): Command => ({
  check: () => true,
  async run(model, real) {
    await run(model, real);
    if (looks) await lookAtAll(model, real);
  },
  toString: () => name,
});

/**
 * Requests with every credential, started before a change, while it is under way and after it was answered: those that started
 * before its answer get what there was before or what is after it, the others what is after it.
 */
export const race = (change: Command): Command =>
  step(`race against: ${change}`, false, async (model, real) => {
    const before = given(model).map((held) => ({ held, was: model.outcome(held.key, held.secret) }));
    const start = () => before.map(({ held }) => attempt(model, real, held));
    const early = start();
    const changed = change.run(model, real);
    const meanwhile = start();
    await changed;
    const late = start();
    const [first, second, third] = await Promise.all([early, meanwhile, late].map((tried) => Promise.all(tried)));
    for (const [index, { held, was }] of before.entries()) {
      const is = model.outcome(held.key, held.secret);
      for (const answers of [first, second]) expect([was, is], about(model, held)).toContain(answers?.[index]);
      expect(third?.[index], about(model, held)).toBe(is);
    }
  });
