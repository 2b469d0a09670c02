import type { Audit, Origin } from "../../audit/index.ts";
import { actorOf, type Identity, type TeamId, type TeamPrincipal } from "../../identity/index.ts";
import type { Clock, EpochMs } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import type { SecretHasher } from "../../kernel/secret-hash.ts";
import type { Namespace, NamespaceId, Namespaces } from "../../namespaces/index.ts";
import type { Notifications } from "../../notifications/index.ts";
import type { PolicyRoom } from "../../policy/index.ts";
import { appendChange } from "../../store/changes.ts";
import type { Store } from "../../store/store.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import { accessKeyErrors } from "../errors.ts";
import { type AccessKey, type AccessKeyId, parseAccessKeyId, type RevocationReason } from "../model.ts";
import { findKey } from "../queries/keys.ts";
import type { Uses } from "../uses.ts";

/** What every use case of this room stands on. */
export type Ground = {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly hasher: SecretHasher;
  readonly audit: Audit;
  readonly identity: Identity;
  readonly namespaces: Namespaces;
  readonly policy: PolicyRoom;
  readonly notifications: Pick<Notifications, "announce" | "enqueue">;
  readonly uses: Uses;
};

/** Who asked for a change, and from where. */
export type Cause = { readonly caller: TeamPrincipal; readonly origin: Origin };

/** The namespace's key of this id. Throws `access_key.not_found` for any other text, whatever it is. */
export async function requireKey(db: Db | Tx, namespaceId: NamespaceId, text: string): Promise<AccessKey> {
  const id = parseAccessKeyId(text);
  const key = id === undefined ? undefined : await findKey(db, namespaceId, id);
  if (key === undefined) throw accessKeyErrors.not_found();
  return key;
}

/** What the transaction of a change to a key begins with: the caller may still make it, and the key is still there. */
export async function requireManaged(
  { identity }: Ground,
  tx: Tx,
  { caller }: Cause,
  namespace: Namespace,
  id: string,
): Promise<AccessKey> {
  await identity.requireStandingIn(tx, caller, "access_key.manage");
  return requireKey(tx, namespace.id, id);
}

/**
 * Everything a change to a key writes beside the change: the feed, so that no copy outlives it, and the audit entry. Gives the
 * change's number in the feed.
 */
export async function recordChange(
  { audit }: Ground,
  tx: Tx,
  cause: Cause,
  told: { verb: string; id: AccessKeyId; at: EpochMs; details: Record<string, unknown> },
): Promise<number> {
  const seq = await appendChange(tx, { kind: "access_key", targetId: told.id, at: told.at });
  await audit.record(tx, {
    teamId: cause.caller.teamId,
    actor: actorOf(cause.caller),
    verb: told.verb,
    target: { kind: "access_key", id: told.id },
    origin: cause.origin,
    details: told.details,
  });
  return seq;
}

/** Tells the team's webhook that a key is gone. */
export const announceRevocation = (
  { notifications }: Ground,
  tx: Tx,
  teamId: TeamId,
  { id, name, namespaceId, owner }: AccessKey,
  reason: RevocationReason,
): Promise<void> =>
  notifications.announce(tx, teamId, { type: "key.revoked", key: { id, name }, namespaceId, owner, reason });
