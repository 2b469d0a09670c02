import { getAccessHistory } from "@latchkey/contract/access-history";
import { createAccessKey } from "@latchkey/contract/access-keys";
import { createServiceIdentity } from "@latchkey/contract/service-identities";
import { createApiToken } from "@latchkey/contract/tokens";
import fc from "fast-check";
import { expect } from "vitest";
import { basic, type Caller, createCaller, type HeldKey } from "../caller.ts";
import { OPEN, startTestPolicy } from "../start-test-policy.ts";

const ROLES = ["owner", "member", "viewer"] as const;
type Role = (typeof ROLES)[number];
export const HOUR_MS = 3_600_000;

/** What somebody was let do to a function that is in no package, with a key: `deploy,invoke,read`, or less; empty for nothing. */
export type Reach = string;
export type Seen = { readonly at: number; readonly reach: ReadonlyMap<string, Reach> };
const TRIES = [
  ["deploy", "DELETE"],
  ["invoke", "POST"],
  ["read", "GET"],
] as const;

/** The same from what grants say. */
export const reachOf = (grants: readonly string[]): Reach =>
  TRIES.flatMap(([what]) =>
    grants.some((grant) => grant === "full" || grant === what || (what === "read" && grant === "deploy")) ? [what] : [],
  ).join();
type HeldIn = HeldKey & { readonly namespace: string };

/** A team of three and a robot, with two namespaces, and a memory of every key that was ever given out. */
export async function startHistory(environment: Record<string, string> = {}) {
  const ground = await startTestPolicy(environment);
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
export type World = Awaited<ReturnType<typeof startHistory>>;
/** Something that somebody does; what it comes to is seen by looking. */
export type Deed = (world: World) => Promise<unknown>;

const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(list.length, 1)];
export const keysOf = (namespace: string) => `/v2/functions/namespaces/${namespace}/keys`;

/** Something done to one of the keys, if there is one. */
const toKey =
  (act: (world: World, key: HeldIn, path: string) => Promise<unknown>) =>
  (at: number): Deed =>
  async (world) => {
    const key = pick(world.keys, at);
    if (key !== undefined) await act(world, key, `${keysOf(key.namespace)}/${key.id}`);
  };

/** What can be done. Numbers choose among those that there are. */
export const DEEDS = {
  /** 0 is the owner to whom nothing happens, 1 Bob, 2 Carol. */
  create:
    (who: number, where: number, expires_in = "never", grants: readonly string[] = ["full"]): Deed =>
    async ({ people, owner, namespaces, keep, keys }) => {
      const by = pick([owner, ...people.map(({ caller }) => caller)], who) ?? null;
      const namespace = pick(namespaces, where) ?? "";
      if (by === null) return;
      const json = { name: `key ${keys.length}`, expires_in, grants };
      keep(namespace, await by.send("POST", keysOf(namespace), { json }));
    },
  createForRobot:
    (where: number): Deed =>
    async ({ owner, namespaces, robotId, keep, keys }) => {
      const namespace_id = pick(namespaces, where) ?? "";
      const json = { namespace_id, name: `robot ${keys.length}`, expires_in: "30d" };
      keep(namespace_id, await owner.send("POST", `/v2/team/service-identities/${robotId}/keys`, { json }));
    },
  rename: toKey(({ owner }, { id }, path) => owner.send("PUT", path, { json: { name: `renamed ${id}` } })),
  suspend: toKey(({ owner }, _, path) => owner.send("POST", `${path}/suspend`)),
  resume: toKey(({ owner }, _, path) => owner.send("POST", `${path}/resume`)),
  remove: toKey(({ owner }, _, path) => owner.send("DELETE", path)),
  rotate: toKey(({ owner }, _, path) => owner.send("POST", `${path}/rotate`, { json: { overlap: "30d" } })),
  report: toKey(({ owner }, { id, secret }) =>
    owner.send("POST", "/v2/keys/revoke", { json: { secret: `${id}:${secret}` } }),
  ),
  handOver: (at: number, overlap: 0 | "1h"): Deed =>
    toKey(async ({ owner, robotId, keep }, { namespace }, path) => {
      const json = { service_identity_id: robotId, overlap };
      keep(namespace, await owner.send("POST", `${path}/hand-over`, { json }));
    })(at),
  setRole:
    (who: number, role: Role): Deed =>
    ({ owner, people }) =>
      owner.send("PUT", `/v2/team/members/${pick(people, who)?.id}`, { json: { role } }),
  setRobotRole:
    (role: Role): Deed =>
    ({ owner, robotId }) =>
      owner.send("PUT", `/v2/team/service-identities/${robotId}`, { json: { role } }),
  removeRobot:
    (): Deed =>
    ({ owner, robotId }) =>
      owner.send("DELETE", `/v2/team/service-identities/${robotId}`),
  endMember:
    (who: number, by: "owner" | "themselves"): Deed =>
    async ({ owner, people }) => {
      const person = pick(people, who);
      if (person === undefined || person.caller === null) return;
      const { status } =
        by === "owner"
          ? await owner.send("DELETE", `/v2/team/members/${person.id}`)
          : await person.caller.send("POST", "/v2/team/leave");
      if (status === 204) person.caller = null;
    },
  comeBack:
    (who: number, restores: boolean): Deed =>
    async ({ owner, people, rejoin }) => {
      await rejoin(who % people.length);
      if (restores) await owner.send("POST", `/v2/team/members/${pick(people, who)?.id}/restore-keys`, { json: {} });
    },
  revokeAll:
    (of: "team" | "namespace" | "user", at: number): Deed =>
    async ({ owner, people, namespaces }) => {
      const paths = {
        team: "/v2/team/revoke-keys",
        namespace: `/v2/functions/namespaces/${pick(namespaces, at)}/revoke-keys`,
        user: `/v2/team/members/${pick(people, at)?.id}/revoke-keys`,
      };
      await owner.send("POST", paths[of], { json: {} });
    },
  setPolicy:
    (of: "team" | "namespace", allowed_networks: string[] | null, days: number | null): Deed =>
    async ({ owner, namespaceId }) => {
      const path = of === "team" ? "/v2/team/policy" : `/v2/functions/namespaces/${namespaceId}/policy`;
      const policy = { ...OPEN, allowed_networks, longest_lifetime_days: days, never_allowed: days === null };
      await owner.send("PUT", path, { json: { policy, grace_days: 0 } });
    },
  suspendUnused:
    (): Deed =>
    async ({ owner, latchkey }) => {
      // Looking is using, so the time in which nobody does has to pass here.
      latchkey.clock.advance(30 * HOUR_MS);
      await owner.send("PUT", "/v2/team/policy", { json: { policy: { ...OPEN, suspend_unused_days: 1 } } });
      await latchkey.policy.suspendUnused();
    },
  removeNamespace:
    (): Deed =>
    ({ owner, other }) =>
      owner.removeNamespace(other),
  pass:
    (ms: number): Deed =>
    async ({ latchkey }) =>
      latchkey.clock.advance(ms),
};

const index = fc.nat({ max: 30 });
const only = (deed: (at: number) => Deed) => index.map(deed);
const NETWORKS = fc.constantFrom<string[] | null>(null, ["127.0.0.0/8"], ["10.0.0.0/8"]);
const GRANTS = fc.constantFrom<string[]>(["full"], ["read"], ["invoke"], ["deploy:a/*"]);

const OFTEN: readonly (readonly [deed: fc.Arbitrary<Deed>, weight: number])[] = [
  [fc.tuple(index, index, fc.constantFrom("never", "1h", "30d"), GRANTS).map((given) => DEEDS.create(...given)), 8],
  [only(DEEDS.createForRobot), 2],
  [only(DEEDS.rename), 1],
  [only(DEEDS.suspend), 3],
  [only(DEEDS.resume), 3],
  [only(DEEDS.remove), 1],
  [only(DEEDS.rotate), 1],
  [only(DEEDS.report), 1],
  [fc.tuple(index, fc.constantFrom<(0 | "1h")[]>(0, "1h")).map((given) => DEEDS.handOver(...given)), 2],
  [fc.tuple(index, fc.constantFrom(...ROLES)).map((given) => DEEDS.setRole(...given)), 2],
  [fc.constantFrom<Role[]>("member", "viewer").map(DEEDS.setRobotRole), 1],
  [
    fc
      .tuple(index, fc.constantFrom<("owner" | "themselves")[]>("owner", "themselves"))
      .map((given) => DEEDS.endMember(...given)),
    2,
  ],
  [fc.tuple(index, fc.boolean()).map((given) => DEEDS.comeBack(...given)), 3],
  [
    fc
      .tuple(fc.constantFrom<("team" | "namespace" | "user")[]>("team", "namespace", "user"), index)
      .map((given) => DEEDS.revokeAll(...given)),
    1,
  ],
  [
    fc
      .tuple(fc.constantFrom<("team" | "namespace")[]>("team", "namespace"), NETWORKS, fc.constantFrom(null, 1))
      .map((given) => DEEDS.setPolicy(...given)),
    2,
  ],
  [fc.constant(DEEDS.suspendUnused()), 1],
  [fc.constantFrom(1, 999, HOUR_MS, 30 * HOUR_MS).map(DEEDS.pass), 4],
];

/** Everything that can happen, each as often as finds most; what ends much comes last. */
export const histories: fc.Arbitrary<readonly Deed[]> = fc
  .tuple(
    fc.array(fc.oneof(...OFTEN.map(([arbitrary, weight]) => ({ arbitrary, weight }))), { minLength: 8, maxLength: 24 }),
    fc.constantFrom([], [DEEDS.removeNamespace()], [DEEDS.removeRobot()]),
  )
  .map(([many, last]) => [...many, ...last]);
