import fc from "fast-check";
import { expect, test } from "vitest";
import { startTestLatchkey } from "../../test/start-test-latchkey.ts";
import { createTeam, type TeamCaller } from "../../test/team.ts";
import type { Role } from "./model.ts";

const NAMES = ["Ada", "Bob", "Eve", "Joe"] as const;
type Name = (typeof NAMES)[number];

/** One thing that somebody tries. */
type Attempt =
  | { readonly do: "invite"; readonly by: Name; readonly whom: Name; readonly role: Role }
  | { readonly do: "accept"; readonly by: Name }
  | { readonly do: "set role"; readonly by: Name; readonly whom: Name; readonly role: Role }
  | { readonly do: "remove"; readonly by: Name; readonly whom: Name }
  | { readonly do: "leave"; readonly by: Name };

/** What a team is, told in as few words as possible: who has which role, and who has been invited by whom to which. */
class Model {
  readonly roles = new Map<Name, Role>([["Ada", "owner"]]);
  readonly invited = new Map<Name, { by: Name; role: Role }>();

  /** The status of the answer; what it changes is changed. */
  attempt(attempt: Attempt): number {
    if (attempt.do === "accept") return this.accept(attempt.by);
    const role = this.roles.get(attempt.by);
    if (role === undefined) return 401;
    if (attempt.do === "leave") return this.end(attempt.by);
    if (role !== "owner") return 403;
    const { whom } = attempt;
    if (attempt.do === "invite") {
      if (this.roles.has(whom) || this.invited.has(whom)) return 409;
      this.invited.set(whom, { by: attempt.by, role: attempt.role });
      return 201;
    }
    if (!this.roles.has(whom)) return 404;
    if (attempt.do === "remove") return this.end(whom);
    if (attempt.role !== "owner" && this.isLastOwner(whom)) return 422;
    this.roles.set(whom, attempt.role);
    if (attempt.role !== "owner") this.cancelBy(whom);
    return 200;
  }

  private accept(who: Name): number {
    const invitation = this.invited.get(who);
    if (invitation === undefined) return 404;
    this.invited.delete(who);
    this.roles.set(who, invitation.role);
    return 201;
  }

  private end(who: Name): number {
    if (this.isLastOwner(who)) return 422;
    this.roles.delete(who);
    this.cancelBy(who);
    return 204;
  }

  private cancelBy(who: Name): void {
    for (const [whom, { by }] of this.invited) if (by === who) this.invited.delete(whom);
  }

  private isLastOwner(who: Name): boolean {
    const owners = [...this.roles].filter(([, role]) => role === "owner");
    return owners.length === 1 && owners[0]?.[0] === who;
  }
}

const name = fc.constantFrom(...NAMES);
const role = fc.constantFrom<Role>("owner", "member", "viewer");
const attempt: fc.Arbitrary<Attempt> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("invite"), by: name, whom: name, role }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("accept"), by: name }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("set role"), by: name, whom: name, role }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("remove"), by: name, whom: name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave"), by: name }) },
);

/** Everybody has an account and a token that outlives their comings and goings, since it is made anew whenever they come. */
async function start() {
  const latchkey = await startTestLatchkey({ environment: { LATCHKEY_FAILED_SIGN_INS_PER_MINUTE: "1000000" } });
  const team = createTeam(latchkey.url, latchkey.token);
  const tokens = new Map<Name, string>([["Ada", latchkey.token]]);
  const ids = new Map<Name, string>([["Ada", latchkey.user.id]]);
  const links = new Map<Name, string>();
  const emailOf = (who: Name) => `${who.toLowerCase()}@example.com`;
  await team.send(latchkey.token, "PUT", "/v2/account/password", { new_password: "a password of that person" });

  const perform = async (given: Attempt): Promise<number> => {
    const token = tokens.get(given.by) ?? "nobody";
    switch (given.do) {
      case "invite": {
        const body = { email: emailOf(given.whom), role: given.role };
        const { status, text } = await team.send(token, "POST", "/v2/team/invitations", body);
        if (status === 201) links.set(given.whom, JSON.parse(text).invitation.link.split("#")[1]);
        return status;
      }
      case "accept": {
        const { status } = await team.accept(links.get(given.by) ?? "none", { name: given.by });
        if (status === 201) tokens.set(given.by, await team.signIn(emailOf(given.by)));
        if (status === 201) ids.set(given.by, await ownId(team, tokens.get(given.by) ?? ""));
        return status;
      }
      case "set role":
        return (await team.send(token, "PUT", `/v2/team/members/${ids.get(given.whom)}`, { role: given.role })).status;
      case "remove":
        return (await team.send(token, "DELETE", `/v2/team/members/${ids.get(given.whom)}`)).status;
      case "leave":
        return (await team.send(token, "POST", "/v2/team/leave")).status;
    }
  };
  const roles = async () => {
    const rows = await latchkey.store.db
      .selectFrom("memberships")
      .innerJoin("users", "users.id", "memberships.user_id")
      .select(["users.name", "memberships.role"])
      .execute();
    return Object.fromEntries(rows.map((row) => [row.name, row.role]));
  };
  return { ...latchkey, perform, roles };
}

async function ownId({ send }: TeamCaller, token: string): Promise<string> {
  return JSON.parse((await send(token, "GET", "/v2/account")).text).account.id;
}

test("a team is what the model says, whoever tries whatever, one after the other", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { minLength: 5, maxLength: 25 }), async (attempts) => {
      const { perform, roles } = await start();
      const model = new Model();
      for (const given of attempts) {
        expect([given, await perform(given)]).toEqual([given, model.attempt(given)]);
        expect(await roles()).toEqual(Object.fromEntries(model.roles));
      }
    }),
    { numRuns: 12 },
  );
}, 120_000);

test("whatever is tried at once comes out as if it had been tried in some order", async () => {
  const prepare: Attempt[] = NAMES.slice(1).flatMap((who): Attempt[] => [
    { do: "invite", by: "Ada", whom: who, role: who === "Joe" ? "member" : "owner" },
    { do: "accept", by: who },
  ]);
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { minLength: 2, maxLength: 4 }), async (attempts) => {
      const { perform, roles } = await start();
      for (const given of prepare) expect(await perform(given)).toBeLessThan(300);
      const statuses = await Promise.all(attempts.map(perform));
      const seen = JSON.stringify([statuses, Object.entries(await roles()).sort()]);
      const possible = permutations(attempts.map((_, index) => index)).map((order) => {
        const model = new Model();
        for (const given of prepare) model.attempt(given);
        const expected: number[] = [];
        for (const index of order) {
          const given = attempts[index];
          if (given !== undefined) expected[index] = model.attempt(given);
        }
        return JSON.stringify([expected, [...model.roles].sort()]);
      });
      expect(possible).toContain(seen);
    }),
    { numRuns: 15 },
  );
}, 120_000);

function permutations(items: readonly number[]): number[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
