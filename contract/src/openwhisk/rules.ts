import { z } from "zod";
import { route } from "../route.ts";
import { flag, listAnswer, listQuery } from "./queries.ts";
import {
  AnnotationsBody,
  dataPlane,
  EntityPath,
  entityFields,
  NAMESPACE_PATH,
  NamespaceParams,
  RuleStatus,
  VersionText,
} from "./shapes.ts";

const nameMalformed = "a name must be text, or an object with path and name";
/** `/namespace/package/name`, or the same in parts. */
const FullName = z.union(
  [
    z.string(),
    z.object({ path: z.string(), name: z.string() }).transform(({ path, name }): string => `/${path}/${name}`),
  ],
  { error: nameMalformed },
);

export const PutRuleBody = z
  .object(
    {
      trigger: FullName.nullish(),
      action: FullName.nullish(),
      annotations: AnnotationsBody.nullish(),
      version: VersionText.nullish(),
      publish: z.boolean({ error: "publish must be a boolean" }).nullish(),
    },
    { error: "Object expected" },
  )
  .meta({ id: "PutRule" });

const ruleFields = { ...entityFields, trigger: EntityPath, action: EntityPath };
export const RuleShape = z.object({ ...ruleFields, status: RuleStatus }).meta({ id: "Rule" });
export type RuleShape = z.infer<typeof RuleShape>;

export const RuleSummaryShape = z.object(ruleFields).meta({ id: "RuleSummary" });
export type RuleSummaryShape = z.infer<typeof RuleSummaryShape>;

const rules = `${NAMESPACE_PATH}/rules` as const;
const one = { ...dataPlane, path: `${rules}/{name}`, params: NamespaceParams.extend({ name: z.string() }) } as const;

export const listRules = route({
  ...dataPlane,
  id: "rule.list",
  summary: "List the rules of the namespace",
  method: "GET",
  path: rules,
  params: NamespaceParams,
  query: z.object(listQuery("rules")),
  answers: { 200: listAnswer("rules", RuleSummaryShape) },
  errors: [400, 403],
});

export const getRule = route({
  ...one,
  id: "rule.get",
  summary: "Get a rule",
  method: "GET",
  answers: { 200: RuleShape },
  errors: [400, 403, 404, 409],
});

export const putRule = route({
  ...one,
  id: "rule.put",
  summary: "Create or update a rule",
  method: "PUT",
  query: z.object({ overwrite: flag(false) }),
  body: PutRuleBody,
  answers: { 200: RuleShape },
  errors: [400, 403, 409, 413, 415],
});

export const deleteRule = route({
  ...one,
  id: "rule.delete",
  summary: "Delete a rule",
  method: "DELETE",
  answers: { 200: RuleShape },
  errors: [400, 403, 404, 409],
});

export const setRuleStatus = route({
  ...one,
  id: "rule.setStatus",
  summary: "Activate or deactivate a rule",
  method: "POST",
  body: z.object({ status: RuleStatus }, { error: "Object expected" }),
  answers: { 200: null },
  errors: [400, 403, 404, 409, 415],
});
