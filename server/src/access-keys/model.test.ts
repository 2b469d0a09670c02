import { describe, expect, test } from "vitest";
import type { Role, TeamId, UserId } from "../identity/index.ts";
import { isInNetworks } from "../kernel/networks.ts";
import type { NamespaceId } from "../namespaces/index.ts";
import { type AccessKeyId, isOver, judge, type KeyRecord, parseAccessKeyId, shownState } from "./model.ts";

const EXPIRY = 1_000_000;

const key = (different: Partial<KeyRecord> = {}): KeyRecord => ({
  id: `dof_v1_${"0".repeat(32)}` as AccessKeyId,
  namespaceId: "fn-00000000-0000-4000-8000-000000000000" as NamespaceId,
  teamId: "team" as TeamId,
  owner: { id: "user" as UserId, kind: "person", name: "Ada" },
  ownerRole: "owner",
  name: "ci",
  grants: [{ operation: "full", pattern: null }],
  allowedNetworks: [],
  policyNetworks: null,
  expiresAt: null,
  createdAt: 0,
  updatedAt: 0,
  state: { kind: "active" },
  ...different,
});
const suspended = { kind: "suspended", reason: "lost laptop", by: null } as const;
const revoked = { kind: "revoked", reason: "deleted", at: 5 } as const;
const verdict = (record: KeyRecord, now = 0, address = "203.0.113.7") => judge(record, address, now, isInNetworks);

describe("a key whose secret was proved", () => {
  test.each([
    { what: "without an expiry", key: key(), now: Number.MAX_SAFE_INTEGER, is: "accepted" },
    { what: "1 ms before its expiry", key: key({ expiresAt: EXPIRY }), now: EXPIRY - 1, is: "accepted" },
    { what: "at its expiry", key: key({ expiresAt: EXPIRY }), now: EXPIRY, is: "expired" },
    { what: "1 ms after its expiry", key: key({ expiresAt: EXPIRY }), now: EXPIRY + 1, is: "expired" },
    { what: "when its expiry is the epoch", key: key({ expiresAt: 0 }), now: 0, is: "expired" },
    { what: "when suspended", key: key({ state: suspended }), now: 0, is: "suspended" },
    { what: "when revoked", key: key({ state: revoked }), now: 0, is: "revoked" },
    { what: "when revoked, before the clock reached that", key: key({ state: revoked }), now: 4, is: "revoked" },
    { what: "whose owner left", key: key({ ownerRole: null }), now: 0, is: "owner_left" },
    { what: "revoked and expired", key: key({ state: revoked, expiresAt: 0 }), now: 9, is: "revoked" },
    { what: "suspended and expired", key: key({ state: suspended, expiresAt: 0 }), now: 9, is: "expired" },
    { what: "suspended, whose owner left", key: key({ state: suspended, ownerRole: null }), now: 0, is: "owner_left" },
  ])("$what is $is", ({ key, now, is }) => expect(verdict(key, now).kind).toBe(is));

  test.each<Role>(["owner", "member", "viewer"])("of a %s is judged alike; grants are for later", (ownerRole) =>
    expect(verdict(key({ ownerRole })).kind).toBe("accepted"),
  );

  test.each([
    { what: "from an allowed network", networks: ["203.0.113.0/24"], address: "203.0.113.7", is: "accepted" },
    { what: "from beside it", networks: ["203.0.113.0/24"], address: "203.0.114.7", is: "network_not_allowed" },
    { what: "from the second one", networks: ["::1/128", "203.0.113.0/24"], address: "203.0.113.7", is: "accepted" },
    { what: "from an address nobody knows", networks: ["0.0.0.0/0"], address: "", is: "network_not_allowed" },
    { what: "without allowed networks, from anywhere", networks: [], address: "", is: "accepted" },
  ])("$what is $is", ({ networks, address, is }) =>
    expect(verdict(key({ allowedNetworks: networks }), 0, address).kind).toBe(is),
  );

  test("is told that it is dead rather than that the network is wrong", () => {
    expect(verdict(key({ state: revoked, allowedNetworks: ["::1/128"] })).kind).toBe("revoked");
    expect(verdict(key({ expiresAt: 0, allowedNetworks: ["::1/128"] })).kind).toBe("expired");
  });
});

describe("the state that lists show", () => {
  test.each([
    { what: "an active key", key: key(), now: 0, shows: "active" },
    { what: "1 ms before its expiry", key: key({ expiresAt: EXPIRY }), now: EXPIRY - 1, shows: "active" },
    { what: "at its expiry", key: key({ expiresAt: EXPIRY }), now: EXPIRY, shows: "expired" },
    { what: "suspended, past its expiry", key: key({ state: suspended, expiresAt: 0 }), now: 1, shows: "suspended" },
    { what: "revoked, past its expiry", key: key({ state: revoked, expiresAt: 0 }), now: 1, shows: "revoked" },
  ])("$what is $shows", ({ key, now, shows }) => expect(shownState(key, now)).toBe(shows));
});

test.each([
  { end: null, now: Number.MAX_SAFE_INTEGER, over: false },
  { end: 1000, now: 999, over: false },
  { end: 1000, now: 1000, over: true },
  { end: 1000, now: 1001, over: true },
])("what ends at $end is over at $now: $over", ({ end, now, over }) => expect(isOver(end, now)).toBe(over));

test.each([
  "",
  "dof_v1_",
  `dof_v1_${"0".repeat(31)}`,
  `dof_v1_${"0".repeat(33)}`,
  `dof_v1_${"A".repeat(32)}`,
  `dof_v1_${"g".repeat(32)}`,
  ` dof_v1_${"0".repeat(32)}`,
  `dof_v1_${"0".repeat(32)}\n`,
  `dop_v1_${"0".repeat(32)}`,
  "dof_v1_4b0d3a0c-5f0e-4f6f-9c6a-1d2e3f405162",
])("%j is no key id", (text) => expect(parseAccessKeyId(text)).toBeUndefined());
