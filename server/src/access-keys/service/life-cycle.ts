import { may } from "../../identity/index.ts";
import type { Namespace } from "../../namespaces/index.ts";
import type { Tx } from "../../store/transaction.ts";
import { accessKeyErrors } from "../errors.ts";
import { type AccessKey, UNUSED } from "../model.ts";
import { isNameTaken, resumeKey, revokeKey, suspendKey, updateKeyName } from "../queries/keys.ts";
import { announceRevocation, type Cause, type Ground, recordChange, requireManaged } from "./ground.ts";
import { isOwn } from "./issue.ts";

/** What happens to a key between its issue and its end, and its end by itself. */
export function createLifeCycle(ground: Ground) {
  const { store, clock, identity } = ground;

  /** Whoever suspends a key may mean its owner no good; so its owner may undo their own doing, and the server's, and no more. */
  const mayResume = async (tx: Tx, cause: Cause, key: AccessKey): Promise<boolean> => {
    if (may(cause.caller, "access_key.resume_any")) return true;
    if (key.state.kind !== "suspended" || !(await isOwn(ground, tx, cause, key))) return false;
    return key.state.by === cause.caller.user.id || (key.state.by === null && key.state.reason === UNUSED);
  };

  /**
   * Who fears that a key will be taken from them could suspend it first, and resume it whenever they like. So an owner of the team
   * takes such a suspension over: one that the key's owner, or who answers for a service identity, could undo.
   */
  const mayTakeOver = async (tx: Tx, { caller }: Cause, { state, owner }: AccessKey): Promise<boolean> => {
    if (state.kind !== "suspended" || !may(caller, "access_key.resume_any") || state.by === caller.user.id)
      return false;
    if (state.by === null) return state.reason === UNUSED;
    if (owner.kind === "person") return state.by === owner.id;
    const { responsible } = await identity.serviceIdentities.requireIn(tx, caller, owner.id);
    return state.by === owner.id || state.by === responsible.id;
  };

  return {
    /** Throws `access_key.name_taken`. */
    rename: (cause: Cause, namespace: Namespace, id: string, name: string): Promise<AccessKey> =>
      store.transaction(async (tx) => {
        const key = await requireManaged(ground, tx, cause, namespace, id);
        if (await isNameTaken(tx, namespace.id, name, key.id)) throw accessKeyErrors.name_taken();
        const at = clock.now();
        await updateKeyName(tx, key.id, name, at);
        const details = { namespace: namespace.id, name, previous_name: key.name };
        await recordChange(ground, tx, cause, { verb: "access_key.rename", id: key.id, at, details });
        return { ...key, name, updatedAt: at };
      }),

    /**
     * Suspends the key: as dead as a deleted one when this resolves, until it is resumed. Throws `access_key.cannot_suspend` for
     * one that is suspended already, unless it is an owner of the team who takes the suspension over.
     */
    suspend: (cause: Cause, namespace: Namespace, id: string, reason: string): Promise<AccessKey> =>
      store.transaction(async (tx) => {
        const key = await requireManaged(ground, tx, cause, namespace, id);
        const { state } = key;
        if (state.kind !== "active" && !(await mayTakeOver(tx, cause, key))) throw accessKeyErrors.cannot_suspend();
        const takenOver = state.kind === "suspended" ? { taken_over: { reason: state.reason, by: state.by } } : {};
        const at = clock.now();
        const by = cause.caller.user.id;
        await suspendKey(tx, key.id, { reason, by, at });
        const details = { namespace: namespace.id, name: key.name, owner: key.owner.id, reason, ...takenOver };
        await recordChange(ground, tx, cause, { verb: "access_key.suspend", id: key.id, at, details });
        return { ...key, updatedAt: at, state: { kind: "suspended", reason, by } };
      }),

    /** Throws `access_key.cannot_resume` for a key that is not suspended, `access_key.suspended_by_other`. */
    resume: (cause: Cause, namespace: Namespace, id: string): Promise<AccessKey> =>
      store.transaction(async (tx) => {
        const key = await requireManaged(ground, tx, cause, namespace, id);
        if (key.state.kind !== "suspended") throw accessKeyErrors.cannot_resume();
        if (!(await mayResume(tx, cause, key))) throw accessKeyErrors.suspended_by_other();
        const at = clock.now();
        await resumeKey(tx, key.id, at);
        const details = { namespace: namespace.id, name: key.name, owner: key.owner.id, reason: key.state.reason };
        await recordChange(ground, tx, cause, { verb: "access_key.resume", id: key.id, at, details });
        return { ...key, updatedAt: at, state: { kind: "active" } };
      }),

    /** Deletes the key: no request that starts after this resolves is accepted with it. */
    revoke: (cause: Cause, namespace: Namespace, id: string): Promise<void> =>
      store.transaction(async (tx) => {
        const key = await requireManaged(ground, tx, cause, namespace, id);
        const at = clock.now();
        await revokeKey(tx, key.id, "deleted", at);
        await announceRevocation(ground, tx, cause.caller.teamId, key, "deleted");
        const details = { namespace: namespace.id, name: key.name, owner: key.owner.id };
        await recordChange(ground, tx, cause, { verb: "access_key.delete", id: key.id, at, details });
      }),
  };
}
