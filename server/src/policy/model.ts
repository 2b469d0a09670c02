import { GRACE_DAYS, LONGEST_LIFETIME_DAYS } from "@latchkey/contract/policy";
import type { Role, TeamId, User } from "../identity/index.ts";
import type { EpochMs } from "../kernel/clock.ts";
import { areWithin, intersectNetworks, isInNetworks, parseNetwork, withoutRepetition } from "../kernel/networks.ts";
import { wholeSecond } from "../kernel/timestamp.ts";
import type { NamespaceId } from "../namespaces/index.ts";

export const DAY_MS = 86_400_000;
/** What keys are left with when nobody was asked how long. */
export const GRACE_MS = GRACE_DAYS * DAY_MS;

/** What is demanded of access keys. Null is no limit, and of networks anywhere; no networks at all is nowhere. */
export type Policy = {
  readonly longestLifetimeDays: number | null;
  readonly neverAllowed: boolean;
  readonly mostKeysPerPerson: number | null;
  readonly suspendUnusedDays: number | null;
  /** Canonical, sorted, none within another. */
  readonly allowedNetworks: readonly string[] | null;
  readonly serviceKeys: "owners" | "members";
};

/** Demands nothing: what joining it to another policy leaves as that one is. */
export const NO_POLICY: Policy = {
  longestLifetimeDays: null,
  neverAllowed: true,
  mostKeysPerPerson: null,
  suspendUnusedDays: null,
  allowedNetworks: null,
  serviceKeys: "members",
};

/**
 * A team that has said nothing: whoever creates a key for a service identity holds a secret that does not end with them, so that is
 * owners' work unless they leave it to members.
 */
export const UNTOUCHED_TEAM: Policy = { ...NO_POLICY, serviceKeys: "owners" };

/** Where a policy is set: the whole team, or one of its namespaces. */
export type Scope = { readonly teamId: TeamId; readonly namespaceId: NamespaceId | null };
/** The two that a namespace's keys live under. */
export type PolicyPair = { readonly team: Policy; readonly namespace: Policy };

/** Networks in canonical form; undefined if one of the texts is none. */
export function parseNetworks(texts: readonly string[]): string[] | undefined {
  const parsed = texts.map(parseNetwork).filter((network) => network !== undefined);
  return parsed.length === texts.length ? withoutRepetition(parsed) : undefined;
}

const least = (one: number | null, other: number | null): number | null =>
  one === null ? other : other === null ? one : Math.min(one, other);

/** The networks that both allow; null is anywhere, and none is nowhere. */
export const commonNetworks = (
  one: readonly string[] | null,
  other: readonly string[] | null,
): readonly string[] | null => (one === null ? other : other === null ? one : intersectNetworks(one, other));

/** Of each rule the stricter. Associative, commutative, and joining a policy to itself changes nothing. */
export function strictestOf(one: Policy, other: Policy): Policy {
  return {
    longestLifetimeDays: least(one.longestLifetimeDays, other.longestLifetimeDays),
    neverAllowed: one.neverAllowed && other.neverAllowed,
    mostKeysPerPerson: least(one.mostKeysPerPerson, other.mostKeysPerPerson),
    suspendUnusedDays: least(one.suspendUnusedDays, other.suspendUnusedDays),
    allowedNetworks: commonNetworks(one.allowedNetworks, other.allowedNetworks),
    serviceKeys: one.serviceKeys === "owners" ? "owners" : other.serviceKeys,
  };
}

/** What is demanded of keys to a namespace. */
export const inForce = ({ team, namespace }: PolicyPair): Policy => strictestOf(team, namespace);

/** A key as somebody asks for it. */
export type WantedKey = {
  readonly owner: User;
  /** Who asks. */
  readonly askedBy: Role;
  /** Null for a key that never expires. */
  readonly lifetimeMs: number | null;
  /** Canonical; empty for anywhere. */
  readonly allowedNetworks: readonly string[];
};
/** How many living keys the owner has before this one, in the whole team and in the namespace alone. */
export type KeyCounts = { readonly inTeam: number; readonly inNamespace: number };

/** The rule that a key would break, whose policy says so, and its limit. */
export type Violation = { readonly whose: "team" | "namespace" } & (
  | { readonly rule: "longest_lifetime"; readonly days: number }
  | { readonly rule: "never_expires" }
  | { readonly rule: "most_keys"; readonly most: number; readonly has: number }
  | { readonly rule: "service_keys" }
  | { readonly rule: "networks"; readonly allowed: readonly string[] }
);

/** The first rule that the key would break, the team's before the namespace's; null if it may be created. */
export function violationOf({ team, namespace }: PolicyPair, wanted: WantedKey, counts: KeyCounts): Violation | null {
  return (
    violationOfOne("team", team, wanted, counts.inTeam) ??
    violationOfOne("namespace", namespace, wanted, counts.inNamespace)
  );
}

function violationOfOne(whose: Violation["whose"], policy: Policy, wanted: WantedKey, has: number): Violation | null {
  const { lifetimeMs, allowedNetworks, owner, askedBy } = wanted;
  const { longestLifetimeDays: days, mostKeysPerPerson: most, allowedNetworks: allowed } = policy;
  if (owner.kind === "service" && policy.serviceKeys === "owners" && askedBy !== "owner")
    return { whose, rule: "service_keys" };
  if (lifetimeMs === null && !policy.neverAllowed) return { whose, rule: "never_expires" };
  if (days !== null && lifetimeMs !== null && lifetimeMs > days * DAY_MS)
    return { whose, rule: "longest_lifetime", days };
  if (allowed !== null && !areWithin(allowedNetworks, allowed)) return { whose, rule: "networks", allowed };
  // Service identities are machines, of which one may need many keys; people share theirs with nobody.
  if (most !== null && owner.kind === "person" && has >= most) return { whose, rule: "most_keys", most, has };
  return null;
}

/** A living key, as far as a policy is concerned with it. */
export type PolicedKey = {
  readonly id: string;
  readonly name: string;
  readonly namespaceId: NamespaceId;
  readonly owner: User;
  readonly isSuspended: boolean;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs | null;
  readonly allowedNetworks: readonly string[];
  /** From when on its not being used counts: its creation, or when somebody last resumed or restored it. */
  readonly unusedFrom: EpochMs;
};
export type LastUse = { readonly at: EpochMs; readonly address: string };

/** What a policy does to a key. */
export type Effect =
  | { readonly kind: "expiry_shortened"; readonly expiresAt: EpochMs }
  | { readonly kind: "suspended_by_next_sweep"; readonly unusedSince: EpochMs }
  | { readonly kind: "last_address_refused"; readonly address: string; readonly lastUsedAt: EpochMs }
  | { readonly kind: "no_network_left" };

/** When a key has to end that would live too long; null for one that the policy leaves as it is. Never later than it ends anyhow. */
export function shortenedExpiry(
  policy: Policy,
  key: Pick<PolicedKey, "createdAt" | "expiresAt">,
  now: EpochMs,
  graceMs: number,
): EpochMs | null {
  const days = policy.longestLifetimeDays ?? (policy.neverAllowed ? null : LONGEST_LIFETIME_DAYS);
  if (days === null) return null;
  const end = Math.max(key.createdAt + days * DAY_MS, wholeSecond(now + graceMs));
  return key.expiresAt === null || end < key.expiresAt ? end : null;
}

/** Since when a key has been unused for too long; null if it has not. */
export function unusedTooLong(
  policy: Policy,
  key: Pick<PolicedKey, "isSuspended" | "unusedFrom">,
  use: LastUse | undefined,
  now: EpochMs,
): EpochMs | null {
  const unusedSince = Math.max(key.unusedFrom, use?.at ?? 0);
  const isTooLong = policy.suspendUnusedDays !== null && now - unusedSince >= policy.suspendUnusedDays * DAY_MS;
  return isTooLong && !key.isSuspended ? unusedSince : null;
}

/** Everything that a policy, once it is in force, does to a key; nothing of it revives or lengthens anything. */
export function effectsOn(
  policy: Policy,
  key: PolicedKey,
  use: LastUse | undefined,
  now: EpochMs,
  graceMs: number,
): Effect[] {
  const effects: Effect[] = [];
  const expiresAt = shortenedExpiry(policy, key, now, graceMs);
  if (expiresAt !== null) effects.push({ kind: "expiry_shortened", expiresAt });
  const unusedSince = unusedTooLong(policy, key, use, now);
  if (unusedSince !== null) effects.push({ kind: "suspended_by_next_sweep", unusedSince });
  const { allowedNetworks: networks } = policy;
  if (networks === null) return effects;
  if (use !== undefined && !isInNetworks(use.address, networks))
    effects.push({ kind: "last_address_refused", address: use.address, lastUsedAt: use.at });
  const isReachable = key.allowedNetworks.length === 0 || intersectNetworks(key.allowedNetworks, networks).length > 0;
  if (!isReachable || networks.length === 0) effects.push({ kind: "no_network_left" });
  return effects;
}

export type PersonAboveMost = { readonly owner: User; readonly keys: number; readonly most: number };

/** Who has more keys than a policy allows to each; nothing happens to them. */
export function peopleAboveMost({ mostKeysPerPerson: most }: Policy, keys: readonly PolicedKey[]): PersonAboveMost[] {
  if (most === null) return [];
  const counted = new Map<string, { owner: User; keys: number }>();
  for (const { owner } of keys) {
    if (owner.kind !== "person") continue;
    const count = counted.get(owner.id) ?? { owner, keys: 0 };
    counted.set(owner.id, { owner, keys: count.keys + 1 });
  }
  return [...counted.values()].filter((count) => count.keys > most).map((count) => ({ ...count, most }));
}

/**
 * Those of a person's returning keys for which the limits leave room beside the living ones. Where there is not room for all, the
 * newest come back: they are the likeliest to be in use. Expired ones take no room.
 */
export function thatFit<Key extends Pick<PolicedKey, "namespaceId" | "createdAt" | "expiresAt">>(
  returning: readonly Key[],
  living: readonly Pick<PolicedKey, "namespaceId">[],
  pairOf: (namespaceId: NamespaceId) => PolicyPair,
  now: EpochMs,
): Key[] {
  let inTeam = living.length;
  const inNamespaces = new Map<NamespaceId, number>();
  const countIn = (id: NamespaceId): number => inNamespaces.get(id) ?? 0;
  for (const { namespaceId: id } of living) inNamespaces.set(id, countIn(id) + 1);
  const isFull = ({ mostKeysPerPerson: most }: Policy, has: number): boolean => most !== null && has >= most;
  const fitting = new Set<Key>();
  for (const key of returning.toSorted((one, other) => other.createdAt - one.createdAt)) {
    const { namespaceId: id, expiresAt } = key;
    const isExpired = expiresAt !== null && now >= expiresAt;
    const { team, namespace } = pairOf(id);
    if (!isExpired && (isFull(team, inTeam) || isFull(namespace, countIn(id)))) continue;
    fitting.add(key);
    if (isExpired) continue;
    inTeam += 1;
    inNamespaces.set(id, countIn(id) + 1);
  }
  return returning.filter((key) => fitting.has(key));
}

/** The words of a policy on the wire and in the audit log. */
export const describePolicy = (policy: Policy) => ({
  longest_lifetime_days: policy.longestLifetimeDays,
  never_allowed: policy.neverAllowed,
  most_keys_per_person: policy.mostKeysPerPerson,
  suspend_unused_days: policy.suspendUnusedDays,
  allowed_networks: policy.allowedNetworks === null ? null : [...policy.allowedNetworks],
  service_keys: policy.serviceKeys,
});
