import type { Audit, Origin } from "../audit/index.ts";
import { actorOf, type Identity, type TeamId, type TeamPrincipal } from "../identity/index.ts";
import type { Clock, EpochMs } from "../kernel/clock.ts";
import type { NamespaceId, Namespaces } from "../namespaces/index.ts";
import { appendChange } from "../store/changes.ts";
import type { Store } from "../store/store.ts";
import type { Db, Tx } from "../store/transaction.ts";
import {
  DAY_MS,
  describePolicy,
  type Effect,
  effectsOn,
  GRACE_MS,
  inForce,
  type KeyCounts,
  type LastUse,
  NO_POLICY,
  type PersonAboveMost,
  type PolicedKey,
  type Policy,
  type PolicyPair,
  peopleAboveMost,
  type Scope,
  shortenedExpiry,
  thatFit,
  UNTOUCHED_TEAM,
  unusedTooLong,
  violationOf,
  type WantedKey,
} from "./model.ts";
import type { PolicedKeys } from "./policed-keys.ts";
import { deletePolicyOf, findPolicies, type SetPolicy, savePolicy, teamsSuspendingUnused } from "./queries.ts";
import { refusal } from "./refusal.ts";

/** The policy of a scope beside what counts there. */
export type Standing = { readonly policy: Policy; readonly inForce: Policy; readonly updatedAt: EpochMs | null };

/** What a policy does to the keys that there are. */
export type Effects = {
  readonly keys: readonly { readonly key: PolicedKey; readonly lastUse: LastUse | null; readonly effects: Effect[] }[];
  readonly peopleAboveMost: readonly PersonAboveMost[];
};

/** Suspending is done in pieces, so that no other change waits long. */
const SUSPENDED_AT_ONCE = 100;

type Policies = ReadonlyMap<NamespaceId | null, SetPolicy>;
const policyIn = (policies: Policies, namespaceId: NamespaceId | null): Policy =>
  policies.get(namespaceId)?.policy ?? (namespaceId === null ? UNTOUCHED_TEAM : NO_POLICY);
const pairIn = (policies: Policies, namespaceId: NamespaceId | null): PolicyPair => ({
  team: policyIn(policies, null),
  namespace: namespaceId === null ? NO_POLICY : policyIn(policies, namespaceId),
});

function standingIn(policies: Policies, { namespaceId }: Scope): Standing {
  const set = policies.get(namespaceId);
  return {
    policy: policyIn(policies, namespaceId),
    inForce: inForce(pairIn(policies, namespaceId)),
    updatedAt: set?.updatedAt ?? null,
  };
}

/** What a team demands of access keys: set, previewed, asked when a key is made, and swept after. */
export function createPolicy(deps: {
  store: Store;
  clock: Clock;
  audit: Audit;
  identity: Pick<Identity, "requireStandingIn">;
  namespaces: Namespaces;
}) {
  const { store, clock, audit, identity, namespaces } = deps;
  let keys: PolicedKeys | null = null;
  const policed = (): PolicedKeys => {
    if (keys === null) throw new Error("no room has said that it keeps the access keys");
    return keys;
  };

  namespaces.onDelete((tx, namespaceId) => deletePolicyOf(tx, namespaceId));

  const usesIn = async (scope: Scope): Promise<ReadonlyMap<string, LastUse>> => {
    const listed = await policed().list(store.db, scope, clock.now());
    return policed().lastUses(listed.map(({ id }) => id));
  };

  /** What these policies do to the keys of a scope, whether they are in force or only thought of. */
  const effectsIn = async (
    db: Db | Tx,
    scope: Scope,
    policies: Policies,
    { uses, now, graceMs }: { uses: ReadonlyMap<string, LastUse>; now: EpochMs; graceMs: number },
  ): Promise<Effects> => {
    const listed = await policed().list(db, scope, now);
    const judged = listed.map((key) => {
      const use = uses.get(key.id);
      const policy = inForce(pairIn(policies, key.namespaceId));
      return { key, lastUse: use ?? null, effects: effectsOn(policy, key, use, now, graceMs) };
    });
    return {
      keys: judged.filter(({ effects }) => effects.length > 0),
      peopleAboveMost: peopleAboveMost(policyIn(policies, scope.namespaceId), listed),
    };
  };

  const withPolicy = (policies: Policies, { namespaceId }: Scope, policy: Policy, updatedAt: EpochMs): Policies =>
    new Map([...policies, [namespaceId, { policy, updatedAt }]]);

  /** Keys that have been unused for too long, of these or of all. */
  const unusedIn = async (db: Db | Tx, teamId: TeamId, only?: ReadonlySet<string>) => {
    const now = clock.now();
    const policies = await findPolicies(db, teamId);
    const listed = await policed().list(db, { teamId, namespaceId: null }, now);
    const suspects = only === undefined ? listed : listed.filter(({ id }) => only.has(id));
    const uses = await policed().lastUses(suspects.map(({ id }) => id));
    return suspects.flatMap((key) => {
      const policy = inForce(pairIn(policies, key.namespaceId));
      const unusedSince = unusedTooLong(policy, key, uses.get(key.id), now);
      return unusedSince === null ? [] : [{ key, unusedSince }];
    });
  };

  return {
    /** The room that keeps the access keys says so here, once. */
    bindKeys(room: PolicedKeys): void {
      keys = room;
    },

    get: async (scope: Scope): Promise<Standing> => standingIn(await findPolicies(store.db, scope.teamId), scope),

    /** What `set` would answer and do, had it been called instead. */
    async preview(scope: Scope, policy: Policy, graceMs: number): Promise<{ standing: Standing; effects: Effects }> {
      const uses = await usesIn(scope);
      const now = clock.now();
      const policies = withPolicy(await findPolicies(store.db, scope.teamId), scope, policy, now);
      const effects = await effectsIn(store.db, scope, policies, { uses, now, graceMs });
      return { standing: standingIn(policies, scope), effects };
    },

    /** Replaces a policy. Keys that would live too long end earlier, in the same transaction. Throws `namespace.not_found`. */
    async set(
      caller: TeamPrincipal,
      scope: Scope,
      policy: Policy,
      graceMs: number,
      origin: Origin,
    ): Promise<{ standing: Standing; effects: Effects }> {
      const uses = await usesIn(scope);
      return store.transaction(async (tx) => {
        // Again inside: the caller may have been demoted since, and the namespace deleted.
        await identity.requireStandingIn(tx, caller, "policy.manage");
        if (scope.namespaceId !== null) await namespaces.requireIn(tx, caller, scope.namespaceId);
        const now = clock.now();
        const before = await findPolicies(tx, scope.teamId);
        await savePolicy(tx, scope, policy, now);
        const policies = withPolicy(before, scope, policy, now);
        const effects = await effectsIn(tx, scope, policies, { uses, now, graceMs });
        const id = scope.namespaceId ?? scope.teamId;
        await appendChange(tx, { kind: "policy", targetId: id, at: now });
        await audit.record(tx, {
          teamId: scope.teamId,
          actor: actorOf(caller),
          verb: "policy.set",
          target: { kind: scope.namespaceId === null ? "team" : "namespace", id },
          origin,
          details: {
            policy: describePolicy(policy),
            previous: describePolicy(policyIn(before, scope.namespaceId)),
            grace_days: graceMs / DAY_MS,
          },
        });
        for (const { key, effects: ofKey } of effects.keys)
          for (const effect of ofKey)
            if (effect.kind === "expiry_shortened")
              await policed().shorten(tx, key, effect.expiresAt, { caller, origin });
        return { standing: standingIn(policies, scope), effects };
      });
    },

    /**
     * Refuses a key that the policy of its team or namespace does not allow, in the transaction that creates it: a policy that is
     * tightened meanwhile either sees the key or is seen. Throws `policy.*`, which names the rule and its limit.
     */
    async checkNewKey(
      tx: Tx,
      namespace: { readonly teamId: TeamId; readonly id: NamespaceId },
      wanted: WantedKey,
      countKeys: () => Promise<KeyCounts>,
    ): Promise<void> {
      const pair = pairIn(await findPolicies(tx, namespace.teamId), namespace.id);
      const isCounted = inForce(pair).mostKeysPerPerson !== null;
      const counts = isCounted ? await countKeys() : { inTeam: 0, inNamespace: 0 };
      const violation = violationOf(pair, wanted, counts);
      if (violation !== null) throw refusal(violation);
    },

    /** Those of a person's keys that may come back as far as the limits on their number go: the newest, if not all. */
    async returningThatFit<Key extends Pick<PolicedKey, "namespaceId" | "createdAt" | "expiresAt">>(
      db: Db | Tx,
      { teamId, ownerId }: { readonly teamId: TeamId; readonly ownerId: string },
      returning: readonly Key[],
    ): Promise<Key[]> {
      const policies = await findPolicies(db, teamId);
      const isLimited = [...policies.values()].some(({ policy }) => policy.mostKeysPerPerson !== null);
      if (!isLimited || returning.length === 0) return [...returning];
      const now = clock.now();
      const living = await policed().list(db, { teamId, namespaceId: null }, now);
      const own = living.filter(({ owner }) => owner.id === ownerId);
      return thatFit(returning, own, (namespaceId) => pairIn(policies, namespaceId), now);
    },

    /** When a key that comes back has to end, since a policy may have been tightened while it was away; null to leave it as it is. */
    async expiryOfReturning(
      tx: Tx,
      namespace: { readonly teamId: TeamId; readonly id: NamespaceId },
      key: Pick<PolicedKey, "createdAt" | "expiresAt">,
    ): Promise<EpochMs | null> {
      const pair = pairIn(await findPolicies(tx, namespace.teamId), namespace.id);
      return shortenedExpiry(inForce(pair), key, clock.now(), GRACE_MS);
    },

    /** Suspends keys that nobody has used for as long as a policy says. */
    async suspendUnused(): Promise<void> {
      for (const teamId of await teamsSuspendingUnused(store.db)) {
        const idle = (await unusedIn(store.db, teamId)).map(({ key }) => key.id);
        for (let from = 0; from < idle.length; from += SUSPENDED_AT_ONCE) {
          const some = new Set(idle.slice(from, from + SUSPENDED_AT_ONCE));
          await store.transaction(async (tx) => {
            // Looked at again: somebody may have used or resumed one meanwhile, or loosened the policy.
            for (const { key, unusedSince } of await unusedIn(tx, teamId, some))
              await policed().suspendUnused(tx, key, { teamId, namespaceId: key.namespaceId }, unusedSince);
          });
        }
      }
    },
  };
}

export type PolicyRoom = ReturnType<typeof createPolicy>;
