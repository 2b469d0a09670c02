import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { User, UserId } from "../identity/index.ts";
import { isInNetworks, parseNetwork } from "../kernel/networks.ts";
import type { NamespaceId } from "../namespaces/index.ts";
import {
  DAY_MS,
  effectsOn,
  inForce,
  NO_POLICY,
  type PolicedKey,
  type Policy,
  parseNetworks,
  peopleAboveMost,
  shortenedExpiry,
  strictestOf,
  UNTOUCHED_TEAM,
  unusedTooLong,
  violationOf,
  type WantedKey,
} from "./model.ts";

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 2, 23);
const person: User = { id: "ada" as UserId, kind: "person", name: "Ada" };
const machine: User = { id: "ci" as UserId, kind: "service", name: "CI" };

const limit = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: null });
/** Few bits that differ, so that ranges meet often. */
const network = fc
  .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 24, max: 32 }))
  .map(([last, bits]) => parseNetwork(`10.0.0.${last * 16}/${bits}`) ?? "");
const networks = fc.array(network, { minLength: 1, maxLength: 4 }).map((texts) => parseNetworks(texts) ?? []);
const policies: fc.Arbitrary<Policy> = fc
  .record({
    longestLifetimeDays: limit(100),
    neverAllowed: fc.boolean(),
    mostKeysPerPerson: limit(4),
    suspendUnusedDays: limit(100),
    allowedNetworks: fc.option(networks, { nil: null }),
    serviceKeys: fc.constantFrom("owners", "members"),
  })
  // As the contract has it.
  .map((policy) => ({ ...policy, neverAllowed: policy.neverAllowed && policy.longestLifetimeDays === null }));

const wantedKeys: fc.Arbitrary<WantedKey> = fc.record({
  owner: fc.constantFrom(person, machine),
  askedBy: fc.constantFrom("owner", "member"),
  lifetimeMs: fc.option(
    fc.integer({ min: 1, max: 120 * 24 }).map((hours) => hours * HOUR_MS),
    { nil: null },
  ),
  allowedNetworks: fc.option(networks, { nil: [] }).map((some) => some),
});

const key = (some: Partial<PolicedKey> = {}): PolicedKey => ({
  id: "dof_v1_1",
  name: "ci",
  namespaceId: "fn-1" as NamespaceId,
  owner: person,
  isSuspended: false,
  createdAt: NOW,
  expiresAt: null,
  allowedNetworks: [],
  unusedFrom: NOW,
  ...some,
});

describe("of two policies the stricter counts:", () => {
  test("in whatever order and grouping they are joined", () => {
    fc.assert(
      fc.property(policies, policies, policies, (a, b, c) => {
        expect(strictestOf(a, b)).toEqual(strictestOf(b, a));
        expect(strictestOf(strictestOf(a, b), c)).toEqual(strictestOf(a, strictestOf(b, c)));
      }),
    );
  });

  test("joining a policy to itself, or to none, changes nothing", () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(strictestOf(policy, policy)).toEqual(policy);
        expect(strictestOf(policy, NO_POLICY)).toEqual(policy);
      }),
    );
  });

  test("no key that one of them forbids is allowed by both", () => {
    const nobody = { inTeam: 0, inNamespace: 0 };
    fc.assert(
      fc.property(policies, policies, wantedKeys, (team, namespace, wanted) => {
        const alone = (policy: Policy) => violationOf({ team: policy, namespace: NO_POLICY }, wanted, nobody) === null;
        const together = violationOf({ team, namespace }, wanted, nobody) === null;
        expect(together).toBe(alone(team) && alone(namespace));
        expect(alone(inForce({ team, namespace }))).toBe(together);
      }),
    );
  });

  test("a policy for no common network is one for nowhere, not for anywhere", () => {
    const here = { ...NO_POLICY, allowedNetworks: ["10.0.0.0/8"] };
    const there = { ...NO_POLICY, allowedNetworks: ["192.0.2.0/24"] };
    expect(strictestOf(here, there).allowedNetworks).toEqual([]);
  });
});

describe("a key that a policy allows", () => {
  test("is never touched by it, as long as it is used from where it may be", () => {
    fc.assert(
      fc.property(policies, policies, wantedKeys, fc.nat({ max: 365 * 24 }), (team, namespace, wanted, hoursLater) => {
        fc.pre(violationOf({ team, namespace }, wanted, { inTeam: 0, inNamespace: 0 }) === null);
        const expiresAt = wanted.lifetimeMs === null ? null : NOW + wanted.lifetimeMs;
        const created = key({ owner: wanted.owner, expiresAt, allowedNetworks: wanted.allowedNetworks });
        const now = NOW + hoursLater * HOUR_MS;
        const policy = inForce({ team, namespace });
        // Where nothing is left, no key can be used from where it may be.
        fc.pre(policy.allowedNetworks?.length !== 0);
        const address = policy.allowedNetworks?.[0]?.split("/")[0] ?? "198.51.100.1";
        expect(effectsOn(policy, created, { at: now, address }, now, 0)).toEqual([]);
      }),
    );
  });

  test("lies within the networks of both, address by address", () => {
    fc.assert(
      fc.property(policies, policies, wantedKeys, fc.integer({ min: 0, max: 255 }), (team, namespace, wanted, last) => {
        const allowed = violationOf({ team, namespace }, wanted, { inTeam: 0, inNamespace: 0 }) === null;
        fc.pre(allowed && isInNetworks(`10.0.0.${last}`, wanted.allowedNetworks));
        for (const { allowedNetworks } of [team, namespace])
          expect(allowedNetworks === null || isInNetworks(`10.0.0.${last}`, allowedNetworks)).toBe(true);
      }),
    );
  });
});

describe("the rule that stands in the way is named, with whose it is:", () => {
  const team: Policy = { ...NO_POLICY, longestLifetimeDays: 90, neverAllowed: false, mostKeysPerPerson: 3 };
  const namespace: Policy = {
    ...NO_POLICY,
    longestLifetimeDays: 30,
    neverAllowed: false,
    allowedNetworks: ["10.0.0.0/8"],
    mostKeysPerPerson: 1,
    serviceKeys: "owners",
  };
  const wanted: WantedKey = { owner: person, askedBy: "member", lifetimeMs: 30 * DAY_MS, allowedNetworks: [] };
  const none = { inTeam: 0, inNamespace: 0 };

  test.each([
    { what: "the longest that is allowed", counts: none, ask: {}, expected: null },
    {
      what: "an hour more",
      counts: none,
      ask: { lifetimeMs: 30 * DAY_MS + HOUR_MS },
      expected: { whose: "namespace", rule: "longest_lifetime", days: 30 },
    },
    {
      what: "more than both allow",
      counts: none,
      ask: { lifetimeMs: 91 * DAY_MS },
      expected: { whose: "team", rule: "longest_lifetime", days: 90 },
    },
    { what: "for ever", counts: none, ask: { lifetimeMs: null }, expected: { whose: "team", rule: "never_expires" } },
    {
      what: "a network around the allowed one",
      counts: none,
      ask: { allowedNetworks: ["10.0.0.0/7"] },
      expected: { whose: "namespace", rule: "networks", allowed: ["10.0.0.0/8"] },
    },
    {
      what: "a second one in the namespace",
      counts: { inTeam: 1, inNamespace: 1 },
      ask: {},
      expected: { whose: "namespace", rule: "most_keys", most: 1, has: 1 },
    },
    {
      what: "a fourth one in the team",
      counts: { inTeam: 3, inNamespace: 0 },
      ask: {},
      expected: { whose: "team", rule: "most_keys", most: 3, has: 3 },
    },
    {
      what: "a member's for a machine",
      counts: none,
      ask: { owner: machine },
      expected: { whose: "namespace", rule: "service_keys" },
    },
    {
      what: "an owner's for a machine that has many",
      counts: { inTeam: 9, inNamespace: 9 },
      ask: { owner: machine, askedBy: "owner" as const },
      expected: null,
    },
  ])("$what", ({ ask, counts, expected }) =>
    expect(violationOf({ team, namespace }, { ...wanted, ...ask }, counts)).toEqual(expected),
  );

  test("nobody but owners makes keys for machines unless a team says so", () => {
    const pair = { team: UNTOUCHED_TEAM, namespace: NO_POLICY };
    const forMachine = { ...wanted, owner: machine };
    expect(violationOf(pair, forMachine, none)).toEqual({ whose: "team", rule: "service_keys" });
    expect(violationOf(pair, { ...forMachine, askedBy: "owner" }, none)).toBeNull();
    expect(violationOf(pair, { ...wanted, lifetimeMs: null }, { inTeam: 99, inNamespace: 99 })).toBeNull();
  });
});

describe("a key that would live too long", () => {
  const days = (count: number) => NOW + count * DAY_MS;
  const ninety: Policy = { ...NO_POLICY, longestLifetimeDays: 90, neverAllowed: false };
  test.each([
    { what: "ends when it is as old as keys may be", createdAt: days(0), expiresAt: null, expected: days(90) },
    { what: "is left the grace", createdAt: days(-200), expiresAt: null, expected: days(7) },
    { what: "is left the grace to the millisecond", createdAt: days(-83) - 1, expiresAt: null, expected: days(7) },
    { what: "is left alone if it ends in time", createdAt: days(0), expiresAt: days(90), expected: null },
    { what: "ends earlier by a millisecond", createdAt: days(0), expiresAt: days(90) + 1, expected: days(90) },
    { what: "is not given the grace on top", createdAt: days(-200), expiresAt: days(6), expected: null },
  ])("$what", ({ createdAt, expiresAt, expected }) =>
    expect(shortenedExpiry(ninety, { createdAt, expiresAt }, NOW, 7 * DAY_MS)).toBe(expected),
  );

  test("ends after the longest life there is where only never is forbidden", () => {
    const policy = { ...NO_POLICY, neverAllowed: false };
    expect(shortenedExpiry(policy, key(), NOW, 0)).toBe(days(3650));
    expect(shortenedExpiry(NO_POLICY, key(), NOW, 0)).toBeNull();
  });

  test("never ends later than before, nor again at the next look", () => {
    const instant = fc.integer({ min: NOW - 400 * DAY_MS, max: NOW });
    fc.assert(
      fc.property(
        policies,
        instant,
        fc.option(fc.integer({ min: NOW, max: NOW + 400 * DAY_MS }), { nil: null }),
        fc.integer({ min: 0, max: 30 * DAY_MS }),
        fc.integer({ min: 0, max: 30 * DAY_MS }),
        (policy, createdAt, expiresAt, graceMs, laterMs) => {
          const shortened = shortenedExpiry(policy, { createdAt, expiresAt }, NOW, graceMs);
          fc.pre(shortened !== null);
          if (expiresAt !== null) expect(shortened).toBeLessThan(expiresAt);
          const next = { createdAt, expiresAt: shortened };
          expect(shortenedExpiry(policy, next, NOW + laterMs, graceMs)).toBeNull();
        },
      ),
    );
  });
});

describe("a key is unused for too long", () => {
  const policy: Policy = { ...NO_POLICY, suspendUnusedDays: 45 };
  const ago = (days: number, ms = 0) => NOW - days * DAY_MS - ms;
  const used = (at: number) => ({ at, address: "10.0.0.1" });
  test.each([
    { what: "45 days after its creation, if never used", from: ago(45), use: undefined, expected: ago(45) },
    { what: "not a millisecond earlier", from: ago(45, -1), use: undefined, expected: null },
    { what: "45 days after its last use", from: ago(300), use: used(ago(45)), expected: ago(45) },
    { what: "not if used since", from: ago(300), use: used(ago(44)), expected: null },
    { what: "not if resumed since its last use", from: ago(1), use: used(ago(300)), expected: null },
  ])("$what", ({ from, use, expected }) =>
    expect(unusedTooLong(policy, key({ unusedFrom: from }), use, NOW)).toBe(expected),
  );

  test("only once", () =>
    expect(unusedTooLong(policy, key({ unusedFrom: ago(300), isSuspended: true }), undefined, NOW)).toBeNull());
});

describe("networks touch", () => {
  const policy: Policy = { ...NO_POLICY, allowedNetworks: ["10.0.0.0/8"] };
  test("a key last used from elsewhere", () => {
    const use = { at: NOW - 1, address: "192.0.2.1" };
    expect(effectsOn(policy, key(), use, NOW, 0)).toEqual([
      { kind: "last_address_refused", address: "192.0.2.1", lastUsedAt: NOW - 1 },
    ]);
    expect(effectsOn(policy, key(), { ...use, address: "10.9.9.9" }, NOW, 0)).toEqual([]);
    expect(effectsOn(policy, key(), undefined, NOW, 0)).toEqual([]);
  });

  test("a key that is good for other networks only", () => {
    expect(effectsOn(policy, key({ allowedNetworks: ["192.0.2.0/24"] }), undefined, NOW, 0)).toEqual([
      { kind: "no_network_left" },
    ]);
    expect(effectsOn(policy, key({ allowedNetworks: ["0.0.0.0/0"] }), undefined, NOW, 0)).toEqual([]);
  });

  test("every key where none is left", () => {
    expect(effectsOn({ ...policy, allowedNetworks: [] }, key(), undefined, NOW, 0)).toEqual([
      { kind: "no_network_left" },
    ]);
  });
});

test("people with more keys than allowed are named, machines are not", () => {
  const other: User = { ...person, id: "bob" as UserId };
  const keys = [person, person, person, other, other, machine, machine, machine].map((owner) => key({ owner }));
  expect(peopleAboveMost({ ...NO_POLICY, mostKeysPerPerson: 2 }, keys)).toEqual([{ owner: person, keys: 3, most: 2 }]);
  expect(peopleAboveMost(NO_POLICY, keys)).toEqual([]);
});
