import { randomHex } from "../../kernel/random.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import { functionErrors } from "../errors.ts";
import { requireMay, sightOf } from "../model/access.ts";
import { type Annotation, annotationValue, uniqueAnnotations } from "../model/annotations.ts";
import type { Rule, Trigger, TriggerSummary } from "../model/entities.ts";
import { type EntityKey, isPath } from "../model/names.ts";
import { mergeParameters, type Parameter } from "../model/parameters.ts";
import { FIRST_VERSION, nextVersion } from "../model/version.ts";
import { countEntities, findEntity, listTriggers, removeEntity, saveEntity } from "../queries/entities.ts";
import { findRulesOf, prepareRulesLookup } from "../queries/rules.ts";
import { checkSizes, type EntityDeps, type Page } from "./actions.ts";
import { announce, type Cause, type Judge } from "./change.ts";
import { requireTrigger } from "./resolve.ts";

/** What a PUT asks for; null leaves a field as it is, or as it is by default. */
export type TriggerChange = {
  readonly parameters: readonly Parameter[] | null;
  readonly annotations: readonly Annotation[] | null;
  readonly version: string | null;
  readonly publish: boolean | null;
};

/** A trigger with the rules that know of it. */
export type ShownTrigger = { readonly trigger: Trigger; readonly rules: readonly Rule[] };

/** Triggers: names for what happens. What is done about it, rules say. */
export function createTriggers(deps: EntityDeps) {
  const { store, clock, random, audit, catalog, limits, makeChange } = deps;
  const rulesOf = prepareRulesLookup(store.committed);

  return {
    async put(cause: Cause, key: EntityKey, change: TriggerChange, overwrite: boolean): Promise<ShownTrigger> {
      const judge: Judge = (caller) => requireMay(caller, "deploy", key);
      judge(cause.caller);
      checkSizes(change, limits);
      checkFeed(change.annotations);
      return makeChange(cause, judge, async (tx, cause) => {
        const found = await findEntity(tx, key);
        const former = found === undefined ? null : requireTrigger(found);
        if (former !== null && !overwrite) throw functionErrors.exists();
        const at = clock.now();
        const trigger: Trigger = {
          ...next(key, change, former),
          revision: randomHex(random, 16),
          updatedAt: at,
        };
        await saveEntity(tx, trigger);
        await announce(tx, audit, cause, { did: former === null ? "create" : "update", entity: trigger, at });
        return { trigger, rules: await findRulesOf(tx, key) };
      });
    },

    /** Its rules stay, inactive and without a trigger. */
    delete(cause: Cause, key: EntityKey): Promise<ShownTrigger> {
      const judge: Judge = (caller) => requireMay(caller, "deploy", key);
      judge(cause.caller);
      return makeChange(cause, judge, async (tx, cause) => {
        const trigger = requireTrigger(await findEntity(tx, key));
        const rules = await findRulesOf(tx, key);
        const at = clock.now();
        for (const rule of rules) {
          await saveEntity(tx, { ...rule, status: "inactive", isLinked: false });
          if (rule.status === "active") await announce(tx, audit, cause, { did: "deactivate", entity: rule, at });
        }
        await removeEntity(tx, key);
        await announce(tx, audit, cause, { did: "delete", entity: trigger, at });
        return { trigger, rules };
      });
    },

    get(caller: NamespacePrincipal, key: EntityKey): ShownTrigger {
      requireMay(caller, "read", key);
      return { trigger: requireTrigger(catalog.find(key)), rules: rulesOf(key) };
    },

    /** The triggers the caller may read. */
    async list(caller: NamespacePrincipal, page: Page): Promise<readonly TriggerSummary[]> {
      const sight = sightOf(caller, "trigger");
      if (sight === "everything") return listTriggers(store.db, caller.namespaceId, page);
      const seen = (await listTriggers(store.db, caller.namespaceId, null)).filter(({ key }) => sight.sees(key));
      return seen.slice(page.skip, page.skip + page.limit);
    },

    async count(caller: NamespacePrincipal): Promise<number> {
      const sight = sightOf(caller, "trigger");
      const { namespaceId } = caller;
      if (sight === "everything") return countEntities(store.db, "trigger", { namespaceId, packageName: null });
      return (await listTriggers(store.db, namespaceId, null)).filter(({ key }) => sight.sees(key)).length;
    },
  };
}

/** A feed is an action, named in full or from some namespace on (openwhisk-api 8.1). */
function checkFeed(annotations: readonly Annotation[] | null): void {
  const feed = annotationValue(annotations ?? [], "feed");
  if (feed === undefined || (typeof feed === "string" && isPath(feed))) return;
  throw functionErrors.feed_name_invalid();
}

/** The trigger that follows from the former one, if any, and what is asked for. What is given replaces, nothing is merged. */
const next = (
  key: EntityKey,
  change: TriggerChange,
  former: Trigger | null,
): Omit<Trigger, "revision" | "updatedAt"> => ({
  key,
  collection: "trigger",
  version: change.version ?? (former === null ? FIRST_VERSION : nextVersion(former.version)),
  publish: change.publish ?? former?.publish ?? false,
  annotations: change.annotations === null ? (former?.annotations ?? []) : uniqueAnnotations(change.annotations),
  parameters: change.parameters === null ? (former?.parameters ?? []) : mergeParameters(change.parameters),
});
