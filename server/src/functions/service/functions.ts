import type { Audit } from "../../audit/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import { LatchkeyError } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import { type Random, randomHex } from "../../kernel/random.ts";
import type { NamespaceId, NamespacePrincipal } from "../../namespaces/index.ts";
import type { JsonObject, Runtime } from "../../runtime/index.ts";
import type { Store } from "../../store/store.ts";
import type { Tx } from "../../store/transaction.ts";
import { refOf, type Standing } from "../model/callers.ts";
import type { FunctionLimits } from "../model/limits.ts";
import { keyOfPath } from "../model/names.ts";
import { removeNamespaceEntities } from "../queries/entities.ts";
import { prepareInvocationReads, removeNamespaceInvocations } from "../queries/invocations.ts";
import { createActions } from "./actions.ts";
import { createActivationIds } from "./activation-ids.ts";
import { createActivationTokens } from "./activation-tokens.ts";
import { createActivations } from "./activations.ts";
import { createInvocationAdmission } from "./admission.ts";
import { createCatalog } from "./catalog.ts";
import { createChanges } from "./change.ts";
import { createFiring } from "./firing.ts";
import { createInvoker } from "./invoke.ts";
import { createJournal } from "./journal.ts";
import { createLedger } from "./ledger.ts";
import { createPackages } from "./packages.ts";
import { createPerformer } from "./performer.ts";
import { createQueue } from "./queue.ts";
import { resolveAction } from "./resolve.ts";
import { createRules } from "./rules.ts";
import { createThrottle } from "./throttle.ts";
import { createTouches } from "./touches.ts";
import { createTriggers } from "./triggers.ts";
import { createWebCalls } from "./web-calls.ts";

export type FunctionsDeps = {
  store: Store;
  clock: Clock;
  random: Random;
  log: Log;
  audit: Audit;
  runtime: Runtime;
  limits: FunctionLimits;
  /** The address that a namespace's functions are told to call. */
  apiHost: (namespaceId: NamespaceId) => string;
  standing: Standing;
};

/** A call that nobody waits for, in somebody's name. */
export type QueuedCall = {
  readonly caller: NamespacePrincipal;
  /** `function` or `package/function`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> | null;
};

/** Functions: deploying them, running them, and the record of what ran. */
export function createFunctions(deps: FunctionsDeps) {
  const { store, clock, random, log, audit, runtime, limits, apiHost, standing } = deps;
  const catalog = createCatalog({ committed: store.committed, runtime, limits, apiHost });
  const journal = createJournal({ activity: store.activity, log });
  const throttle = createThrottle({ clock, limits });
  const touches = createTouches({ activity: store.activity, clock });
  const tokens = createActivationTokens({ random, standing });
  const admission = createInvocationAdmission({ catalog });
  const nextId = createActivationIds({ clock, random });
  const performer = createPerformer({ runtime, journal, admission, tokens, clock, limits, nextId });
  const startedBy = randomHex(random, 8);
  const ledger = createLedger({ store, log, startedBy });
  const reads = prepareInvocationReads(store.committed);
  const running = { performer, admission, journal, throttle, clock, log };
  const queue = createQueue({ ...running, ledger, reads, catalog, standing, limits, startedBy });
  const invoker = createInvoker({ ...running, queue, nextId, touches });
  const makeChange = createChanges({ store, standing });
  const entities = { store, clock, random, audit, catalog, limits, touches, makeChange };
  const firing = createFiring({ ...running, committed: store.committed, catalog, queue, nextId });

  return {
    actions: createActions({ ...entities, kinds: runtime.kinds() }),
    packages: createPackages(entities),
    triggers: createTriggers(entities),
    rules: createRules(entities),
    activations: createActivations({ journal }),
    invoke: invoker.invoke,
    fire: firing.fire,
    /** Whether a namespace has an action called `name` or `package/name`, where the package may be a binding. */
    hasAction(namespaceId: NamespaceId, path: string): boolean {
      try {
        resolveAction(catalog.find, keyOfPath(namespaceId, path), namespaceId);
        return true;
      } catch (error) {
        if (error instanceof LatchkeyError) return false;
        throw error;
      }
    },
    /**
     * Accepts a call in a transaction that decides it: both are committed, or neither. It runs once `startQueued` is called, or after
     * the next start of the server. Throws `function.queue_full`, having written nothing.
     */
    enqueue: (tx: Tx, { caller, path, body }: QueuedCall): Promise<void> =>
      queue.write(tx, {
        id: nextId(),
        acceptedAt: clock.now(),
        transactionId: randomHex(random, 16),
        caller: refOf(caller),
        key: keyOfPath(caller.namespaceId, path),
        // It came out of a JSON parser.
        payload: (body ?? {}) as JsonObject,
      }),
    /** Has run what was accepted by `enqueue` and is committed by now. */
    startQueued: queue.lookUp,
    /** Reports what the last run of the server has left unfinished, and has run what it had not started. */
    recover: queue.recover,
    /** Whom a function stands for that calls with the token it was given; undefined for every other `Authorization` header. */
    recogniseToken: tokens.recognise,
    web: createWebCalls({ catalog, invoker, limits }),
    kinds: runtime.kinds(),
    limits,
    /** Removes everything a namespace holds, in the transaction that deletes the namespace. */
    async removeNamespace(tx: Tx, namespaceId: NamespaceId): Promise<void> {
      await removeNamespaceEntities(tx, namespaceId);
      await removeNamespaceInvocations(tx, namespaceId);
    },
    /** Deletes what has been kept long enough; to be called every now and then. */
    async forgetOld(): Promise<void> {
      touches.forgetOld();
      await journal.forgetBefore(clock.now() - limits.retentionMs);
    },
    /** Which functions access keys were used for. */
    touchesOf: touches.of,
    /** Writes behind what has gathered. */
    writeBehind: touches.write,
    /** Starts no more of what nobody waits for: that waits for the next start of the server. */
    stopQueue: queue.stop,
    /** Resolves when everything that is to run has run and is on record. Accept nothing more before calling it. */
    async drain(): Promise<void> {
      await invoker.idle();
      await queue.idle();
      touches.write();
      await journal.close();
      await ledger.settle();
    },
  };
}

export type Functions = ReturnType<typeof createFunctions>;
