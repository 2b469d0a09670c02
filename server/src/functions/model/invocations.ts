import type { EpochMs } from "../../kernel/clock.ts";
import type { NamespaceId } from "../../namespaces/index.ts";
import type { JsonObject } from "../../runtime/index.ts";
import type { ActivationId } from "./activations.ts";
import type { CallerRef } from "./callers.ts";
import type { EntityKey } from "./names.ts";

/** An invocation that was accepted: it runs, or is reported as failed, whatever becomes of the server. */
export type AcceptedInvocation = {
  readonly id: ActivationId;
  readonly acceptedAt: EpochMs;
  readonly transactionId: string;
  readonly caller: CallerRef;
  readonly key: EntityKey;
  readonly payload: JsonObject;
};

/** One that has not been started. */
export type Waiting = { readonly id: ActivationId; readonly namespaceId: NamespaceId };
