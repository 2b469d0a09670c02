import { may } from "../../identity/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import { wholeSecond } from "../../kernel/timestamp.ts";
import type { Namespace } from "../../namespaces/index.ts";
import type { Tx } from "../../store/transaction.ts";
import { accessKeyErrors } from "../errors.ts";
import { type AccessKey, shownState } from "../model.ts";
import { freeName, revokeKey, updateKeyExpiry, updateKeyName } from "../queries/keys.ts";
import { announceRevocation, type Cause, type Ground, recordChange, requireManaged } from "./ground.ts";
import { type Issue, type IssuedKey, isOwn } from "./issue.ts";

const SUFFIX = "handed over";

/** Gives a person's access to the team itself, for what must not die with a membership. */
export function createHandOver(ground: Ground, issue: Issue) {
  const { store, clock, identity } = ground;

  /** Leaves the old key to its owner until then, under another name; gives that. */
  const windDown = async (tx: Tx, cause: Cause, key: AccessKey, end: EpochMs, now: EpochMs): Promise<string> => {
    if (end <= now) {
      await revokeKey(tx, key.id, "handed over", now);
      await announceRevocation(ground, tx, cause.caller.teamId, key, "handed over");
      return key.name;
    }
    const name = await freeName(tx, key.namespaceId, key.name, SUFFIX);
    await updateKeyName(tx, key.id, name, now);
    await updateKeyExpiry(tx, key.id, end, now);
    return name;
  };

  return {
    /**
     * Makes a key of the service identity's that opens what this one opens, and ends this one after the overlap (0: when this
     * resolves). The old key stays its owner's, so that what it does is told of them, and dies at the latest when they leave. For
     * the key's owner and owners of the team. Throws `access_key.not_yours`, `access_key.cannot_hand_over`.
     */
    handOver: (
      cause: Cause,
      namespace: Namespace,
      id: string,
      to: { identityId: string; overlapSeconds: number },
    ): Promise<IssuedKey & { previousExpiresAt: EpochMs }> =>
      store.transaction(async (tx) => {
        const key = await requireManaged(ground, tx, cause, namespace, id);
        await identity.requireStandingIn(tx, cause.caller, "service_identity.issue");
        if (!may(cause.caller, "member.manage") && !(await isOwn(ground, tx, cause, key)))
          throw accessKeyErrors.not_yours();
        const { user } = await identity.serviceIdentities.requireIn(tx, cause.caller, to.identityId);
        const now = clock.now();
        if (shownState(key, now) !== "active" || key.owner.id === user.id) throw accessKeyErrors.cannot_hand_over();

        const end = wholeSecond(now) + to.overlapSeconds * 1000;
        const previousExpiresAt = key.expiresAt === null ? end : Math.min(key.expiresAt, end);
        const windDownName = await windDown(tx, cause, key, previousExpiresAt, now);
        const { name, grants, allowedNetworks, expiresAt } = key;
        const given = { namespaceId: namespace.id, owner: user, name, grants, allowedNetworks, expiresAt };
        const issued = await issue.insertNew(
          tx,
          cause,
          { ...given, createdAt: wholeSecond(now) },
          { handed_over_from: key.id },
        );
        const details = {
          namespace: namespace.id,
          name: windDownName,
          previous_name: name,
          owner: key.owner.id,
          to: user.id,
          new_key: issued.key.id,
          expires_at: previousExpiresAt,
        };
        await recordChange(ground, tx, cause, { verb: "access_key.hand_over", id: key.id, at: now, details });
        return { ...issued, previousExpiresAt };
      }),
  };
}
