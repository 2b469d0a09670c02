import type { AuditLog } from "../../audit/index.ts";
import type { TeamPrincipal } from "../../identity/index.ts";
import type { Clock, EpochMs } from "../../kernel/clock.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";
import { type NamespaceId, type Namespaces, parseNamespaceId } from "../../namespaces/index.ts";
import { accessKeyErrors } from "../errors.ts";
import {
  type CallerThen,
  callersOf,
  DECISIVE_VERBS,
  type Difference,
  differenceOf,
  type History,
  noHistory,
  stepOn,
} from "../model-history.ts";

export type AccessThen = {
  readonly namespaceId: NamespaceId;
  readonly at: EpochMs;
  readonly callers: readonly CallerThen[];
  readonly difference: (Difference & { readonly comparedTo: EpochMs }) | null;
};

/** Who could call at a time in the past: nothing but the audit log is asked. */
export function createAccessHistory(deps: {
  auditLog: Pick<AuditLog, "replay" | "reachesBackTo">;
  namespaces: Namespaces;
  clock: Clock;
}) {
  const { auditLog, namespaces, clock } = deps;

  const replayUntil = async (teamId: string, until: EpochMs): Promise<History> => {
    const history = noHistory();
    for await (const entry of auditLog.replay(teamId, { verbs: DECISIVE_VERBS, until })) stepOn(history, entry);
    return history;
  };

  /** A namespace that was deleted has a history as well. Throws `namespace.not_found` for one that the team never had. */
  const requireNamespace = async (caller: TeamPrincipal, text: string, now: EpochMs): Promise<NamespaceId> => {
    const id = parseNamespaceId(text);
    const wanted = { verbs: ["namespace.create"], until: now };
    for await (const { targetId } of auditLog.replay(caller.teamId, wanted)) if (targetId === id) return id;
    return (await namespaces.require(caller, text)).id;
  };

  return {
    /**
     * Who could call a namespace of the caller's team at that time, what was done at that very instant included; now if it is null.
     * Throws `namespace.not_found`, `access_key.history_pruned`, `access_key.history_ahead`.
     */
    async accessAt(
      caller: TeamPrincipal,
      namespace: string,
      asked: { readonly at: EpochMs | null; readonly comparedTo: EpochMs | null },
    ): Promise<AccessThen> {
      const now = clock.now();
      const { comparedTo } = asked;
      const at = asked.at ?? now;
      const namespaceId = await requireNamespace(caller, namespace, now);
      if (Math.max(at, comparedTo ?? at) > now) throw accessKeyErrors.history_ahead();
      const wholeFrom = auditLog.reachesBackTo(caller.teamId);
      if (wholeFrom !== null)
        throw accessKeyErrors.history_pruned({
          says: `The audit log was pruned: what happened before ${toTimestamp(wholeFrom)} is gone, and with it the keys that were made by then. So nobody can say who could call.`,
        });
      const callersAt = async (instant: EpochMs) =>
        callersOf(await replayUntil(caller.teamId, instant), caller.teamId, namespaceId, instant);
      const callers = await callersAt(at);
      const difference =
        comparedTo === null ? null : { ...differenceOf(await callersAt(comparedTo), callers), comparedTo };
      return { namespaceId, at, callers, difference };
    },
  };
}

export type AccessHistory = ReturnType<typeof createAccessHistory>;
