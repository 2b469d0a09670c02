import type { Audit } from "../../audit/index.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { Random } from "../../kernel/random.ts";
import type { NamespaceId } from "../../namespaces/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import type { Store } from "../../store/store.ts";
import type { FunctionLimits } from "../model/limits.ts";
import { removeNamespaceEntities } from "../queries/entities.ts";
import { createActions } from "./actions.ts";
import { createActivations } from "./activations.ts";
import { createCatalog } from "./catalog.ts";
import { createInvoker } from "./invoke.ts";
import { createJournal } from "./journal.ts";
import { createPackages } from "./packages.ts";
import { createThrottle } from "./throttle.ts";
import { createTouches } from "./touches.ts";
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

/** Functions: deploying them, running them, and the record of what ran. */
export function createFunctions(deps: FunctionsDeps) {
  const { store, clock, random, log, audit, runtime, limits, apiHost } = deps;
  const catalog = createCatalog({ committed: store.committed, runtime, limits, apiHost });
  const journal = createJournal({ activity: store.activity, log });
  const throttle = createThrottle({ clock, limits });
  const touches = createTouches({ activity: store.activity, clock });
  const invoker = createInvoker({ catalog, journal, throttle, touches, runtime, clock, random, log });
  const entities = { store, clock, random, audit, catalog, touches };

  return {
    actions: createActions({ ...entities, kinds: runtime.kinds(), limits }),
    packages: createPackages(entities),
    activations: createActivations({ journal }),
    invoke: invoker.invoke,
    web: createWebCalls({ catalog, invoker, limits }),
    kinds: runtime.kinds(),
    limits,
    /** Removes everything a namespace holds, in the transaction that deletes the namespace. */
    removeNamespace: removeNamespaceEntities,
    /** Which functions access keys were used for. */
    touchesOf: touches.of,
    /** Writes behind what has gathered. */
    writeBehind: touches.write,
    /** Deletes what has been kept long enough; to be called every now and then. */
    async forgetOld(): Promise<void> {
      touches.forgetOld();
      await journal.forgetBefore(clock.now() - limits.retentionMs);
    },
    /** Resolves when everything that was accepted has run and is on record. Accept nothing more before calling it. */
    async drain(): Promise<void> {
      await invoker.idle();
      touches.write();
      await journal.close();
    },
  };
}

export type Functions = ReturnType<typeof createFunctions>;
