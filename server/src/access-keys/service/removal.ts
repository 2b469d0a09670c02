import { actorOf, type RemovalCascade, type RestorableKeys, type TeamId, type UserId } from "../../identity/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import { appendChange } from "../../store/changes.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import { accessKeyErrors } from "../errors.ts";
import type { AccessKey } from "../model.ts";
import { freeName, isNameTaken, updateKeyExpiry } from "../queries/keys.ts";
import { countRestorable, forgetRestorable, listRestorable, restoreKey, takeKeysOf } from "../queries/removals.ts";
import { type Cause, type Ground, requireKey } from "./ground.ts";

/** How long after a removal the keys that it took can be had back. */
const RESTORE_WITHIN_MS = 24 * 3_600_000;

export type Restoration = {
  readonly keys: readonly AccessKey[];
  /** How many did not fit into what the policy lets a person have; there is time to make room for them. */
  readonly leftOut: number;
};

/** What becomes of somebody's keys when their place in a team ends, and if it begins again. */
export function createRemoval(ground: Ground) {
  const { store, clock, audit, identity, policy } = ground;
  const since = () => clock.now() - RESTORE_WITHIN_MS;

  /** Ends the keys in the transaction that ends the membership, whose change in the feed drops what is remembered of them. */
  const end: RemovalCascade = async (tx, { teamId, userId, reason, at }) => {
    await forgetRestorable(tx, teamId, userId);
    const taken = await takeKeysOf(tx, teamId, userId, reason, at);
    // Nobody comes back as a service identity that was deleted.
    if (reason === "service identity deleted") await forgetRestorable(tx, teamId, userId);
    return { access_keys: taken };
  };

  const restorableOf: RestorableKeys = ({ teamId }, userIds) => countRestorable(store.db, teamId, userIds, since());

  identity.onRemove(end);
  identity.members.countRestorableKeysWith(restorableOf);

  const choose = async (db: Db | Tx, teamId: TeamId, memberId: string): Promise<Restoration> => {
    const userId = memberId as UserId;
    if ((await identity.roleIn(db, teamId, userId)) === null) throw accessKeyErrors.holder_not_found();
    const taken = await listRestorable(db, teamId, userId, since());
    const keys = await policy.returningThatFit(db, { teamId, ownerId: userId }, taken);
    return { keys, leftOut: taken.length - keys.length };
  };

  return {
    /** What restoring would give back to a member. Throws `access_key.holder_not_found` for who is none. */
    previewRestore: ({ caller }: Pick<Cause, "caller">, memberId: string): Promise<Restoration> =>
      choose(store.db, caller.teamId, memberId),

    /**
     * Gives a member who was added again the keys back that the removal took, each as it was: those that nothing else has ended
     * meanwhile, and as many as the policy lets a person have. A name that was given to another key gets a suffix.
     */
    restore: (cause: Cause, memberId: string): Promise<Restoration> =>
      store.transaction(async (tx) => {
        const { caller, origin } = cause;
        const userId = memberId as UserId;
        await identity.requireStandingIn(tx, caller, "member.manage");
        const { keys, leftOut } = await choose(tx, caller.teamId, memberId);
        const at = clock.now();
        const restored: AccessKey[] = [];
        for (const key of keys) restored.push(await bringBack(ground, tx, caller.teamId, key, at));
        await appendChange(tx, { kind: "membership", targetId: userId, at });
        await audit.record(tx, {
          teamId: caller.teamId,
          actor: actorOf(caller),
          verb: "access_key.restore",
          target: { kind: "member", id: userId },
          origin,
          details: {
            access_keys: restored.map(({ id, name, expiresAt }) => ({ id, name, expires_at: expiresAt })),
          },
        });
        return { keys: restored, leftOut };
      }),
  };
}

/** Makes a key what it was, as far as names and policy allow by now. */
async function bringBack({ policy }: Ground, tx: Tx, teamId: TeamId, key: AccessKey, at: EpochMs): Promise<AccessKey> {
  const { id, namespaceId } = key;
  const isTaken = await isNameTaken(tx, namespaceId, key.name, id);
  const name = isTaken ? await freeName(tx, namespaceId, key.name, "restored") : key.name;
  await restoreKey(tx, id, name, at);
  // A policy that was tightened while the key was away has not seen it.
  const expiresAt = await policy.expiryOfReturning(tx, { teamId, id: namespaceId }, key);
  if (expiresAt !== null) await updateKeyExpiry(tx, id, expiresAt, at);
  return requireKey(tx, namespaceId, id);
}
