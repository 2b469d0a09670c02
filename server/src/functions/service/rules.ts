import { LatchkeyError } from "../../kernel/errors.ts";
import { randomHex } from "../../kernel/random.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import { functionErrors, malformed } from "../errors.ts";
import { requireMay, requireMayPutToUse, sightOf } from "../model/access.ts";
import { type Annotation, uniqueAnnotations } from "../model/annotations.ts";
import type { Rule, RuleStatus, RuleSummary } from "../model/entities.ts";
import { type EntityKey, qualifiedNameOf } from "../model/names.ts";
import { FIRST_VERSION, nextVersion } from "../model/version.ts";
import { countEntities, findEntity, listRules, removeEntity, saveEntity } from "../queries/entities.ts";
import { checkSizes, type EntityDeps, type Page } from "./actions.ts";
import { announce, type Cause, type Judge } from "./change.ts";
import { NAME_INCOMPLETE, readFullName } from "./full-names.ts";
import { requireRule, resolveAction } from "./resolve.ts";

/** What a PUT asks for; null leaves a field as it is, or as it is by default. */
export type RuleChange = {
  /** As clients spell them in full. */
  readonly trigger: string | null;
  readonly action: string | null;
  readonly annotations: readonly Annotation[] | null;
  readonly version: string | null;
  readonly publish: boolean | null;
};

/** Rules: which action runs when a trigger is fired. */
export function createRules(deps: EntityDeps) {
  const { store, clock, random, audit, catalog, limits, makeChange } = deps;

  const readName = (caller: NamespacePrincipal, text: string | null): EntityKey | null => {
    if (text === null) return null;
    const key = readFullName(caller, text);
    if (key === undefined) throw malformed(NAME_INCOMPLETE);
    return key;
  };

  const hasTrigger = (key: EntityKey): boolean => catalog.find(key)?.collection === "trigger";

  const hasAction = (key: EntityKey, { namespaceId }: EntityKey): boolean => {
    try {
      resolveAction(catalog.find, key, namespaceId);
      return true;
    } catch (error) {
      if (!(error instanceof LatchkeyError) || error.code === functionErrors.not_authorized.code) throw error;
      return false;
    }
  };

  /**
   * Refuses to join what the caller may not: whoever fires the trigger hands what it is fired with to the action. Both are looked up
   * as they are committed; called in a transaction, that is how they stay.
   */
  const checkEnds = (
    caller: NamespacePrincipal,
    { key, trigger, action }: Pick<Rule, "key" | "trigger" | "action">,
  ) => {
    requireMay(caller, "deploy", trigger);
    requireMayPutToUse(caller, [action]);
    if (!hasTrigger(trigger)) {
      throw functionErrors.rule_trigger_unknown({ says: `trigger /${qualifiedNameOf(trigger)} does not exist` });
    }
    if (!hasAction(action, key)) {
      throw functionErrors.rule_action_unknown({ says: `action /${qualifiedNameOf(action)} does not exist` });
    }
  };

  return {
    async put(cause: Cause, key: EntityKey, change: RuleChange, overwrite: boolean): Promise<Rule> {
      const judge: Judge = (caller) => requireMay(caller, "deploy", key);
      judge(cause.caller);
      checkSizes({ parameters: null, annotations: change.annotations }, limits);
      const asked = { trigger: readName(cause.caller, change.trigger), action: readName(cause.caller, change.action) };
      return makeChange(cause, judge, async (tx, cause) => {
        const found = await findEntity(tx, key);
        const former = found === undefined ? null : requireRule(found);
        if (former !== null && !overwrite) throw functionErrors.exists();
        const trigger = asked.trigger ?? former?.trigger;
        const action = asked.action ?? former?.action;
        if (trigger === undefined || action === undefined) throw functionErrors.rule_incomplete();
        checkEnds(cause.caller, { key, trigger, action });
        const at = clock.now();
        const rule: Rule = {
          key,
          collection: "rule",
          version: change.version ?? (former === null ? FIRST_VERSION : nextVersion(former.version)),
          publish: change.publish ?? former?.publish ?? false,
          annotations:
            change.annotations === null ? (former?.annotations ?? []) : uniqueAnnotations(change.annotations),
          parameters: [],
          trigger,
          action,
          status: former === null ? "active" : former.status,
          isLinked: true,
          revision: randomHex(random, 16),
          updatedAt: at,
        };
        await saveEntity(tx, rule);
        await announce(tx, audit, cause, { did: former === null ? "create" : "update", entity: rule, at });
        return rule;
      });
    },

    delete(cause: Cause, key: EntityKey): Promise<Rule> {
      const judge: Judge = (caller) => requireMay(caller, "deploy", key);
      judge(cause.caller);
      return makeChange(cause, judge, async (tx, cause) => {
        const rule = requireRule(await findEntity(tx, key));
        await removeEntity(tx, key);
        await announce(tx, audit, cause, { did: "delete", entity: rule, at: clock.now() });
        return { ...rule, status: "inactive" };
      });
    },

    /** Does nothing if that is its status. Throws `function.rule_without_trigger` for one to activate whose trigger is gone. */
    setStatus(cause: Cause, key: EntityKey, status: RuleStatus): Promise<void> {
      const judge: Judge = (caller) => requireMay(caller, "deploy", key);
      judge(cause.caller);
      return makeChange(cause, judge, async (tx, cause) => {
        const rule = requireRule(await findEntity(tx, key));
        if (rule.status === status) return;
        if (!hasTrigger(rule.trigger)) throw functionErrors.rule_without_trigger();
        const changed: Rule = { ...rule, status, isLinked: true };
        await saveEntity(tx, changed);
        const did = status === "active" ? "activate" : "deactivate";
        await announce(tx, audit, cause, { did, entity: changed, at: clock.now() });
      });
    },

    get(caller: NamespacePrincipal, key: EntityKey): Rule {
      requireMay(caller, "read", key);
      return requireRule(catalog.find(key));
    },

    /** The rules the caller may read. */
    async list(caller: NamespacePrincipal, page: Page): Promise<readonly RuleSummary[]> {
      const sight = sightOf(caller, "rule");
      if (sight === "everything") return listRules(store.db, caller.namespaceId, page);
      const seen = (await listRules(store.db, caller.namespaceId, null)).filter(({ key }) => sight.sees(key));
      return seen.slice(page.skip, page.skip + page.limit);
    },

    async count(caller: NamespacePrincipal): Promise<number> {
      const sight = sightOf(caller, "rule");
      const { namespaceId } = caller;
      if (sight === "everything") return countEntities(store.db, "rule", { namespaceId, packageName: null });
      return (await listRules(store.db, namespaceId, null)).filter(({ key }) => sight.sees(key)).length;
    },
  };
}
