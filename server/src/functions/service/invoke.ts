import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { JsonObject } from "../../runtime/index.ts";
import { requireMay } from "../model/access.ts";
import type { Activation, ActivationId } from "../model/activations.ts";
import { type Caller, refOf } from "../model/callers.ts";
import type { AcceptedInvocation } from "../model/invocations.ts";
import type { EntityKey } from "../model/names.ts";
import type { InvocationAdmission } from "./admission.ts";
import type { Runnable } from "./catalog.ts";
import type { Journal } from "./journal.ts";
import type { Performer } from "./performer.ts";
import type { Queue } from "./queue.ts";
import { explain, recordOfFailure } from "./records.ts";
import type { Throttle } from "./throttle.ts";
import type { Touches } from "./touches.ts";

/** One request to run an action. `waitMs` 0 asks for the id alone. */
export type Invocation = {
  readonly caller: Caller;
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

/** A run that somebody waits for, until they are sent away with its id. */
type Awaited = { isWaitedFor: boolean; isWrittenDown: boolean };

export type InvokerDeps = {
  admission: InvocationAdmission;
  performer: Performer;
  queue: Pick<Queue, "accept" | "acceptStarted" | "ended" | "requireRoom">;
  journal: Pick<Journal, "add" | "hasRoom" | "makeRoom">;
  throttle: Throttle;
  touches: Pick<Touches, "note">;
  clock: Clock;
  log: Log;
  nextId: () => ActivationId;
};

/** Runs actions for callers: DESIGN 7, and section 5 of the OpenWhisk API. */
export function createInvoker(deps: InvokerDeps) {
  const { admission, performer, queue, journal, throttle, touches, clock, log, nextId } = deps;
  let running = 0;
  let onIdle: (() => void)[] = [];

  const leave = (): void => {
    running -= 1;
    if (running > 0) return;
    const wake = onIdle;
    onIdle = [];
    for (const resolve of wake) resolve();
  };

  const toAccepted = (id: ActivationId, { caller, key, payload, transactionId }: Invocation): AcceptedInvocation => ({
    id,
    acceptedAt: clock.now(),
    transactionId,
    caller: refOf(caller),
    key,
    payload,
  });

  /** Runs at once. Rejects only while somebody waits for it, and then nothing has run. */
  const run = async (
    id: ActivationId,
    invocation: Invocation,
    first: Runnable,
    awaited: Awaited,
  ): Promise<Activation> => {
    const { caller, key, payload, system, transactionId } = invocation;
    const acceptedAt = clock.now();
    const recorded = (): void => {
      if (awaited.isWrittenDown) queue.ended(id);
    };
    try {
      const resolve = (): Runnable => admission.whole(caller, key, payload);
      const order = {
        id,
        caller,
        payload,
        system,
        transactionId,
        cause: null,
        begin: null,
        queuedMs: 0,
        resolve,
        recorded,
      };
      return await performer.perform(order, first);
    } catch (error) {
      const ending = explain(error);
      // Whoever still waits is told that nothing has run; everybody else finds it in the record.
      if (ending.status !== "application_error" && awaited.isWaitedFor) throw error;
      if (ending.status === "internal_error") log.warn({ error, activationId: id }, "an invocation could not be run");
      const subject = { id, caller: refOf(caller), cause: null };
      const times = { acceptedAt, now: clock.now() };
      const activation = recordOfFailure(subject, first.action.key, first.action, ending, times);
      journal.add(activation, Promise.resolve([]), recorded);
      return activation;
    }
  };

  /** Waits for what runs; whoever has to be sent away is told the id once that is written down, so that it cannot be lost. */
  const runAndWait = async (invocation: Invocation, runnable: Runnable, leaveThrottle: () => void): Promise<Answer> => {
    const id = nextId();
    const awaited: Awaited = { isWaitedFor: true, isWrittenDown: false };
    running += 1;
    const completed = run(id, invocation, runnable, awaited).finally(() => {
      leaveThrottle();
      leave();
    });
    const activation = await within(completed, invocation.waitMs, () => {
      awaited.isWaitedFor = false;
    });
    if (activation !== null) return { kind: "finished", activation };
    completed.catch((error: unknown) => log.error({ error, activationId: id }, "an activation was lost"));
    awaited.isWrittenDown = true;
    await queue.acceptStarted(toAccepted(id, { ...invocation, payload: {} }));
    return { kind: "accepted", activationId: id };
  };

  return {
    /** Throws `function.*` and the runtime's refusals; whatever the function does is an answer. */
    async invoke(invocation: Invocation): Promise<Answer> {
      const { caller, key, payload, waitMs } = invocation;
      if (caller.credentialKind !== "web") requireMay(caller, "invoke", key);
      const leaveThrottle = throttle.enter(caller.namespaceId);
      let runnable: Runnable;
      try {
        if (!journal.hasRoom()) await journal.makeRoom();
        runnable = admission.whole(caller, key, payload);
        if (waitMs === 0) queue.requireRoom();
      } catch (error) {
        leaveThrottle();
        throw error;
      }
      touches.note(caller, "invoke", runnable.action.key);
      if (waitMs > 0) return runAndWait(invocation, runnable, leaveThrottle);
      const accepted = toAccepted(nextId(), invocation);
      await queue.accept([{ invocation: accepted, leave: leaveThrottle }]);
      return { kind: "accepted", activationId: accepted.id };
    },

    /** Resolves when nothing that somebody waited for is running any more. */
    async idle(): Promise<void> {
      if (running > 0) await new Promise<void>((resolve) => onIdle.push(resolve));
    },
  };
}

export type Invoker = ReturnType<typeof createInvoker>;

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
