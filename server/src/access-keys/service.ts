import type { Audit, Origin } from "../audit/index.ts";
import { actorOf, type TeamPrincipal } from "../identity/index.ts";
import type { Clock, EpochMs } from "../kernel/clock.ts";
import { createFailedAttempts, type FailureSummary } from "../kernel/failed-attempts.ts";
import { parseNetwork } from "../kernel/networks.ts";
import { type Random, randomHex } from "../kernel/random.ts";
import type { Secret } from "../kernel/secret.ts";
import type { SecretHasher } from "../kernel/secret-hash.ts";
import { wholeSecond } from "../kernel/timestamp.ts";
import { FULL_GRANTS, formatGrant, type Grant, type Namespace, type Namespaces } from "../namespaces/index.ts";
import { appendChange, followChanges } from "../store/changes.ts";
import type { Store } from "../store/store.ts";
import type { Tx } from "../store/transaction.ts";
import { accessKeyErrors } from "./errors.ts";
import { type AccessKey, type AccessKeyId, type KeyUse, parseAccessKeyId, shownState } from "./model.ts";
import {
  endCurrentSecret,
  findKey,
  insertKey,
  insertSecret,
  isNameTaken,
  listKeys,
  revokeKey,
  revokeKeysOf,
  teamOfKey,
  updateKeyName,
} from "./queries.ts";
import { newSecret } from "./secret-format.ts";
import { createUses } from "./uses.ts";
import { createVerifier, secretContext } from "./verify.ts";

export type NewAccessKey = {
  readonly name: string;
  /** Null for a key that never expires. */
  readonly lifetimeSeconds: number | null;
  /** Absent: everything the owner's role allows. */
  readonly grants?: readonly Grant[];
  readonly allowedNetworks?: readonly string[];
};

export type AccessKeysDeps = {
  store: Store;
  clock: Clock;
  random: Random;
  hasher: SecretHasher;
  audit: Audit;
  namespaces: Namespaces;
  /** Failed attempts a minute after which an address, or a key id, is told to wait. */
  failureLimits: { perAddress: number; perSubject: number };
};

/** The heart: people's own keys to a namespace, from issue to revocation. */
export function createAccessKeys(deps: AccessKeysDeps) {
  const { store, clock, random, hasher, audit, namespaces } = deps;
  const uses = createUses(store.activity);
  const failures = createFailedAttempts({ clock, ...deps.failureLimits });
  const verifier = createVerifier({
    committed: store.committed,
    changes: followChanges(store.committed),
    clock,
    random,
    hasher,
    uses,
    failures,
  });

  namespaces.onDelete(async (tx, namespaceId, at) => {
    for (const id of await revokeKeysOf(tx, namespaceId, "namespace deleted", at)) {
      await appendChange(tx, { kind: "access_key", targetId: id, at });
    }
  });

  const requireKey = async (db: Store["db"] | Tx, namespace: Namespace, text: string): Promise<AccessKey> => {
    const id = parseAccessKeyId(text);
    const key = id === undefined ? undefined : await findKey(db, namespace.id, id);
    if (key === undefined) throw accessKeyErrors.not_found();
    return key;
  };

  /** Everything a change to a key writes beside the change: the feed, so that no copy outlives it, and the audit entry. */
  const recordChange = async (
    tx: Tx,
    what: {
      caller: TeamPrincipal;
      origin: Origin;
      verb: string;
      id: AccessKeyId;
      at: EpochMs;
      details: Record<string, unknown>;
    },
  ): Promise<void> => {
    await appendChange(tx, { kind: "access_key", targetId: what.id, at: what.at });
    const target = { kind: "access_key", id: what.id };
    await audit.record(tx, {
      teamId: what.caller.teamId,
      actor: actorOf(what.caller),
      verb: what.verb,
      target,
      origin: what.origin,
      details: what.details,
    });
  };

  const recordFailures = async (tx: Tx, summaries: readonly FailureSummary[]): Promise<void> => {
    for (const { subject: keyId, ...details } of summaries) {
      const teamId = await teamOfKey(tx, keyId);
      if (teamId === undefined) continue;
      const credential = { kind: "access_key", id: keyId } as const;
      const actor = { id: null, kind: "system", name: "authentication", credential } as const;
      const target = { kind: "access_key", id: keyId };
      const verb = "access_key.authenticate";
      await audit.record(tx, { teamId, actor, verb, target, origin: null, outcome: "refused", details });
    }
  };

  const addSecret = async (tx: Tx, namespace: Namespace, id: AccessKeyId, at: EpochMs): Promise<Secret> => {
    const secret = newSecret(random);
    await insertSecret(tx, id, hasher.hash(secretContext(namespace.id, id, secret.reveal())), at);
    return secret;
  };

  return {
    verify: verifier.verify,

    /** Issues a key to the caller. Throws `access_key.name_taken`, `access_key.bad_network`. */
    create(
      caller: TeamPrincipal,
      namespace: Namespace,
      input: NewAccessKey,
      origin: Origin,
    ): Promise<{ key: AccessKey; secret: Secret }> {
      const allowedNetworks = (input.allowedNetworks ?? []).map((text) => {
        const network = parseNetwork(text);
        if (network === undefined) throw accessKeyErrors.bad_network();
        return network;
      });
      const at = wholeSecond(clock.now());
      const key: AccessKey = {
        id: `dof_v1_${randomHex(random, 16)}` as AccessKeyId,
        namespaceId: namespace.id,
        owner: caller.user,
        name: input.name,
        grants: input.grants ?? FULL_GRANTS,
        allowedNetworks,
        expiresAt: input.lifetimeSeconds === null ? null : at + input.lifetimeSeconds * 1000,
        createdAt: at,
        updatedAt: at,
        state: { kind: "active" },
      };
      return store.transaction(async (tx) => {
        // Again inside: the namespace may have been deleted since it was looked up.
        await namespaces.requireIn(tx, caller, namespace.id);
        if (await isNameTaken(tx, namespace.id, key.name, null)) throw accessKeyErrors.name_taken();
        await insertKey(tx, key);
        const secret = await addSecret(tx, namespace, key.id, at);
        const details = {
          namespace: namespace.id,
          name: key.name,
          expires_at: key.expiresAt,
          grants: key.grants.map(formatGrant),
          allowed_networks: allowedNetworks,
        };
        await recordChange(tx, { caller, origin, verb: "access_key.create", id: key.id, at, details });
        return { key, secret };
      });
    },

    list: (namespace: Namespace): Promise<AccessKey[]> => listKeys(store.db, namespace.id),

    get: (namespace: Namespace, id: string): Promise<AccessKey> => requireKey(store.db, namespace, id),

    lastUses: (keys: readonly AccessKey[]): Promise<ReadonlyMap<AccessKeyId, KeyUse>> =>
      uses.last(keys.map(({ id }) => id)),

    rename: (
      caller: TeamPrincipal,
      namespace: Namespace,
      id: string,
      name: string,
      origin: Origin,
    ): Promise<AccessKey> =>
      store.transaction(async (tx) => {
        const key = await requireKey(tx, namespace, id);
        if (await isNameTaken(tx, namespace.id, name, key.id)) throw accessKeyErrors.name_taken();
        const at = clock.now();
        await updateKeyName(tx, key.id, name, at);
        const details = { namespace: namespace.id, name, previous_name: key.name };
        await recordChange(tx, { caller, origin, verb: "access_key.rename", id: key.id, at, details });
        return { ...key, name, updatedAt: at };
      }),

    /** Gives the key a new secret; the old one works until the overlap is over (0: it is dead when this resolves). */
    rotate: (
      caller: TeamPrincipal,
      namespace: Namespace,
      id: string,
      overlapSeconds: number,
      origin: Origin,
    ): Promise<{ key: AccessKey; secret: Secret; previousSecretExpiresAt: EpochMs }> =>
      store.transaction(async (tx) => {
        const key = await requireKey(tx, namespace, id);
        const now = clock.now();
        if (shownState(key, now) !== "active") throw accessKeyErrors.cannot_rotate();
        const at = wholeSecond(now);
        const previousSecretExpiresAt = at + overlapSeconds * 1000;
        await endCurrentSecret(tx, key.id, previousSecretExpiresAt, now);
        const secret = await addSecret(tx, namespace, key.id, now);
        const details = { namespace: namespace.id, previous_secret_expires_at: previousSecretExpiresAt };
        await recordChange(tx, { caller, origin, verb: "access_key.rotate", id: key.id, at: now, details });
        return { key, secret, previousSecretExpiresAt };
      }),

    /** Deletes the key: no request that starts after this resolves is accepted with it. */
    revoke: (caller: TeamPrincipal, namespace: Namespace, id: string, origin: Origin): Promise<void> =>
      store.transaction(async (tx) => {
        const key = await requireKey(tx, namespace, id);
        const at = clock.now();
        await revokeKey(tx, key.id, "deleted", at);
        const details = { namespace: namespace.id, name: key.name, owner: key.owner.id };
        await recordChange(tx, { caller, origin, verb: "access_key.delete", id: key.id, at, details });
      }),

    /** Writes behind what has gathered: uses of keys, and one audit entry per key that somebody failed to use. */
    async writeBehind(): Promise<void> {
      uses.write();
      const summaries = failures.takeSummaries();
      if (summaries.length === 0) return;
      try {
        await store.transaction((tx) => recordFailures(tx, summaries));
      } catch (error) {
        failures.giveBack(summaries);
        throw error;
      }
    },
  };
}

export type AccessKeys = ReturnType<typeof createAccessKeys>;
