import type { Clock } from "../../kernel/clock.ts";
import type { JsonObject, JsonValue, RunOutcome, Runtime } from "../../runtime/index.ts";
import type { Activation, ActivationId } from "../model/activations.ts";
import { type Caller, refOf } from "../model/callers.ts";
import type { FunctionLimits } from "../model/limits.ts";
import type { ActivationTokens } from "./activation-tokens.ts";
import type { InvocationAdmission } from "./admission.ts";
import { CodeSuperseded, type Runnable, type RunnableCode } from "./catalog.ts";
import { runComposition } from "./compositions.ts";
import type { Journal } from "./journal.ts";
import { recordOfRun, recordOfWhole, type Whole } from "./records.ts";
import { type Account, newAccount, type Part, type RunPart, runSequence } from "./sequences.ts";

/** One activation to be: what is called with what, for whom. */
export type Order = {
  readonly id: ActivationId;
  readonly caller: Caller;
  readonly payload: JsonValue;
  /** What the server tells the function beside the payload; it replaces bound arguments, fixed ones too. Null if nothing. */
  readonly system: JsonObject | null;
  readonly transactionId: string;
  readonly cause: ActivationId | null;
  /** Waited for before anything runs; null if nobody wants to know. */
  readonly begin: (() => Promise<void>) | null;
  /** How long it has waited already. */
  readonly queuedMs: number;
  /** What is to run, as it is now: it may be replaced before its code is loaded. Throws what looking it up throws. */
  resolve(): Runnable;
  /** Hears when the record is written. */
  recorded(): void;
};

const NOBODY_ASKS = (): void => {};

/** Runs what is ordered, and puts on record what came of it. */
export function createPerformer(deps: {
  runtime: Pick<Runtime, "run">;
  journal: Pick<Journal, "add">;
  admission: Pick<InvocationAdmission, "part">;
  tokens: Pick<ActivationTokens, "issue" | "end">;
  clock: Clock;
  limits: Pick<FunctionLimits, "sequenceLength">;
  nextId: () => ActivationId;
}) {
  const { runtime, journal, admission, tokens, clock, limits, nextId } = deps;
  const lengthMax = limits.sequenceLength;

  const subjectOf = ({ id, caller, cause }: Order) => ({ id, caller: refOf(caller), cause });

  const callRuntime = async (order: Order, runnable: RunnableCode): Promise<RunOutcome> => {
    const { id, caller, payload, system, transactionId } = order;
    const holder = refOf(caller);
    // On the web nobody's rights are used, so there are none to hand on.
    const apiKey = runnable.wantsApiKey && holder.kind !== "web" ? tokens.issue(id, holder) : null;
    try {
      const { toRun, apiHost } = runnable;
      return await runtime.run(toRun, {
        activationId: id,
        transactionId,
        apiHost,
        apiKey,
        begin: order.begin,
        value: valueFor(runnable, payload, system),
      });
    } finally {
      if (apiKey !== null) tokens.end(id);
    }
  };

  const runCode = async (order: Order, runnable: RunnableCode): Promise<Activation> => {
    const outcome = await callRuntime(order, runnable);
    const activation = recordOfRun(subjectOf(order), runnable, outcome, order.queuedMs);
    journal.add(activation, outcome.logs, order.recorded);
    return activation;
  };

  /** A part of `whole`, which is its cause. */
  const orderPart = (whole: Order, { payload, system }: Omit<Part, "key">, resolve: () => Runnable): Order => ({
    id: nextId(),
    caller: whole.caller,
    payload,
    system,
    transactionId: whole.transactionId,
    cause: whole.id,
    begin: null,
    queuedMs: 0,
    resolve,
    recorded: NOBODY_ASKS,
  });

  const partsOf =
    (whole: Order, isConducted: boolean): RunPart =>
    (part, account) => {
      const resolve = (): Runnable => admission.part(whole.caller, part.key);
      const runnable = resolve();
      const isComposition = runnable.form === "code" && runnable.isConductor;
      if (isConducted && !isComposition) account.counts.components += 1;
      // What a sequence that a conductor names is made of does not count for the composition (openwhisk-api 10.2).
      const inner = isConducted && runnable.form === "sequence" ? newAccount(account.depth) : account;
      return perform(orderPart(whole, part, resolve), runnable, inner);
    };

  const runWhole = async (order: Order, runnable: Runnable, work: () => Promise<Whole>): Promise<Activation> => {
    await order.begin?.();
    const startedAt = clock.now();
    const whole = await work();
    const { queuedMs } = order;
    const activation = recordOfWhole(subjectOf(order), runnable, whole, { startedAt, endedAt: clock.now(), queuedMs });
    journal.add(activation, Promise.resolve(whole.parts), order.recorded);
    return activation;
  };

  const performOnce = (order: Order, runnable: Runnable, account: Account): Promise<Activation> => {
    if (runnable.form === "code" && !runnable.isConductor) {
      account.counts.functions += 1;
      return runCode(order, runnable);
    }
    const within = { ...account, depth: account.depth + 1 };
    const how = { runPart: partsOf(order, runnable.form === "code"), lengthMax };
    if (runnable.form === "sequence") {
      return runWhole(order, runnable, () => runSequence(runnable, order, within, how));
    }
    const conduct = (input: Omit<Part, "key">): Promise<Activation> =>
      runLatest(orderPart(order, input, order.resolve), runnable);
    return runWhole(order, runnable, () => runComposition(runnable, order, within, { ...how, conduct }));
  };

  /** Runs a conductor's own code, and no more than that. */
  const runLatest = async (order: Order, first: RunnableCode): Promise<Activation> => {
    for (let runnable: Runnable = first; ; runnable = order.resolve()) {
      if (runnable.form !== "code") throw new CodeSuperseded();
      try {
        return await runCode(order, runnable);
      } catch (error) {
        if (!(error instanceof CodeSuperseded)) throw error;
      }
    }
  };

  /** Runs once. Rejects only when nothing has run: with what the runtime refuses it with, or what looking it up throws. */
  const perform = async (order: Order, first: Runnable, account = newAccount()): Promise<Activation> => {
    for (let runnable = first; ; runnable = order.resolve()) {
      try {
        return await performOnce(order, runnable, account);
      } catch (error) {
        if (!(error instanceof CodeSuperseded)) throw error;
      }
    }
  };

  return { perform: (order: Order, first: Runnable): Promise<Activation> => perform(order, first) };
}

export type Performer = ReturnType<typeof createPerformer>;

/** An array, which only another function can have given, is what the function is called with, and nothing is added to it. */
function valueFor(runnable: RunnableCode, payload: JsonValue, system: JsonObject | null): JsonValue {
  if (typeof payload !== "object" || payload === null || isList(payload)) return payload;
  if (runnable.arguments === null && system === null) return payload;
  return { ...runnable.arguments, ...payload, ...system };
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
