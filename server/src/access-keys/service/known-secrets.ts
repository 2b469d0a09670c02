import type { AuditLog } from "../../audit/index.ts";
import type { Identity, TeamPrincipal } from "../../identity/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Store } from "../../store/store.ts";
import { type AccessKey, isOver } from "../model.ts";
import { mayKnow, noSecrets, SHOWING_VERBS, showOn } from "../model-known-secrets.ts";
import { listServiceKeys } from "../queries/keys.ts";

/** What outlives somebody's place in a team although they may know its secret. */
export type KnownSecrets = {
  readonly keys: readonly AccessKey[];
  readonly tokens: Awaited<ReturnType<Identity["tokens"]["list"]>>;
  readonly choseWebhook: boolean;
  readonly knowsWebhookSecret: boolean;
};

/** Says which of the team's own secrets somebody has been shown: told from the audit log, as far back as it reaches. */
export function createKnownSecrets(deps: {
  store: Store;
  clock: Clock;
  identity: Identity;
  auditLog: Pick<AuditLog, "replay">;
}) {
  const { store, clock, identity, auditLog } = deps;
  return async (caller: TeamPrincipal, personId: string): Promise<KnownSecrets> => {
    const now = clock.now();
    const shown = noSecrets();
    for await (const entry of auditLog.replay(caller.teamId, { verbs: SHOWING_VERBS, until: now }))
      showOn(shown, entry, personId);
    const keys = await listServiceKeys(store.db, caller.teamId);
    const tokens = await identity.tokens.list(caller, true);
    const isAlive = ({ expiresAt }: { expiresAt: number | null }): boolean => !isOver(expiresAt, now);
    return {
      keys: keys.filter((key) => isAlive(key) && mayKnow(shown, key.id, now)),
      tokens: tokens.filter((token) => isAlive(token) && token.owner.kind === "service" && shown.tokens.has(token.id)),
      choseWebhook: shown.choseWebhook,
      knowsWebhookSecret: shown.knowsWebhookSecret,
    };
  };
}
