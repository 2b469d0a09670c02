import {
  deleteRule,
  getRule,
  listRules,
  putRule,
  type RuleShape,
  type RuleSummaryShape,
  setRuleStatus,
} from "@latchkey/contract/openwhisk/rules";
import { type BoundRoute, implement } from "../../http/call.ts";
import type { NamespacePrincipal } from "../../namespaces/index.ts";
import { keyIn, requireOwnNamespace } from "../model/access.ts";
import type { Rule, RuleSummary } from "../model/entities.ts";
import type { EntityKey } from "../model/names.ts";
import type { Functions } from "../service/functions.ts";
import { requireBody, toAnnotations } from "./bodies.ts";
import { collection, countAfter } from "./collections.ts";
import { listed, toPath } from "./entity-shapes.ts";

type OnRule = {
  readonly caller: NamespacePrincipal;
  readonly params: { readonly namespace: string; readonly name: string };
};
const keyOf = ({ caller, params }: OnRule): EntityKey => keyIn(caller, params.namespace, "", params.name);

export function ruleRoutes({ rules }: Pick<Functions, "rules">): BoundRoute[] {
  return [
    ...collection(
      implement<NamespacePrincipal, typeof listRules>(listRules, async ({ caller, params, query }) => {
        requireOwnNamespace(caller, params.namespace, null);
        const body = query.count
          ? { rules: countAfter(query.skip, await rules.count(caller)) }
          : (await rules.list(caller, query)).map(toSummary);
        return { status: 200, body };
      }),
    ),
    implement<NamespacePrincipal, typeof getRule>(getRule, (call) => ({
      status: 200,
      body: toRule(rules.get(call.caller, keyOf(call))),
    })),
    implement<NamespacePrincipal, typeof putRule>(putRule, async (call) => {
      const key = keyOf(call);
      requireBody(call.rawBody);
      const { trigger, action, annotations, version, publish } = call.body();
      const change = {
        trigger: trigger ?? null,
        action: action ?? null,
        annotations: toAnnotations(annotations),
        version: version ?? null,
        publish: publish ?? null,
      };
      const cause = { caller: call.caller, origin: call };
      return { status: 200, body: toRule(await rules.put(cause, key, change, call.query.overwrite)) };
    }),
    implement<NamespacePrincipal, typeof deleteRule>(deleteRule, async (call) => ({
      status: 200,
      body: toRule(await rules.delete({ caller: call.caller, origin: call }, keyOf(call))),
    })),
    implement<NamespacePrincipal, typeof setRuleStatus>(setRuleStatus, async (call) => {
      const key = keyOf(call);
      requireBody(call.rawBody);
      await rules.setStatus({ caller: call.caller, origin: call }, key, call.body().status);
      return { status: 200 };
    }),
  ];
}

const toSummary = (rule: RuleSummary): RuleSummaryShape => ({
  ...listed(rule),
  trigger: toPath(rule.trigger),
  action: toPath(rule.action),
});

const toRule = (rule: Rule): RuleShape => ({ ...toSummary(rule), status: rule.status });
