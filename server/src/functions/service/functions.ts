import type { Audit } from "../../audit/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import { LatchkeyError } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import { type Random, randomHex } from "../../kernel/random.ts";
import type { NamespaceId, NamespacePrincipal } from "../../namespaces/index.ts";
import type { JsonObject, Runtime } from "../../runtime/index.ts";
import type { Store } from "../../store/store.ts";
import type { Tx } from "../../store/transaction.ts";
import type { FunctionLimits } from "../model/limits.ts";
import { keyOfPath } from "../model/names.ts";
import { removeNamespaceEntities } from "../queries/entities.ts";
import { createActions } from "./actions.ts";
import { createActivations } from "./activations.ts";
import { createCatalog } from "./catalog.ts";
import { createInvoker } from "./invoke.ts";
import { createJournal } from "./journal.ts";
import { createPackages } from "./packages.ts";
import { resolveAction } from "./resolve.ts";
import { createThrottle } from "./throttle.ts";
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
  const { store, clock, random, log, audit, runtime, limits, apiHost } = deps;
  const catalog = createCatalog({ committed: store.committed, runtime, limits, apiHost });
  const journal = createJournal({ activity: store.activity, log });
  const throttle = createThrottle({ clock, limits });
  const invoker = createInvoker({ catalog, journal, throttle, runtime, clock, random, log });
  const queued: QueuedCall[] = [];
  const entities = { store, clock, random, audit, catalog };

  return {
    actions: createActions({ ...entities, kinds: runtime.kinds(), limits }),
    packages: createPackages(entities),
    activations: createActivations({ journal }),
    invoke: invoker.invoke,
    /** Whether a namespace has an action called `name` or `package/name`, where the package may be a binding. */
    hasAction(namespaceId: NamespaceId, path: string): boolean {
      try {
        resolveAction(catalog.find, keyOfPath(namespaceId, path));
        return true;
      } catch (error) {
        if (error instanceof LatchkeyError) return false;
        throw error;
      }
    },
    /** Accepts a call that nobody waits for; it runs once `startQueued` is called. */
    async enqueue(_: Tx, call: QueuedCall): Promise<void> {
      queued.push(call);
    },
    startQueued(): void {
      for (const { caller, path, body } of queued.splice(0)) {
        const key = keyOfPath(caller.namespaceId, path);
        // It came out of a JSON parser.
        const payload = (body ?? {}) as JsonObject;
        invoker
          .invoke({ caller, key, payload, system: null, transactionId: randomHex(random, 16), waitMs: 0 })
          .catch((error: unknown) => log.warn({ error }, "a queued call was refused"));
      }
    },
    web: createWebCalls({ catalog, invoker, limits }),
    kinds: runtime.kinds(),
    limits,
    /** Removes everything a namespace holds, in the transaction that deletes the namespace. */
    removeNamespace: removeNamespaceEntities,
    /** Deletes activations that have been kept long enough; to be called every now and then. */
    forgetOld: (): Promise<void> => journal.forgetBefore(clock.now() - limits.retentionMs),
    /** Resolves when everything that was accepted has run and is on record. Accept nothing more before calling it. */
    async drain(): Promise<void> {
      await invoker.idle();
      await journal.close();
    },
  };
}

export type Functions = ReturnType<typeof createFunctions>;
