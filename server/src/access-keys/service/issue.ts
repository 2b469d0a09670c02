import type { User } from "../../identity/index.ts";
import { may } from "../../identity/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import { parseNetwork } from "../../kernel/networks.ts";
import { randomHex } from "../../kernel/random.ts";
import type { Secret } from "../../kernel/secret.ts";
import { wholeSecond } from "../../kernel/timestamp.ts";
import { FULL_GRANTS, formatGrant, type Grant, type Namespace, type NamespaceId } from "../../namespaces/index.ts";
import type { Tx } from "../../store/transaction.ts";
import { accessKeyErrors } from "../errors.ts";
import { type AccessKey, type AccessKeyId, shownState } from "../model.ts";
import { insertKey, isNameTaken } from "../queries/keys.ts";
import { countLivingKeys } from "../queries/policed.ts";
import { endCurrentSecret, endOldest, insertSecret } from "../queries/secrets.ts";
import { finderContext, newSecret, secretContext } from "../secret-format.ts";
import { type Cause, type Ground, recordChange, requireManaged } from "./ground.ts";

export type NewAccessKey = {
  readonly name: string;
  /** Null for a key that never expires. */
  readonly lifetimeSeconds: number | null;
  /** Absent: everything the owner's role allows. */
  readonly grants?: readonly Grant[];
  readonly allowedNetworks?: readonly string[];
};

/** A key in the one answer that has its secret. */
export type IssuedKey = { readonly key: AccessKey; readonly secret: Secret };

export type RotatedKey = IssuedKey & {
  readonly previousSecretExpiresAt: EpochMs;
  /** How many secrets of earlier rotations ended at once for this one. */
  readonly secretsEnded: number;
};

/** How many secrets of a key are good at a time: every one makes each guess at the key dearer to refuse. */
const LIVING_SECRETS = 5;

/** Everything that makes a secret: new keys, and new secrets of keys. */
export function createIssue(ground: Ground) {
  const { store, clock, random, hasher, identity, namespaces, policy } = ground;

  const addSecret = async (tx: Tx, namespaceId: NamespaceId, id: AccessKeyId, at: EpochMs): Promise<Secret> => {
    const secret = newSecret(random);
    const hashed = hasher.hash(secretContext(namespaceId, id, secret.reveal()));
    await insertSecret(tx, id, hashed, hasher.hash(finderContext(secret.reveal())), at);
    return secret;
  };

  const checkPolicy = async (
    tx: Tx,
    { caller: { teamId, user } }: Cause,
    { namespaceId, owner, createdAt, expiresAt, allowedNetworks }: Omit<AccessKey, "id" | "updatedAt" | "state">,
  ): Promise<void> => {
    const askedBy = (await identity.roleIn(tx, teamId, user.id)) ?? "viewer";
    const lifetimeMs = expiresAt === null ? null : expiresAt - createdAt;
    const whose = { teamId, ownerId: owner.id, namespaceId };
    await policy.checkNewKey(tx, { teamId, id: namespaceId }, { owner, askedBy, lifetimeMs, allowedNetworks }, () =>
      countLivingKeys(tx, whose, clock.now()),
    );
  };

  /**
   * The one way for a key to come into being. Its number in the feed says which revocations of many keys at once come after it.
   * Throws `access_key.name_taken`, and `policy.*` for a key that the policy of its team or namespace does not allow.
   */
  const insertNew = async (
    tx: Tx,
    cause: Cause,
    given: Omit<AccessKey, "id" | "updatedAt" | "state">,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<IssuedKey> => {
    if (await isNameTaken(tx, given.namespaceId, given.name, null)) throw accessKeyErrors.name_taken();
    await checkPolicy(tx, cause, given);
    const id = `dof_v1_${randomHex(random, 16)}` as AccessKeyId;
    const key: AccessKey = { ...given, id, updatedAt: given.createdAt, state: { kind: "active" } };
    const details = {
      namespace: key.namespaceId,
      name: key.name,
      owner: key.owner.id,
      expires_at: key.expiresAt,
      grants: key.grants.map(formatGrant),
      allowed_networks: key.allowedNetworks,
      ...more,
    };
    const at = key.createdAt;
    const seq = await recordChange(ground, tx, cause, { verb: "access_key.create", id, at, details });
    await insertKey(tx, key, seq);
    return { key, secret: await addSecret(tx, key.namespaceId, id, at) };
  };

  const createFor = async (
    tx: Tx,
    cause: Cause,
    namespaceId: string,
    owner: User,
    input: NewAccessKey,
  ): Promise<IssuedKey> => {
    // Again, inside: a key must not outlive the namespace, nor come to life after it.
    const namespace = await namespaces.requireIn(tx, cause.caller, namespaceId);
    const createdAt = wholeSecond(clock.now());
    return insertNew(tx, cause, {
      namespaceId: namespace.id,
      owner,
      name: input.name,
      grants: input.grants ?? FULL_GRANTS,
      allowedNetworks: (input.allowedNetworks ?? []).map(requireNetwork),
      expiresAt: input.lifetimeSeconds === null ? null : createdAt + input.lifetimeSeconds * 1000,
      createdAt,
    });
  };

  return {
    insertNew,

    /** Issues a key to the caller. Throws `access_key.name_taken`, `access_key.bad_network`. */
    create: (cause: Cause, namespace: Namespace, input: NewAccessKey): Promise<IssuedKey> =>
      store.transaction(async (tx) => {
        await identity.requireStandingIn(tx, cause.caller, "access_key.create");
        return createFor(tx, cause, namespace.id, cause.caller.user, input);
      }),

    /** Issues a key to a service identity of the caller's team. Throws what `create` does, and `identity.service_identity_not_found`. */
    createForService: (
      cause: Cause,
      identityId: string,
      namespaceId: string,
      input: NewAccessKey,
    ): Promise<IssuedKey> =>
      store.transaction(async (tx) => {
        await identity.requireStandingIn(tx, cause.caller, "service_identity.issue");
        const { user } = await identity.serviceIdentities.requireIn(tx, cause.caller, identityId);
        return createFor(tx, cause, namespaceId, user, input);
      }),

    /**
     * Gives the key a new secret; the old one works until the overlap is over (0: it is dead when this resolves), and the oldest end
     * at once when there are too many. Throws `access_key.not_yours`: whoever sees the secret can act in the name of the key's owner.
     */
    rotate: (cause: Cause, namespace: Namespace, id: string, overlapSeconds: number): Promise<RotatedKey> =>
      store.transaction(async (tx) => {
        const key = await requireManaged(ground, tx, cause, namespace, id);
        if (!(await isOwn(ground, tx, cause, key))) throw accessKeyErrors.not_yours();
        const now = clock.now();
        if (shownState(key, now) !== "active") throw accessKeyErrors.cannot_rotate();
        const previousSecretExpiresAt = wholeSecond(now) + overlapSeconds * 1000;
        await endCurrentSecret(tx, key.id, previousSecretExpiresAt, now);
        const secret = await addSecret(tx, namespace.id, key.id, now);
        const secretsEnded = await endOldest(tx, key.id, LIVING_SECRETS, now);
        const details = {
          namespace: namespace.id,
          previous_secret_expires_at: previousSecretExpiresAt,
          secrets_ended: secretsEnded,
        };
        await recordChange(ground, tx, cause, { verb: "access_key.rotate", id: key.id, at: now, details });
        return { key, secret, previousSecretExpiresAt, secretsEnded };
      }),
  };
}

export type Issue = ReturnType<typeof createIssue>;

/** Whether the caller may do what shows a key's secret: its owner; for a service identity's, its responsible person and team owners. */
export async function isOwn({ identity }: Ground, tx: Tx, { caller }: Cause, { owner }: AccessKey): Promise<boolean> {
  if (owner.id === caller.user.id) return true;
  if (owner.kind === "person") return false;
  if (may(caller, "service_identity.manage")) return true;
  const { responsible } = await identity.serviceIdentities.requireIn(tx, caller, owner.id);
  return responsible.id === caller.user.id;
}

function requireNetwork(text: string): string {
  const network = parseNetwork(text);
  if (network === undefined) throw accessKeyErrors.bad_network();
  return network;
}
