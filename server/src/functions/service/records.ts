import type { EpochMs } from "../../kernel/clock.ts";
import { LatchkeyError } from "../../kernel/errors.ts";
import type { JsonObject, JsonValue, RunOutcome, RunStatus } from "../../runtime/index.ts";
import { functionErrors } from "../errors.ts";
import { type Activation, type ActivationId, SCHEDULE, WEB } from "../model/activations.ts";
import type { CallerRef } from "../model/callers.ts";
import type { Action, Trigger } from "../model/entities.ts";
import type { ActionLimits } from "../model/limits.ts";
import type { EntityKey } from "../model/names.ts";
import type { Runnable } from "./catalog.ts";

/** How something ended, in the words that a record has for it. */
export type Ending = Pick<Activation, "status" | "result" | "resultBytes">;

/** Which activation a record is of, and for whom it was. */
export type Subject = {
  readonly id: ActivationId;
  readonly caller: CallerRef;
  /** What it is a part of. */
  readonly cause: ActivationId | null;
};

const onBehalf = (caller: CallerRef): Pick<Activation, "namespaceId" | "accessKeyId" | "ownerId" | "schedule"> => {
  const { namespaceId } = caller;
  switch (caller.kind) {
    case "access_key":
      return { namespaceId, accessKeyId: caller.keyId, ownerId: caller.ownerId, schedule: null };
    case "schedule":
      return { namespaceId, accessKeyId: SCHEDULE, ownerId: caller.ownerId, schedule: caller.trigger };
    case "web":
      return { namespaceId, accessKeyId: WEB, ownerId: WEB, schedule: null };
  }
};

const named = ({ id, caller, cause }: Subject, key: EntityKey) => ({
  id,
  cause,
  ...onBehalf(caller),
  packageName: key.packageName,
  name: key.name,
  providerId: key.namespaceId === caller.namespaceId ? null : key.namespaceId,
});

const ofAction = (action: Action) => ({ version: action.version, kind: action.exec.kind, limits: action.limits });

/** The record of one run of a function. `queuedMs`: how long it had waited before it was given to the runtime. */
export const recordOfRun = (
  subject: Subject,
  { action, bindingName }: Pick<Runnable, "action" | "bindingName">,
  outcome: RunOutcome,
  queuedMs: number,
): Activation => ({
  ...named(subject, action.key),
  ...ofAction(action),
  form: "action",
  bindingName,
  startedAt: outcome.startedAt,
  endedAt: outcome.endedAt,
  durationMs: null,
  waitMs: outcome.waitMs + queuedMs,
  initMs: outcome.initMs,
  timedOut: outcome.timedOut,
  status: outcome.status,
  result: outcome.result,
  resultBytes: outcome.resultBytes,
});

/** What became of a sequence or a composition. */
export type Whole = {
  readonly ending: Ending;
  /** The ids of its parts, in the order in which they ran. */
  readonly parts: readonly ActivationId[];
  /** Of all parts together. */
  readonly durationMs: number;
  /** The most that one of them may take. */
  readonly memoryMb: number;
};

export const recordOfWhole = (
  subject: Subject,
  { action, bindingName, form }: Runnable,
  { ending, durationMs, memoryMb }: Whole,
  times: { readonly startedAt: EpochMs; readonly endedAt: EpochMs; readonly queuedMs: number },
): Activation => ({
  ...named(subject, action.key),
  version: action.version,
  kind: "sequence",
  limits: { ...action.limits, memoryMb },
  form: form === "sequence" ? "sequence" : "composition",
  bindingName,
  startedAt: times.startedAt,
  endedAt: times.endedAt,
  durationMs,
  waitMs: times.queuedMs,
  initMs: null,
  timedOut: false,
  ...ending,
});

const NO_LIMITS: ActionLimits = { timeoutMs: 0, memoryMb: 0, logsMb: 0 };

/** The record of a trigger that was fired: what it was fired with. It has neither an end nor a duration. */
export const recordOfFiring = (subject: Subject, trigger: Trigger, payload: JsonObject, at: EpochMs): Activation => ({
  ...named(subject, trigger.key),
  form: "trigger",
  bindingName: null,
  version: trigger.version,
  kind: "",
  limits: NO_LIMITS,
  startedAt: at,
  endedAt: at,
  durationMs: null,
  waitMs: 0,
  initMs: null,
  timedOut: false,
  ...succeeded(payload),
});

/** The record of an invocation that was accepted and of which no function has seen anything, or nobody knows what. */
export const recordOfFailure = (
  subject: Subject,
  key: EntityKey,
  action: Action | null,
  ending: Ending,
  times: { readonly acceptedAt: EpochMs; readonly now: EpochMs },
): Activation => ({
  ...named(subject, key),
  ...(action === null ? { version: "0.0.1", kind: "unknown", limits: NO_LIMITS } : ofAction(action)),
  form: "action",
  bindingName: null,
  startedAt: times.now,
  endedAt: times.now,
  durationMs: null,
  waitMs: Math.max(0, times.now - times.acceptedAt),
  initMs: null,
  timedOut: false,
  ...ending,
});

const endingOf = (status: RunStatus, result: JsonValue): Ending => ({
  status,
  result,
  resultBytes: Buffer.byteLength(JSON.stringify(result)),
});

const succeeded = (result: JsonValue): Ending => endingOf("success", result);
export const failed = (status: Exclude<RunStatus, "success">, error: JsonValue): Ending => endingOf(status, { error });

/** What the record of an invocation says that no function has seen (openwhisk-api 5.4). */
export function explain(error: unknown): Ending {
  const known = error instanceof LatchkeyError ? error : null;
  if (known?.code === functionErrors.not_found.code) {
    return failed("application_error", "Action could not be found or may have been deleted.");
  }
  if (known !== null && known.status < 500) return failed("developer_error", known.says);
  return failed("internal_error", "Failed to provision resources to run the action.");
}
