import { getAccessHistory } from "@latchkey/contract/access-history";
import { createAccessKey } from "@latchkey/contract/access-keys";
import { createServiceIdentity } from "@latchkey/contract/service-identities";
import { createApiToken } from "@latchkey/contract/tokens";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { basic, type Caller, createCaller, type HeldKey } from "../caller.ts";
import { OPEN, startTestPolicy } from "../start-test-policy.ts";

const ROLES = ["owner", "member", "viewer"] as const;
const HOUR_MS = 3_600_000;

/** What somebody was let do to a function that is in no package, with a key: `deploy,invoke,read`, or less; empty for nothing. */
type Reach = string;
type Seen = { readonly at: number; readonly reach: ReadonlyMap<string, Reach> };
const TRIES = [
  ["deploy", "DELETE"],
  ["invoke", "POST"],
  ["read", "GET"],
] as const;

/** The same from what grants say. */
const reachOf = (grants: readonly string[]): Reach =>
  TRIES.flatMap(([what]) =>
    grants.some((grant) => grant === "full" || grant === what || (what === "read" && grant === "deploy")) ? [what] : [],
  ).join();
type HeldIn = HeldKey & { readonly namespace: string };

async function start() {
  const ground = await startTestPolicy();
  const { latchkey, owner, team, namespaceId } = ground;
  const other = await owner.addNamespace("other");
  const people: { id: string; email: string; caller: Caller | null }[] = [];
  const keys: HeldIn[] = [];

  /** Tokens do not end with the day, as sessions do. */
  const withToken = async (session: string): Promise<Caller> => {
    const json = { name: "test", scopes: ["function:admin"] };
    const { text } = await createCaller(latchkey.url, session).send("POST", "/v2/tokens", { json });
    return createCaller(latchkey.url, createApiToken.answers[201].parse(JSON.parse(text)).api_token.secret);
  };
  for (const name of ["Bob", "Carol"]) {
    const { id, email, session } = await team.join(name, "member");
    people.push({ id, email, caller: await withToken(session) });
  }
  const robot = await owner.send("POST", "/v2/team/service-identities", { json: { name: "robot" } });
  const robotId = createServiceIdentity.answers[201].parse(JSON.parse(robot.text)).service_identity.id;

  const keep = (namespace: string, { status, text }: { status: number; text: string }) => {
    if (status !== 201) return;
    const { id, secret } = createAccessKey.answers[201].parse(JSON.parse(text)).access_key;
    keys.push({ id, secret, namespace });
  };
  /** There is no such function: whoever is let try hears that. */
  const tryOut = async (key: HeldKey): Promise<Reach> => {
    const tried = TRIES.map(async ([what, method]) => {
      const { status } = await owner.send(method, "/api/v1/namespaces/_/actions/nothing", {
        authorization: basic(key),
      });
      return status === 404 ? [what] : [];
    });
    return (await Promise.all(tried)).flat().join();
  };
  const look = async (): Promise<Seen> => {
    const reach = await Promise.all(keys.map(async (key) => [key.id, await tryOut(key)] as const));
    return { at: latchkey.clock.now(), reach: new Map(reach) };
  };
  const ask = async (namespace: string, query: Record<string, string> = {}) => {
    const path = `/v2/functions/namespaces/${namespace}/access?${new URLSearchParams(query)}`;
    const { status, text } = await owner.send("GET", path);
    expect(status, text).toBe(200);
    return getAccessHistory.answers[200].parse(JSON.parse(text));
  };
  const rejoin = async (who: number) => {
    const person = people[who];
    if (person === undefined || person.caller !== null) return;
    const { secret } = await team.invite(person.email, "member");
    await team.accept(secret);
    person.caller = await withToken(await team.signIn(person.email));
  };
  return { ...ground, other, people, robotId, keys, keep, look, ask, rejoin, namespaces: [namespaceId, other] };
}
type World = Awaited<ReturnType<typeof start>>;
type Deed = (world: World) => Promise<unknown>;

const index = fc.nat({ max: 30 });
const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(list.length, 1)];
const keysOf = (namespace: string) => `/v2/functions/namespaces/${namespace}/keys`;

/** Something done to one of the keys, if there is one. */
const toKey = (act: (world: World, key: HeldIn, path: string) => Promise<unknown>) =>
  index.map(
    (at): Deed =>
      async (world) => {
        const key = pick(world.keys, at);
        if (key !== undefined) await act(world, key, `${keysOf(key.namespace)}/${key.id}`);
      },
  );

const createOwn = fc
  .tuple(
    index,
    index,
    fc.constantFrom("never", "1h", "30d"),
    fc.constantFrom(["full"], ["read"], ["invoke"], ["deploy:a/*"]),
  )
  .map(
    ([who, where, expires_in, grants]): Deed =>
      async ({ people, owner, namespaces, keep, keys }) => {
        const by = pick([owner, ...people.map(({ caller }) => caller)], who) ?? null;
        const namespace = pick(namespaces, where) ?? "";
        if (by === null) return;
        const json = { name: `key ${keys.length}`, expires_in, grants };
        keep(namespace, await by.send("POST", keysOf(namespace), { json }));
      },
  );
const createForRobot = index.map(
  (where): Deed =>
    async ({ owner, namespaces, robotId, keep, keys }) => {
      const namespace_id = pick(namespaces, where) ?? "";
      const json = { namespace_id, name: `robot ${keys.length}`, expires_in: "30d" };
      keep(namespace_id, await owner.send("POST", `/v2/team/service-identities/${robotId}/keys`, { json }));
    },
);
const rename = toKey(({ owner }, { id }, path) => owner.send("PUT", path, { json: { name: `renamed ${id}` } }));
const suspend = toKey(({ owner }, _, path) => owner.send("POST", `${path}/suspend`));
const resume = toKey(({ owner }, _, path) => owner.send("POST", `${path}/resume`));
const remove = toKey(({ owner }, _, path) => owner.send("DELETE", path));
const rotate = toKey(({ owner }, _, path) => owner.send("POST", `${path}/rotate`, { json: { overlap: "30d" } }));
const report = toKey(({ owner }, { id, secret }) =>
  owner.send("POST", "/v2/keys/revoke", { json: { secret: `${id}:${secret}` } }),
);
const handOver = fc.tuple(index, fc.constantFrom(0, "1h")).map(
  ([at, overlap]): Deed =>
    async (world) => {
      const key = pick(world.keys, at);
      if (key === undefined) return;
      const json = { service_identity_id: world.robotId, overlap };
      world.keep(
        key.namespace,
        await world.owner.send("POST", `${keysOf(key.namespace)}/${key.id}/hand-over`, { json }),
      );
    },
);
const setRole = fc.tuple(index, fc.constantFrom(...ROLES)).map(
  ([who, role]): Deed =>
    async ({ owner, people }) => {
      await owner.send("PUT", `/v2/team/members/${pick(people, who)?.id}`, { json: { role } });
    },
);
const setRobotRole = fc.constantFrom("member", "viewer").map(
  (role): Deed =>
    async ({ owner, robotId }) => {
      await owner.send("PUT", `/v2/team/service-identities/${robotId}`, { json: { role } });
    },
);
const endMember = index.map(
  (who): Deed =>
    async ({ owner, people }) => {
      const person = pick(people, who);
      if (person === undefined) return;
      const { status } = await owner.send("DELETE", `/v2/team/members/${person.id}`);
      if (status === 204) person.caller = null;
    },
);
const comeBack = fc.tuple(index, fc.boolean()).map(
  ([who, restores]): Deed =>
    async ({ owner, people, rejoin }) => {
      await rejoin(who % people.length);
      if (restores) await owner.send("POST", `/v2/team/members/${pick(people, who)?.id}/restore-keys`, { json: {} });
    },
);
const revokeAll = fc.tuple(fc.constantFrom("team", "namespace", "user"), index).map(
  ([of, at]): Deed =>
    async ({ owner, people, namespaces }) => {
      const paths = {
        team: "/v2/team/revoke-keys",
        namespace: `/v2/functions/namespaces/${pick(namespaces, at)}/revoke-keys`,
        user: `/v2/team/members/${pick(people, at)?.id}/revoke-keys`,
      };
      await owner.send("POST", paths[of], { json: {} });
    },
);
const setPolicy = fc
  .tuple(fc.constantFrom(null, ["127.0.0.0/8"], ["10.0.0.0/8"]), fc.constantFrom(null, 1), fc.boolean())
  .map(
    ([allowed_networks, days, ofTeam]): Deed =>
      async ({ owner, namespaceId }) => {
        const path = ofTeam ? "/v2/team/policy" : `/v2/functions/namespaces/${namespaceId}/policy`;
        const policy = { ...OPEN, allowed_networks, longest_lifetime_days: days, never_allowed: days === null };
        await owner.send("PUT", path, { json: { policy, grace_days: 0 } });
      },
  );
const sweep = fc.constant<Deed>(async ({ owner, latchkey }) => {
  await owner.send("PUT", "/v2/team/policy", { json: { policy: { ...OPEN, suspend_unused_days: 1 } } });
  await latchkey.policy.suspendUnused();
});
const removeNamespace = fc.constant<Deed>(({ owner, other }) => owner.removeNamespace(other));
const pass = fc.constantFrom(1, 999, HOUR_MS, 30 * HOUR_MS).map(
  (ms): Deed =>
    async ({ latchkey }) =>
      latchkey.clock.advance(ms),
);

const OFTEN: readonly (readonly [deed: fc.Arbitrary<Deed>, weight: number])[] = [
  ...([
    [createOwn, 8],
    [createForRobot, 2],
    [rename, 1],
    [suspend, 3],
    [resume, 3],
    [remove, 1],
    [rotate, 1],
  ] as const),
  ...([
    [report, 1],
    [handOver, 2],
    [setRole, 2],
    [setRobotRole, 1],
    [endMember, 2],
    [comeBack, 3],
  ] as const),
  ...([
    [revokeAll, 1],
    [setPolicy, 2],
    [sweep, 1],
    [pass, 4],
  ] as const),
];
const deeds = fc.tuple(
  fc.array(fc.oneof(...OFTEN.map(([arbitrary, weight]) => ({ arbitrary, weight }))), { minLength: 8, maxLength: 24 }),
  fc.option(removeNamespace, { nil: null }),
);

test("who could call at a time in the past is who was let in at that time, whatever happened since", async () => {
  await fc.assert(
    fc.asyncProperty(deeds, async ([list, last]) => {
      const world = await start();
      const seen: Seen[] = [await world.look()];
      for (const deed of last === null ? list : [...list, last]) {
        world.latchkey.clock.advance(1);
        await deed(world);
        seen.push(await world.look());
      }
      world.latchkey.clock.advance(1);
      for (const { at, reach } of seen) {
        const told = new Map<string, Reach>();
        for (const namespace of world.namespaces) {
          const { callers } = await world.ask(namespace, { at: new Date(at).toISOString() });
          for (const { access_key, grants, allowed_networks } of callers) {
            if (allowed_networks !== null && !allowed_networks.includes("127.0.0.0/8")) continue;
            told.set(access_key.id, reachOf(grants));
          }
        }
        const done = ([, what]: [string, Reach]) => what !== "";
        expect([...told].filter(done).sort(), new Date(at).toISOString()).toEqual([...reach].filter(done).sort());
      }
    }),
    { numRuns: 12, interruptAfterTimeLimit: 45_000 },
  );
}, 90_000);

describe("an answer", () => {
  test("names who, through which key, what, from where and until when; and what is different", async () => {
    const { owner, team, latchkey, namespaceId, ask } = await start();
    const { clock } = latchkey;
    const moment = () => {
      const at = new Date(clock.now()).toISOString();
      clock.advance(1000);
      return at;
    };
    const bob = await team.join("Rob", "member");
    const created = await team.send(bob.session, "POST", keysOf(namespaceId), {
      name: "laptop",
      expires_in: "30d",
      allowed_networks: ["203.0.113.0/24"],
    });
    const key = createAccessKey.answers[201].parse(created.body).access_key;
    const first = moment();
    await owner.send("PUT", `/v2/team/members/${bob.id}`, { json: { role: "viewer" } });
    const second = moment();
    await owner.send("DELETE", `/v2/team/members/${bob.id}`);
    const third = moment();

    const whole = {
      owner: { id: bob.id, name: "Rob", kind: "person" },
      role: "member",
      access_key: { id: key.id, name: "laptop" },
      grants: ["full"],
      allowed_networks: ["203.0.113.0/24"],
      until: key.expires_at,
    };
    const demoted = { ...whole, role: "viewer", grants: ["read"] };
    expect(await ask(namespaceId, { at: first })).toEqual({
      namespace_id: namespaceId,
      at: first,
      callers: [whole],
      difference: null,
    });
    const since = async (at: string, compared_to: string) => (await ask(namespaceId, { at, compared_to })).difference;
    expect(await since(second, first)).toEqual({
      compared_to: first,
      gained: [],
      lost: [],
      changed: [{ before: whole, after: demoted }],
    });
    expect(await since(third, second)).toEqual({ compared_to: second, gained: [], lost: [demoted], changed: [] });
    expect(await since(second, third)).toEqual({ compared_to: third, gained: [demoted], lost: [], changed: [] });
    expect((await ask(namespaceId)).callers).toEqual([]);
  });

  test("is there for a namespace that was deleted, to its team alone", async () => {
    const { owner, latchkey, namespaceId, ask } = await start();
    await owner.addKey(namespaceId);
    const before = new Date(latchkey.clock.now()).toISOString();
    latchkey.clock.advance(1000);
    await owner.removeNamespace(namespaceId);
    expect((await ask(namespaceId, { at: before })).callers).toHaveLength(1);
    expect((await ask(namespaceId)).callers).toEqual([]);
    const nowhere = `/v2/functions/namespaces/fn-00000000-0000-4000-8000-000000000000/access`;
    expect((await owner.send("GET", nowhere)).status).toBe(404);
  });

  test.each([
    ["a time to come", "2030-01-01T00:00:00Z", 422, "That time has not come yet"],
    ["no time", "yesterday", 400, "at: must be a time as in RFC 3339"],
    ["a time without a zone", "2026-01-01T00:00:00", 400, "at: must be a time as in RFC 3339"],
  ])("is refused for %s", async (_, at, expected, message) => {
    const { owner, namespaceId } = await start();
    const { status, text } = await owner.send("GET", `/v2/functions/namespaces/${namespaceId}/access?at=${at}`);
    expect([status, JSON.parse(text).message]).toEqual([expected, expect.stringContaining(message)]);
  });
});
