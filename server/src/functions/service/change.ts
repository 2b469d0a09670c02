import type { Audit, Origin } from "../../audit/index.ts";
import { actorOf } from "../../identity/index.ts";
import type { EpochMs } from "../../kernel/clock.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import { appendChange } from "../../store/changes.ts";
import type { Store } from "../../store/store.ts";
import type { Tx } from "../../store/transaction.ts";
import { functionErrors } from "../errors.ts";
import { refOf, type Standing } from "../model/callers.ts";
import type { Collection, Entity } from "../model/entities.ts";
import { qualifiedNameOf } from "../model/names.ts";

/** Who wants a change, and where the request came from. */
export type Cause = { readonly caller: NamespacePrincipal; readonly origin: Origin };

const WORDS: Readonly<Record<Collection, string>> = {
  action: "function",
  package: "package",
  trigger: "trigger",
  rule: "rule",
};

/** What is done to an entity; rules are also switched on and off. */
type Deed = "create" | "update" | "delete" | "activate" | "deactivate";

/** Throws `function.not_authorized` unless somebody may do what a request is about. */
export type Judge = (caller: NamespacePrincipal) => void;

/**
 * Makes a change in one transaction, for somebody who may still make it: `work` gets the cause with what they may do by now. Throws
 * `function.caller_gone`, and what `judge` throws.
 */
export type MakeChange = <T>(cause: Cause, judge: Judge, work: (tx: Tx, cause: Cause) => Promise<T>) => Promise<T>;

/**
 * Who a caller is and may do is judged when its request arrives, and again in the transaction: what was revoked, or taken from its owner,
 * in between changes nothing any more. Standing is read as it is committed; no other transaction commits until this one has.
 */
export function createChanges({
  store,
  standing,
}: {
  store: Pick<Store, "transaction">;
  standing: Standing;
}): MakeChange {
  return (cause, judge, work) =>
    store.transaction(async (tx) => {
      const caller = standing(refOf(cause.caller));
      if (caller === null) throw functionErrors.caller_gone();
      judge(caller);
      return work(tx, { ...cause, caller });
    });
}

/**
 * What belongs to every change of an entity and commits with it: the word in the change feed that drops copies kept in memory,
 * and the audit entry. Neither code nor the values of parameters enter it.
 */
export async function announce(
  tx: Tx,
  audit: Audit,
  { caller, origin }: Cause,
  change: { did: Deed; entity: Entity; at: EpochMs },
): Promise<void> {
  const { did, entity, at } = change;
  const id = qualifiedNameOf(entity.key);
  await appendChange(tx, { kind: "function", targetId: id, at });
  await audit.record(tx, {
    teamId: caller.teamId,
    actor: actorOf(caller),
    verb: `${WORDS[entity.collection]}.${did}`,
    target: { kind: WORDS[entity.collection], id },
    origin,
    details: { version: entity.version, ...described(entity) },
  });
}

function described(entity: Entity): Record<string, unknown> {
  switch (entity.collection) {
    case "action":
      return { kind: entity.exec.kind };
    case "package":
      return entity.binding === null ? {} : { boundTo: `${entity.binding.namespaceId}/${entity.binding.name}` };
    case "trigger":
      return {};
    case "rule":
      return { trigger: qualifiedNameOf(entity.trigger), action: qualifiedNameOf(entity.action) };
  }
}
