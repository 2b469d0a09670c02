import { actorOf, type TeamPrincipal, type UserId } from "../../identity/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import { appendChange } from "../../store/changes.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import { accessKeyErrors } from "../errors.ts";
import type { AccessKey, AccessKeyId, KeyUse } from "../model.ts";
import { type CutOffTarget, countConcerned, insertCutOff, listConcerned } from "../queries/cut-offs.ts";
import type { Cause, Ground } from "./ground.ts";

/** Of whom or what: by their ids, as a caller gives them. */
export type RevokeAllOf =
  | { readonly kind: "team" }
  | { readonly kind: "namespace"; readonly id: string }
  | { readonly kind: "user"; readonly id: string };

/** More would say no more to whoever has to decide. */
const MOST_SHOWN = 1_000;

/** What revoking all would end. */
export type RevokeAllPreview = {
  readonly count: number;
  /** The newest of them. */
  readonly keys: readonly AccessKey[];
  readonly uses: ReadonlyMap<AccessKeyId, KeyUse>;
};

/**
 * Revokes every key of a team, a namespace or a user at once. It writes one row however many keys there are: a key is dead if it was
 * issued before the row (adr/0006). What is created after it lives.
 */
export function createRevokeAll(ground: Ground) {
  const { store, clock, audit, identity, namespaces, notifications, uses } = ground;

  const find = async (db: Db | Tx, caller: TeamPrincipal, of: RevokeAllOf): Promise<CutOffTarget> => {
    const { teamId } = caller;
    switch (of.kind) {
      case "team":
        return { teamId, kind: "team", id: teamId };
      case "namespace":
        return { teamId, kind: "namespace", id: (await namespaces.requireIn(db, caller, of.id)).id };
      case "user": {
        if ((await identity.roleIn(db, teamId, of.id as UserId)) === null) throw accessKeyErrors.holder_not_found();
        return { teamId, kind: "user", id: of.id };
      }
    }
  };

  return {
    /** What it would end now. Throws `namespace.not_found`, `access_key.holder_not_found`. */
    async previewRevokeAll(caller: TeamPrincipal, of: RevokeAllOf): Promise<RevokeAllPreview> {
      const target = await find(store.db, caller, of);
      const keys = await listConcerned(store.db, target, MOST_SHOWN);
      const count = await countConcerned(store.db, target);
      return { count, keys, uses: await uses.last(keys.map(({ id }) => id)) };
    },

    /** No request that starts after this resolves is accepted with any of them. Gives when it was, for whom all were revoked. */
    revokeAll: (cause: Cause, of: RevokeAllOf): Promise<{ at: EpochMs }> =>
      store.transaction(async (tx) => {
        const { caller, origin } = cause;
        await identity.requireStandingIn(tx, caller, "access_key.revoke_all");
        const target = await find(tx, caller, of);
        const at = clock.now();
        const seq = await appendChange(tx, { kind: "cutoff", targetId: target.id, at });
        await insertCutOff(tx, target, seq, at);
        const { teamId, kind, id } = target;
        await notifications.announce(tx, teamId, { type: "keys.revoked", of: kind, id });
        await audit.record(tx, {
          teamId,
          actor: actorOf(caller),
          verb: "access_key.revoke_all",
          target: { kind: kind === "user" ? "member" : kind, id },
          origin,
          details: { of: kind, change: seq },
        });
        return { at };
      }),
  };
}
