import type { Clock } from "../../kernel/clock.ts";
import { LatchkeyError } from "../../kernel/errors.ts";
import type { Log } from "../../kernel/log.ts";
import { runtimeErrors } from "../../runtime/index.ts";
import type { Tx } from "../../store/transaction.ts";
import { functionErrors } from "../errors.ts";
import type { ActivationId } from "../model/activations.ts";
import type { Caller, CallerRef, Standing } from "../model/callers.ts";
import type { AcceptedInvocation } from "../model/invocations.ts";
import type { FunctionLimits } from "../model/limits.ts";
import type { prepareInvocationReads } from "../queries/invocations.ts";
import type { InvocationAdmission } from "./admission.ts";
import type { Catalog, Runnable } from "./catalog.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import { createLine, type Entry } from "./line.ts";
import type { Performer } from "./performer.ts";
import { type Ending, explain, failed, recordOfFailure } from "./records.ts";
import type { Throttle } from "./throttle.ts";

/** Of all namespaces together; more would only wait in the runtime, where nothing is written down. */
const STARTED_MAX = 256;
const LOOKED_UP_AT_ONCE = 1000;
const RETRY_MS = 250;

const ENDED_WITH_SERVER = failed(
  "internal_error",
  "The server stopped while this was running. It may have had effects, so it is not run again.",
);
const NOBODY = failed("application_error", "Whoever asked for this may no longer have it run.");

/** It waits no more: somebody else runs it, or its namespace is gone. */
class Gone extends Error {}
/** Nobody has it, and it cannot be had now. */
class CannotTake extends Error {}

export type QueueDeps = {
  ledger: Ledger;
  reads: ReturnType<typeof prepareInvocationReads>;
  performer: Performer;
  admission: InvocationAdmission;
  catalog: Pick<Catalog, "find">;
  journal: Pick<Journal, "add" | "find" | "hasRoom">;
  throttle: Throttle;
  standing: Standing;
  clock: Clock;
  log: Log;
  limits: Pick<FunctionLimits, "waitingInvocations">;
  /** Which run of the server this is. */
  startedBy: string;
};

/**
 * Invocations that nobody waits for. Each is a row from its acceptance until its record is written: after a crash one that had not
 * been started runs, and one that had been is reported as failed, for nobody knows what it has done. None runs twice.
 */
export function createQueue(deps: QueueDeps) {
  const { ledger, reads, performer, admission, catalog, journal, throttle, standing, clock, log, limits } = deps;
  const line = createLine();
  const started = new Set<ActivationId>();
  /** Written by others and not looked up yet. */
  let unseen = 0;
  let isStopped = false;
  let isPaused = false;
  let onIdle: (() => void)[] = [];

  const isIdle = (): boolean => started.size === 0 && (isStopped || line.length === 0);

  const wakeIfIdle = (): void => {
    if (!isIdle()) return;
    const wake = onIdle;
    onIdle = [];
    for (const resolve of wake) resolve();
  };

  const fail = (invocation: AcceptedInvocation, ending: Ending): void => {
    const { id, caller, key, acceptedAt } = invocation;
    const found = catalog.find(key);
    const action = found?.collection === "action" ? found : null;
    const times = { acceptedAt, now: clock.now() };
    const activation = recordOfFailure({ id, caller, cause: null }, key, action, ending, times);
    journal.add(activation, Promise.resolve([]), () => ledger.remove(id));
  };

  /** Whoever asked, with the rights they have by now. */
  const callerOf = (ref: CallerRef): Caller | null =>
    ref.kind === "web" ? { credentialKind: "web", namespaceId: ref.namespaceId } : standing(ref);

  /** Takes what is to run, once. Rejects with `Gone` and `CannotTake`. */
  const taking = (id: ActivationId) => {
    const state = { isTaken: false };
    const begin = async (): Promise<void> => {
      if (state.isTaken) return;
      state.isTaken = await ledger.take(id).catch((cause: unknown) => {
        throw new CannotTake("it cannot be written down that it starts", { cause });
      });
      if (!state.isTaken) throw new Gone();
    };
    return { state, begin };
  };

  const run = async (invocation: AcceptedInvocation, begin: () => Promise<void>): Promise<void> => {
    const { id, key, payload, transactionId, acceptedAt } = invocation;
    const caller = callerOf(invocation.caller);
    if (caller === null) {
      fail(invocation, NOBODY);
      return;
    }
    const resolve = (): Runnable => admission.whole(caller, key, payload);
    const queuedMs = Math.max(0, clock.now() - acceptedAt);
    const recorded = (): void => ledger.remove(id);
    const order = { id, caller, payload, system: null, transactionId, cause: null, begin, queuedMs, resolve, recorded };
    await performer.perform(order, resolve());
  };

  const start = async (entry: Entry): Promise<void> => {
    started.add(entry.id);
    const invocation = reads.find(entry.id);
    if (invocation === undefined || (await runOrWait(invocation))) entry.leave?.();
    else {
      line.add(entry);
      pause();
    }
    started.delete(entry.id);
    dispatch();
    wakeIfIdle();
  };

  /** Whether it is done with; otherwise nothing of it has run, and something is short that others need as well. */
  const runOrWait = async (invocation: AcceptedInvocation): Promise<boolean> => {
    const { id } = invocation;
    const { state, begin } = taking(id);
    try {
      await run(invocation, begin);
    } catch (error) {
      if (error instanceof CannotTake) return false;
      if (isForLater(error)) return state.isTaken ? !(await isGivenBack(id)) : false;
      if (error instanceof Gone) return true;
      const ending = explain(error);
      if (ending.status === "internal_error") log.warn({ error, activationId: id }, "an invocation could not be run");
      fail(invocation, ending);
    }
    return true;
  };

  /** If not, it is reported as failed after the next start. */
  const isGivenBack = async (id: ActivationId): Promise<boolean> => {
    try {
      await ledger.giveBack(id);
      return true;
    } catch (error) {
      log.error({ error, activationId: id }, "an invocation that has not begun could not be given back");
      return false;
    }
  };

  const pause = (): void => {
    if (isPaused) return;
    isPaused = true;
    setTimeout(() => {
      isPaused = false;
      dispatch();
    }, RETRY_MS).unref();
  };

  const dispatch = (): void => {
    while (!isStopped && !isPaused && started.size < STARTED_MAX) {
      // What cannot be recorded must not happen.
      if (line.length > 0 && !journal.hasRoom()) {
        pause();
        return;
      }
      const entry = line.next(throttle.enterAccepted);
      if (entry === undefined) return;
      void start(entry);
    }
  };

  /** Takes in what is written down and not known here: what others have put there, and what waited when the server stopped. */
  const lookUp = (): void => {
    unseen = 0;
    for (let after = ""; ; ) {
      const found = reads.waiting(after, LOOKED_UP_AT_ONCE);
      for (const { id, namespaceId } of found) {
        if (!line.has(id) && !started.has(id)) line.add({ id, namespaceId, leave: null });
      }
      const last = found.at(-1);
      if (last === undefined) break;
      after = last.id;
    }
    dispatch();
  };

  throttle.whenRoom(dispatch);

  const requireRoom = (): void => {
    if (line.length + unseen >= limits.waitingInvocations) {
      throw functionErrors.queue_full({ headers: { "retry-after": "1" } });
    }
  };

  return {
    /** Throws `function.queue_full`. */
    requireRoom,

    /** Takes what is to run, once all of it is written down; if that fails, none of it. */
    async accept(
      accepted: readonly { readonly invocation: AcceptedInvocation; readonly leave: () => void }[],
    ): Promise<void> {
      try {
        await ledger.accept(accepted.map(({ invocation }) => invocation));
      } catch (error) {
        for (const { leave } of accepted) leave();
        throw error;
      }
      for (const { invocation, leave } of accepted) {
        const { id, caller } = invocation;
        line.add({ id, namespaceId: caller.namespaceId, leave });
      }
      dispatch();
    },

    /** In a transaction of somebody else's. It runs after `lookUp`. Throws `function.queue_full`, having written nothing. */
    async write(tx: Tx, invocation: AcceptedInvocation): Promise<void> {
      requireRoom();
      await ledger.write(tx, invocation);
      unseen += 1;
    },

    lookUp,

    /** Writes down what runs already, so that it is reported as failed if the server dies. `ended` once its record is written. */
    acceptStarted: (invocation: AcceptedInvocation): Promise<void> => ledger.acceptStarted(invocation),
    ended: (id: ActivationId): void => ledger.remove(id),

    /** After a start: reports what the last server had started, and has run what it had not. */
    async recover(): Promise<void> {
      for (let after = ""; ; ) {
        const found = reads.abandoned(deps.startedBy, after, LOOKED_UP_AT_ONCE);
        for (const invocation of found) {
          const { id, caller } = invocation;
          // It may have been recorded in the last moment.
          if ((await journal.find(caller.namespaceId, id)) !== undefined) ledger.remove(id);
          else fail(invocation, ENDED_WITH_SERVER);
        }
        const last = found.at(-1);
        if (last === undefined) break;
        after = last.id;
      }
      lookUp();
    },

    /** Starts nothing more: what waits, waits for the next start of the server. */
    stop(): void {
      isStopped = true;
      wakeIfIdle();
    },

    /** Resolves when nothing runs any more and, unless it was stopped, nothing waits. */
    async idle(): Promise<void> {
      if (!isIdle()) await new Promise<void>((resolve) => onIdle.push(resolve));
    },
  };
}

export type Queue = ReturnType<typeof createQueue>;

/** The machine is full or about to stop. */
function isForLater(error: unknown): boolean {
  if (!(error instanceof LatchkeyError)) return false;
  return error.code === runtimeErrors.at_capacity.code || error.code === runtimeErrors.draining.code;
}
