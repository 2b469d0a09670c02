import type { ServiceIdentity, TeamPrincipal } from "../../identity/index.ts";
import { createFailedAttempts, type FailureSummary } from "../../kernel/failed-attempts.ts";
import type { Which } from "../../kernel/paced.ts";
import type { Namespace } from "../../namespaces/index.ts";
import { appendChange, followChanges } from "../../store/changes.ts";
import type { Tx } from "../../store/transaction.ts";
import type { AccessKey, AccessKeyId, KeyUse } from "../model.ts";
import { listKeys, revokeKeysOf, teamOfKey } from "../queries/keys.ts";
import { createUses } from "../uses.ts";
import { createVerifier } from "../verify.ts";
import { createExpiryNotices } from "./expiry-notices.ts";
import { createFirstUses } from "./first-uses.ts";
import { createFoundSecrets, type RevokeBearer } from "./found-secrets.ts";
import { type Ground, requireKey } from "./ground.ts";
import { createHandOver } from "./hand-over.ts";
import { createIdleSecrets } from "./idle-secrets.ts";
import { createIssue } from "./issue.ts";
import { createLifeCycle } from "./life-cycle.ts";
import { servePolicy } from "./policed.ts";
import { createRemoval } from "./removal.ts";
import { createRevokeAll } from "./revoke-all.ts";

export type AccessKeysDeps = Omit<Ground, "uses"> & {
  /** Failed attempts a minute after which an address, or a key id, is told to wait. */
  failureLimits: { perAddress: number; perSubject: number };
  revokeBearer: RevokeBearer;
};

/** The heart: people's own keys to a namespace, from issue to revocation. */
export function createAccessKeys(deps: AccessKeysDeps) {
  const { store, clock, random, hasher, audit, namespaces } = deps;
  const uses = createUses(store.activity);
  const ground: Ground = { ...deps, uses };
  const failures = createFailedAttempts({ clock, ...deps.failureLimits });
  const reports = createFailedAttempts({ clock, ...deps.failureLimits });
  const verifier = createVerifier({
    committed: store.committed,
    changes: followChanges(store.committed),
    clock,
    random,
    hasher,
    uses,
    failures,
  });
  const firstUses = createFirstUses({ ...ground, activity: store.activity });
  const issue = createIssue(ground);
  const removal = createRemoval(ground);
  servePolicy(ground);

  namespaces.onDelete(async (tx, namespaceId, at) => {
    for (const id of await revokeKeysOf(tx, namespaceId, "namespace deleted", at)) {
      await appendChange(tx, { kind: "access_key", targetId: id, at });
    }
  });

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

  return {
    verify: verifier.verify,
    standingOf: verifier.standingOf,
    create: issue.create,
    createForService: issue.createForService,
    rotate: issue.rotate,
    ...createHandOver(ground, issue),
    ...createLifeCycle(ground),
    ...createRevokeAll(ground),
    previewRestore: removal.previewRestore,
    restore: removal.restore,
    ...createFoundSecrets(ground, { revokeBearer: deps.revokeBearer, reports }),
    ...createIdleSecrets(ground),
    ...createExpiryNotices(ground),

    requireServiceIdentity: (caller: TeamPrincipal, id: string): Promise<ServiceIdentity> =>
      deps.identity.serviceIdentities.get(caller, id),

    list: (namespace: Namespace): Promise<AccessKey[]> => listKeys(store.db, namespace.id),

    get: (namespace: Namespace, id: string): Promise<AccessKey> => requireKey(store.db, namespace.id, id),

    lastUses: (keys: readonly AccessKey[]): Promise<ReadonlyMap<AccessKeyId, KeyUse>> =>
      uses.last(keys.map(({ id }) => id)),

    /** Writes behind what has gathered: uses of keys, first uses, and one audit entry per key that somebody failed to use. */
    async writeBehind(which: Which = "due"): Promise<void> {
      uses.write();
      await firstUses.tellOfFirstUses(uses.takeUsedFrom());
      const summaries = failures.takeSummaries(which);
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
