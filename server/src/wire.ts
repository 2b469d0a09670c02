import type { AddressInfo } from "node:net";
import manifest from "../package.json" with { type: "json" };
import {
  accessHistoryRoutes,
  accessKeyRoutes,
  createAccessHistory,
  createAccessKeys,
  createRemovalPreview,
  removalPreviewRoutes,
} from "./access-keys/index.ts";
import { auditRoutes, createAudit, createAuditLog, createRefusals, openSigner } from "./audit/index.ts";
import type { Config } from "./config.ts";
import {
  createFunctions,
  DEFAULT_LIMITS,
  type FunctionLimits,
  functionRoutes,
  webActionRoute,
} from "./functions/index.ts";
import { operationsRoutes } from "./http/operations.ts";
import { requireSecretMarks } from "./http/secret-marks.ts";
import { createHttp } from "./http/server.ts";
import { actorOf, createIdentity, type Identity, identityRoutes, type TeamPrincipal } from "./identity/index.ts";
import type { Clock } from "./kernel/clock.ts";
import type { Log } from "./kernel/log.ts";
import { periodically } from "./kernel/periodic.ts";
import type { Random } from "./kernel/random.ts";
import { createSealer } from "./kernel/seal.ts";
import { createSecretHasher } from "./kernel/secret-hash.ts";
import { createNamespaces, namespaceRoutes } from "./namespaces/index.ts";
import { createNotifications, notificationRoutes } from "./notifications/index.ts";
import { createPolicy, policyRoutes } from "./policy/index.ts";
import { createRuntime, runtimeSizeFor } from "./runtime/index.ts";
import { createSchedules, scheduleRoutes } from "./schedules/index.ts";
import { type DataFolder, loadPepper } from "./store/data-folder.ts";
import type { Store } from "./store/store.ts";

const WRITE_BEHIND_EVERY_MS = 5_000;
const FORGET_EVERY_MS = 10 * 60_000;
const END_IDLE_EVERY_MS = 5 * 60_000;
const TELL_OF_EXPIRY_EVERY_MS = 60 * 60_000;
/** For this long at most, whoever can write to the database can rewrite what the audit log has just recorded. */
const SIGN_AUDIT_EVERY_MS = 60_000;
/** How long a key that nobody uses may go on longer than the policy says. */
const SUSPEND_UNUSED_EVERY_MS = 3_600_000;
const NOTIFY_EVERY_MS = 2_000;
/** How long a mail server, or the receiver of a webhook, may take. */
const NOTIFY_TIMEOUT_MS = 20_000;
/** How long one that is at it may go on once the server has been told to stop. */
const NOTIFY_GRACE_MS = 2_000;
/** A schedule is late by so much at most, while the server keeps up. */
const LOOK_AT_SCHEDULES_EVERY_MS = 1_000;
/** How long functions may go on running once the server has been told to stop. */
const STOP_GRACE_MS = 10_000;

export type Ground = {
  config: Config;
  clock: Clock;
  random: Random;
  log: Log;
  folder: DataFolder;
  store: Store;
  verifyAnswers?: boolean;
};

/** For an operator at the machine itself: what there is to say is said there. */
const NOBODY_IS_TOLD = { canMail: false, enqueue: async () => {}, announce: async () => {} };

/** What a folder needs before, or without, a server: people and teams. */
export function wireIdentity({
  config,
  clock,
  random,
  folder,
  store,
}: Pick<Ground, "config" | "clock" | "random" | "folder" | "store">): Identity {
  const hasher = createSecretHasher(loadPepper(folder, random));
  return createIdentity({
    store,
    clock,
    random,
    hasher,
    audit: createAudit({ clock }),
    notifications: NOBODY_IS_TOLD,
    publicUrl: () => config.publicUrl ?? `http://127.0.0.1:${config.port}`,
    ...identitySettings(config),
  });
}

const identitySettings = ({ sessionLifetimeMs, failedSignInsPerMinute: limit }: Config) => ({
  sessionLifetimeMs,
  attemptLimits: { perAddress: limit, perSubject: limit },
});

/** Defaults that the operator's bounds do not allow are as much as they do. */
function functionLimits({ invocations, functionMax, activationRetentionMs }: Config): FunctionLimits {
  const { timeoutMs, memoryMb, logsMb, ...sizes } = functionMax;
  const upTo = (range: FunctionLimits["timeoutMs"], max: number) => ({
    ...range,
    max,
    default: Math.min(range.default, max),
  });
  return {
    ...DEFAULT_LIMITS,
    ...sizes,
    timeoutMs: upTo(DEFAULT_LIMITS.timeoutMs, timeoutMs),
    memoryMb: upTo(DEFAULT_LIMITS.memoryMb, memoryMb),
    logsMb: upTo(DEFAULT_LIMITS.logsMb, logsMb),
    invocationsPerMinute: invocations.perMinute,
    concurrentInvocations: invocations.concurrent,
    firesPerMinute: invocations.firesPerMinute,
    waitingInvocations: invocations.waiting,
    sequenceLength: invocations.sequenceLength,
    retentionMs: activationRetentionMs,
  };
}

/** Everything is built and joined here, ground floor first. */
export function wire(ground: Ground) {
  const { config, clock, random, log, folder, store } = ground;
  const hasher = createSecretHasher(loadPepper(folder, random));
  const audit = createAudit({ clock });
  const auditLog = createAuditLog({
    store,
    clock,
    log,
    audit,
    signer: openSigner({ folder, random, store }),
    retentionDays: config.auditRetentionDays,
  });
  const refusals = createRefusals({ store, clock, audit });
  const notifications = createNotifications({
    store,
    clock,
    random,
    log,
    audit,
    sealer: createSealer({ pepper: loadPepper(folder, random), random, purpose: "notifications" }),
    mailServer: config.mailServer,
    webhooksToPrivateNetworks: config.webhooksToPrivateNetworks,
    timeoutMs: NOTIFY_TIMEOUT_MS,
    userAgent: `Latchkey/${manifest.version}`,
  });
  let publicUrl = config.publicUrl ?? "";
  const identity = createIdentity({
    store,
    clock,
    random,
    hasher,
    audit,
    notifications,
    publicUrl: () => publicUrl,
    ...identitySettings(config),
  });
  const namespaces = createNamespaces({ store, clock, random, audit, identity, limit: config.namespacesPerTeam });
  const policy = createPolicy({ store, clock, audit, identity, namespaces });
  const failureLimits = { perAddress: config.failedAttemptsPerMinute, perSubject: config.failedAttemptsPerMinute };
  const accessKeys = createAccessKeys({
    store,
    clock,
    random,
    hasher,
    audit,
    identity,
    namespaces,
    policy,
    notifications,
    failureLimits,
    revokeBearer: identity.endFound,
  });

  const runtime = createRuntime({
    clock,
    random,
    log,
    config: {
      ...runtimeSizeFor({ memoryMb: config.functionMemoryMb, cores: config.processors }),
      scratchDirectory: folder.cells,
    },
  });
  const functions = createFunctions({
    store,
    clock,
    random,
    log,
    audit,
    runtime,
    limits: functionLimits(config),
    apiHost: () => publicUrl,
    standing: (ref) => {
      if (ref.kind === "access_key") return accessKeys.standingOf(ref.keyId, ref.secretNumber);
      const member = namespaces.grantsOf(ref.namespaceId, ref.ownerId);
      const { namespaceId, trigger: credentialId } = ref;
      const through = {
        credentialKind: "schedule",
        credentialId,
        namespaceId,
        expiresAt: null,
        secretNumber: null,
      } as const;
      return member === null ? null : { ...member, ...through };
    },
  });
  namespaces.onDelete(functions.removeNamespace);
  const schedules = createSchedules({
    store,
    clock,
    random,
    log,
    audit,
    identity,
    namespaces,
    hasFunction: functions.hasAction,
    queue: functions,
    limit: config.triggersPerNamespace,
  });
  const { touchesOf } = functions;
  const schedulesOf = schedules.listOwnedBy;
  const preview = createRemovalPreview({ store, clock, identity, accessKeys, touchesOf, schedulesOf, auditLog });

  const mayNotify = (caller: TeamPrincipal) => (tx: Parameters<Identity["requireStandingIn"]>[0]) =>
    identity.requireStandingIn(tx, caller, "notification.manage");
  const routes = [
    ...operationsRoutes(),
    ...identityRoutes({ identity, clock, log }),
    ...namespaceRoutes({ namespaces, publicUrl: () => publicUrl }),
    ...accessKeyRoutes({ accessKeys, namespaces, identity, clock }),
    ...removalPreviewRoutes({ preview, accessKeys, identity, clock }),
    ...accessHistoryRoutes({ history: createAccessHistory({ auditLog, namespaces, clock }) }),
    ...policyRoutes({ policy, namespaces }),
    ...notificationRoutes({ notifications, actorOf, requireStanding: mayNotify }),
    ...scheduleRoutes({ schedules, namespaces, identity }),
    ...functionRoutes({ functions, version: manifest.version }),
    ...auditRoutes({ auditLog }),
  ];
  requireSecretMarks(routes);
  const app = createHttp({
    clock,
    random,
    log,
    authenticate: {
      token: identity.recognise,
      access_key: (header, origin) => functions.recogniseToken(header) ?? accessKeys.verify(header, origin),
    },
    routes,
    openRoutes: [webActionRoute(functions)],
    rateLimits: config.rateLimits,
    refused: ({ caller, ...refusal }) => refusals.note({ ...refusal, teamId: caller.teamId, actor: actorOf(caller) }),
    trustProxy: config.trustProxy,
    verifyAnswers: ground.verifyAnswers ?? false,
  });
  const failed = (error: unknown): void => log.error({ error }, "periodic work failed");
  const periodic = [
    periodically(WRITE_BEHIND_EVERY_MS, accessKeys.writeBehind, failed),
    periodically(WRITE_BEHIND_EVERY_MS, refusals.writeBehind, failed),
    periodically(END_IDLE_EVERY_MS, accessKeys.endIdleSecrets, failed),
    periodically(TELL_OF_EXPIRY_EVERY_MS, accessKeys.tellOfExpiry, failed),
    periodically(WRITE_BEHIND_EVERY_MS, identity.writeBehind, failed),
    periodically(FORGET_EVERY_MS, identity.sessions.forgetOld, failed),
    periodically(WRITE_BEHIND_EVERY_MS, functions.writeBehind, failed),
    periodically(FORGET_EVERY_MS, functions.forgetOld, failed),
    periodically(SUSPEND_UNUSED_EVERY_MS, policy.suspendUnused, failed),
    periodically(SIGN_AUDIT_EVERY_MS, auditLog.sign, failed),
    periodically(FORGET_EVERY_MS, auditLog.prune, failed),
    periodically(NOTIFY_EVERY_MS, notifications.wake, failed),
    periodically(FORGET_EVERY_MS, notifications.tidy, failed),
    periodically(LOOK_AT_SCHEDULES_EVERY_MS, schedules.runDue, failed),
  ];

  return {
    app,
    identity,
    accessKeys,
    policy,
    auditLog,
    refusals,
    notifications,
    schedules,
    /** What is served, as described. */
    routes: routes.map(({ route }) => route),
    /** Starts to listen. Resolves with the address that clients use. Rejects with Node's `EADDRINUSE` and the like. */
    async listen(): Promise<string> {
      await app.listen({ host: config.host, port: config.port });
      const { address, port, family } = app.server.address() as AddressInfo;
      // A wildcard is no address to connect to; from this machine, loopback is.
      const reachable = address === "0.0.0.0" || address === "::" ? "127.0.0.1" : address;
      const url = `http://${family === "IPv6" && reachable === address ? `[${address}]` : reachable}:${port}`;
      publicUrl = config.publicUrl ?? url;
      await functions.recover();
      return url;
    },
    /** Stops listening, lets running functions finish, writes everything down. */
    async close(): Promise<void> {
      for (const task of periodic) task.stop();
      functions.stopQueue();
      // At the same time: requests wait for functions, and functions that outstay the grace are ended.
      // A request that has not arrived whole by then never will.
      const cutOff = setTimeout(() => app.server.closeAllConnections(), STOP_GRACE_MS);
      await Promise.all([app.close(), runtime.drain(STOP_GRACE_MS), notifications.close(NOTIFY_GRACE_MS)]);
      clearTimeout(cutOff);
      await functions.drain();
      await identity.writeBehind("all");
      await accessKeys.writeBehind("all");
      await refusals.writeBehind("all");
      await auditLog.sign().catch(failed);
      await store.close();
    },
  };
}
