import type { Brand } from "../../kernel/brand.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import type { NamespaceId } from "../../namespaces/index.ts";
import type { JsonValue, RunStatus } from "../../runtime/index.ts";
import { functionErrors } from "../errors.ts";
import type { ActionLimits } from "./limits.ts";

export type ActivationId = Brand<string, "ActivationId">;

/** Stands where a record names key and owner, of an activation that the public asked for. Neither is ever called so. */
export const WEB = "web";
/** Stands where a record names the key, of an activation that a schedule asked for. */
export const SCHEDULE = "schedule";

/** What a record is about: one run of a function, runs one after the other, or a trigger that was fired. */
export type ActivationForm = "action" | "sequence" | "composition" | "trigger";

const ID_LENGTH = 32;

/** The id that a request names. Throws `function.activation_id_illegal`. */
export function parseActivationId(text: string): ActivationId {
  if (text.length !== ID_LENGTH) {
    throw functionErrors.activation_id_illegal({
      says: `Activation id length is ${text.length} but must be ${ID_LENGTH}.`,
    });
  }
  if (!/^[0-9a-f]+$/i.test(text)) throw functionErrors.activation_id_illegal();
  return text.toLowerCase() as ActivationId;
}

/** A new id: the time in front, so that records are written in the order of their key, and 80 random bits. */
export const makeActivationId = (now: EpochMs, random20Hex: string): ActivationId =>
  (now.toString(16).padStart(12, "0") + random20Hex) as ActivationId;

/** Below every id that is made at `instant` or later. */
export const idsBefore = (instant: EpochMs): string => Math.max(0, instant).toString(16).padStart(12, "0");

/** What came of one request to run something, as it is kept. What it logged is kept beside it, since that arrives later. */
export type Activation = {
  readonly id: ActivationId;
  readonly form: ActivationForm;
  /** The sequence or composition that this is a part of. */
  readonly cause: ActivationId | null;
  /** For which it ran. */
  readonly namespaceId: NamespaceId;
  /** The namespace whose shared package it is in; null for what is the namespace's own. */
  readonly providerId: NamespaceId | null;
  readonly packageName: string;
  readonly name: string;
  /** The binding it was invoked through. */
  readonly bindingName: string | null;
  readonly version: string;
  readonly kind: string;
  readonly limits: ActionLimits;
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
  /** Of what is made of parts, theirs together; null where it is the time between start and end. */
  readonly durationMs: number | null;
  readonly waitMs: number;
  /** Null unless a process was started for it. */
  readonly initMs: number | null;
  readonly timedOut: boolean;
  readonly status: RunStatus;
  readonly result: JsonValue;
  readonly resultBytes: number;
  /** The key it ran under, and whose that was; both `WEB` for what the public asked for, the key `SCHEDULE` for a schedule's. */
  readonly accessKeyId: string;
  readonly ownerId: string;
  /** The scheduled trigger that asked for it. */
  readonly schedule: string | null;
};

/** Everything of an activation but what it gave, which may be large. */
export type ActivationSummary = Omit<Activation, "result" | "resultBytes">;
export type ActivationWithLogs = Activation & { readonly logs: readonly string[] };

/** Which activations a list is about. */
export type ActivationFilter = {
  /** `package` is empty for functions in no package. */
  readonly name: { readonly package: string; readonly name: string } | null;
  /** Inclusive, compared with the start. */
  readonly since: EpochMs | null;
  readonly upto: EpochMs | null;
};

export function passes(filter: ActivationFilter, activation: ActivationSummary): boolean {
  const { name, since, upto } = filter;
  if (since !== null && activation.startedAt < since) return false;
  if (upto !== null && activation.startedAt > upto) return false;
  if (name === null) return true;
  if (name.name !== activation.name) return false;
  return name.package === activation.packageName || name.package === activation.bindingName;
}
