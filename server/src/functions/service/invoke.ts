import type { Clock, EpochMs } from "../../kernel/clock.ts";
import { LatchkeyError } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import type { Random } from "../../kernel/random.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import type { JsonObject, RunOutcome, RunStatus, Runtime } from "../../runtime/index.ts";
import { functionErrors } from "../errors.ts";
import { requireMay, type WebCaller } from "../model/access.ts";
import { type Activation, type ActivationId, makeActivationId, WEB } from "../model/activations.ts";
import type { EntityKey } from "../model/names.ts";
import { type Catalog, CodeSuperseded, type Runnable } from "./catalog.ts";
import type { Journal } from "./journal.ts";
import type { Throttle } from "./throttle.ts";
import type { Touches } from "./touches.ts";
import { findOnWeb } from "./web-actions.ts";

/** One request to run an action. `waitMs` 0 asks for the id alone. */
export type Invocation = {
  readonly caller: NamespacePrincipal | WebCaller;
  readonly key: EntityKey;
  readonly payload: JsonObject;
  /** What the server tells the function beside the payload; it replaces bound arguments, fixed ones too. Null if nothing. */
  readonly system: JsonObject | null;
  readonly transactionId: string;
  readonly waitMs: number;
};

/** What the caller hears: what became of it, or where to ask later. */
export type Answer =
  | { readonly kind: "finished"; readonly activation: Activation }
  | { readonly kind: "accepted"; readonly activationId: ActivationId };

/** A run that the caller may have stopped waiting for; then failing to run it has to be put on record. */
type Run = { readonly id: ActivationId; readonly invocation: Invocation; answered: boolean };

const IDS_PER_DRAW = 256;
const ID_RANDOM_BYTES = 10;

export type InvokerDeps = {
  catalog: Catalog;
  journal: Journal;
  throttle: Throttle;
  touches: Pick<Touches, "note">;
  runtime: Pick<Runtime, "run">;
  clock: Clock;
  random: Random;
  log: Log;
};

/** Runs actions for callers: DESIGN 7, and section 5 of the OpenWhisk API. */
export function createInvoker(deps: InvokerDeps) {
  const { catalog, journal, throttle, touches, runtime, clock, log } = deps;
  const nextId = createIds(deps);
  let running = 0;
  let onIdle: (() => void)[] = [];

  const leave = (): void => {
    running -= 1;
    if (running > 0) return;
    const wake = onIdle;
    onIdle = [];
    for (const resolve of wake) resolve();
  };

  /** The action as it is now, if this caller may run it with this payload. */
  const admit = ({ caller, key, payload }: Invocation): Runnable => {
    if (caller.credentialKind === "web") return requireUnfixed(findOnWeb(catalog, key).runnable, payload);
    const runnable = catalog.runnable(key);
    // Through a binding it is the bound package's action that runs; the caller needs a grant for that as well.
    if (runnable.bindingName !== null) requireMay(caller, "invoke", runnable.action.key);
    return requireUnfixed(runnable, payload);
  };

  /** Runs once. The revision that is to run may be replaced before its code is loaded; then the new one runs. */
  const runLatest = async ({ id, invocation }: Run, first: Runnable): Promise<[Runnable, RunOutcome]> => {
    const { payload, system, transactionId } = invocation;
    for (let runnable = first; ; runnable = admit(invocation)) {
      const { toRun, apiHost } = runnable;
      const isPlain = runnable.arguments === null && system === null;
      const value = isPlain ? payload : { ...runnable.arguments, ...payload, ...system };
      try {
        return [runnable, await runtime.run(toRun, { activationId: id, transactionId, apiHost, value })];
      } catch (error) {
        if (!(error instanceof CodeSuperseded)) throw error;
      }
    }
  };

  const complete = async (run: Run, first: Runnable): Promise<Activation> => {
    const acceptedAt = clock.now();
    const keep = (runnable: Runnable, outcome: RunOutcome): Activation => {
      const activation = toActivation(run, runnable, outcome);
      journal.add(activation, outcome.logs);
      return activation;
    };
    try {
      const [runnable, outcome] = await runLatest(run, first);
      return keep(runnable, outcome);
    } catch (error) {
      const { status, says } = explain(error);
      // Whoever still waits is told that nothing has run; everybody else finds it in the record.
      if (status !== "application_error" && !run.answered) throw error;
      if (status === "internal_error") log.warn({ error, activationId: run.id }, "an invocation could not be run");
      return keep(first, neverRan(status, says, acceptedAt, clock.now()));
    }
  };

  const start = async (run: Run, runnable: Runnable, leaveThrottle: () => void): Promise<Activation> => {
    running += 1;
    try {
      return await complete(run, runnable);
    } finally {
      leaveThrottle();
      leave();
    }
  };

  return {
    /** Throws `function.*` and the runtime's refusals; whatever the function does is an answer. */
    async invoke(invocation: Invocation): Promise<Answer> {
      const { caller, key, waitMs } = invocation;
      if (caller.credentialKind !== "web") requireMay(caller, "invoke", key);
      const leaveThrottle = throttle.enter(caller.namespaceId);
      let runnable: Runnable;
      try {
        if (!journal.hasRoom()) await journal.makeRoom();
        runnable = admit(invocation);
      } catch (error) {
        leaveThrottle();
        throw error;
      }

      touches.note(caller, "invoke", runnable.action.key);
      const run: Run = { id: nextId(), invocation, answered: waitMs === 0 };
      const completed = start(run, runnable, leaveThrottle);
      if (waitMs > 0) {
        const activation = await within(completed, waitMs, () => {
          run.answered = true;
        });
        if (activation !== null) return { kind: "finished", activation };
      }
      completed.catch((error: unknown) => log.error({ error, activationId: run.id }, "an activation was lost"));
      return { kind: "accepted", activationId: run.id };
    },

    /** Resolves when nothing that was accepted is running any more. */
    async idle(): Promise<void> {
      if (running > 0) await new Promise<void>((resolve) => onIdle.push(resolve));
    },
  };
}

export type Invoker = ReturnType<typeof createInvoker>;

/** Ids for many activations are drawn at once, since a draw costs as much as everything else about an id. */
function createIds({ clock, random }: Pick<InvokerDeps, "clock" | "random">): () => ActivationId {
  let pool = "";
  return () => {
    if (pool === "") pool = Buffer.from(random.bytes(ID_RANDOM_BYTES * IDS_PER_DRAW)).toString("hex");
    const drawn = pool.slice(0, ID_RANDOM_BYTES * 2);
    pool = pool.slice(ID_RANDOM_BYTES * 2);
    return makeActivationId(clock.now(), drawn);
  };
}

/** What the promise gives; null if it has given nothing after `ms`, and then `tooLate` has been called. */
function within<T>(promise: Promise<T>, ms: number, tooLate: () => void): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      tooLate();
      resolve(null);
    }, ms);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

function toActivation({ id, invocation }: Run, runnable: Runnable, outcome: RunOutcome): Activation {
  const { action, bindingName } = runnable;
  return {
    id,
    namespaceId: action.key.namespaceId,
    packageName: action.key.packageName,
    name: action.key.name,
    bindingName,
    version: action.version,
    kind: action.exec.kind,
    limits: action.limits,
    startedAt: outcome.startedAt,
    endedAt: outcome.endedAt,
    waitMs: outcome.waitMs,
    initMs: outcome.initMs,
    timedOut: outcome.timedOut,
    status: outcome.status,
    result: outcome.result,
    resultBytes: outcome.resultBytes,
    ...onRecord(invocation.caller),
  };
}

const onRecord = (caller: Invocation["caller"]): Pick<Activation, "accessKeyId" | "ownerId"> =>
  caller.credentialKind === "web"
    ? { accessKeyId: WEB, ownerId: WEB }
    : { accessKeyId: caller.credentialId, ownerId: caller.user.id };

function requireUnfixed(runnable: Runnable, payload: JsonObject): Runnable {
  if (runnable.fixedKeys.some((fixed) => Object.hasOwn(payload, fixed))) throw functionErrors.parameters_fixed();
  return runnable;
}

/** What the record of an invocation says that no function has seen (openwhisk-api 5.4). */
function explain(error: unknown): { status: Exclude<RunStatus, "success">; says: string } {
  const known = error instanceof LatchkeyError ? error : null;
  if (known?.code === functionErrors.not_found.code) {
    return { status: "application_error", says: "Action could not be found or may have been deleted." };
  }
  if (known !== null && known.status < 500) return { status: "developer_error", says: known.says };
  return { status: "internal_error", says: "Failed to provision resources to run the action." };
}

function neverRan(status: RunStatus, says: string, acceptedAt: EpochMs, now: EpochMs): RunOutcome {
  const result = { error: says };
  return {
    status,
    result,
    resultBytes: Buffer.byteLength(JSON.stringify(result)),
    startedAt: now,
    endedAt: now,
    waitMs: now - acceptedAt,
    initMs: null,
    timedOut: false,
    logs: Promise.resolve([]),
  };
}
