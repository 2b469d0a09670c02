import type { Clock } from "../../kernel/clock.ts";
import { LatchkeyError } from "../../kernel/errors.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import type { JsonObject } from "../../runtime/index.ts";
import type { CommittedReader } from "../../store/committed-reader.ts";
import { functionErrors } from "../errors.ts";
import { requireMay } from "../model/access.ts";
import type { ActivationId } from "../model/activations.ts";
import { refOf } from "../model/callers.ts";
import type { Rule } from "../model/entities.ts";
import type { AcceptedInvocation } from "../model/invocations.ts";
import { type EntityKey, qualifiedNameOf } from "../model/names.ts";
import { prepareRulesLookup } from "../queries/rules.ts";
import type { InvocationAdmission } from "./admission.ts";
import type { Catalog } from "./catalog.ts";
import type { Journal } from "./journal.ts";
import type { Queue } from "./queue.ts";
import { recordOfFiring } from "./records.ts";
import { requireTrigger } from "./resolve.ts";
import type { Throttle } from "./throttle.ts";

/** One request to fire a trigger. */
export type Firing = {
  readonly caller: NamespacePrincipal;
  readonly key: EntityKey;
  readonly payload: JsonObject;
  /** Those of the request that its functions may see. */
  readonly headers: JsonObject;
  readonly transactionId: string;
};

type Accepted = { readonly invocation: AcceptedInvocation; readonly leave: () => void };

/** How long a disk may take for the record; whoever fires is not kept waiting for ever. */
const RECORD_WAIT_MS = 10_000;

/** Fires triggers: section 8.1 of the OpenWhisk API. */
export function createFiring(deps: {
  committed: CommittedReader;
  catalog: Pick<Catalog, "find">;
  admission: Pick<InvocationAdmission, "whole">;
  throttle: Throttle;
  queue: Pick<Queue, "accept" | "requireRoom">;
  journal: Pick<Journal, "add" | "hasRoom" | "makeRoom">;
  clock: Clock;
  nextId: () => ActivationId;
}) {
  const { catalog, admission, throttle, queue, journal, clock, nextId } = deps;
  const rulesOf = prepareRulesLookup(deps.committed);

  /** The rule's action as an invocation to be, with the checks that any other has. */
  const accept = ({ caller, transactionId }: Firing, { action }: Rule, payload: JsonObject): Accepted => {
    requireMay(caller, "invoke", action);
    const leave = throttle.enter(caller.namespaceId);
    try {
      admission.whole(caller, action, payload);
      queue.requireRoom();
    } catch (error) {
      leave();
      throw error;
    }
    const id = nextId();
    const invocation = { id, acceptedAt: clock.now(), transactionId, caller: refOf(caller), key: action, payload };
    return { invocation, leave };
  };

  const recorded = (record: ReturnType<typeof recordOfFiring>, logs: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const tooLate = setTimeout(() => reject(functionErrors.records_behind()), RECORD_WAIT_MS);
      journal.add(record, Promise.resolve(logs), () => {
        clearTimeout(tooLate);
        resolve();
      });
    });

  return {
    /**
     * Has the actions of the trigger's active rules run, and resolves when all that is written down; null if there are none. A
     * rule that is refused says so in the record and keeps no other from running.
     */
    async fire(firing: Firing): Promise<ActivationId | null> {
      const { caller, key, headers, payload } = firing;
      requireMay(caller, "invoke", key);
      throttle.fire(caller.namespaceId);
      if (!journal.hasRoom()) await journal.makeRoom();
      const trigger = requireTrigger(catalog.find(key));
      const rules = rulesOf(key);
      if (!rules.some(({ status }) => status === "active")) return null;

      const bound = Object.fromEntries(trigger.parameters.map((parameter) => [parameter.key, parameter.value]));
      const value = { ...bound, __ow_headers: headers, ...payload };
      const accepted: Accepted[] = [];
      const logs = rules.map((rule) => {
        if (rule.status === "inactive") return failure(rule, 1, inactive(rule));
        try {
          const one = accept(firing, rule, value);
          accepted.push(one);
          return success(rule, one.invocation.id);
        } catch (error) {
          if (!(error instanceof LatchkeyError)) throw error;
          return failure(rule, error.status < 500 ? 1 : 3, error.says);
        }
      });
      const subject = { id: nextId(), caller: refOf(caller), cause: null };
      const record = recordOfFiring(subject, trigger, payload, clock.now());
      await queue.accept(accepted);
      await recorded(record, logs);
      return record.id;
    },
  };
}

const names = ({ key, action }: Rule) => ({ rule: qualifiedNameOf(key), action: qualifiedNameOf(action) });

function success(rule: Rule, activationId: ActivationId): string {
  return JSON.stringify({ statusCode: 0, success: true, activationId, ...names(rule) });
}

function failure(of: Rule, statusCode: number, error: string): string {
  const { rule, action } = names(of);
  return JSON.stringify({ statusCode, success: false, rule, error, action });
}

function inactive(of: Rule): string {
  const { rule, action } = names(of);
  return `Rule '${rule}' is inactive, action '${action}' was not activated.`;
}
