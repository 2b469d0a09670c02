import { z } from "zod";
import { route } from "../route.ts";
import { PAYLOAD_BYTES_MAX } from "./actions.ts";
import { flag, listAnswer, listQuery } from "./queries.ts";
import {
  AnnotationsBody,
  dataPlane,
  EntityPath,
  entityFields,
  Json,
  NAMESPACE_PATH,
  NamespaceParams,
  ParameterShape,
  ParametersBody,
  RuleStatus,
  VersionText,
} from "./shapes.ts";

export const PutTriggerBody = z
  .object(
    {
      parameters: ParametersBody.nullish(),
      annotations: AnnotationsBody.nullish(),
      version: VersionText.nullish(),
      publish: z.boolean({ error: "publish must be a boolean" }).nullish(),
    },
    { error: "Object expected" },
  )
  .meta({ id: "PutTrigger" });

export const TriggerShape = z
  .object({
    ...entityFields,
    parameters: z.array(ParameterShape),
    limits: z.strictObject({}),
    rules: z
      .record(z.string(), z.object({ action: EntityPath, status: RuleStatus }))
      .optional()
      .meta({ description: "By `namespace/name` of the rule; absent if there are none." }),
  })
  .meta({ id: "Trigger" });
export type TriggerShape = z.infer<typeof TriggerShape>;

export const TriggerSummaryShape = z.object(entityFields).meta({ id: "TriggerSummary" });
export type TriggerSummaryShape = z.infer<typeof TriggerSummaryShape>;

const triggers = `${NAMESPACE_PATH}/triggers` as const;
const one = { ...dataPlane, path: `${triggers}/{name}`, params: NamespaceParams.extend({ name: z.string() }) } as const;

export const listTriggers = route({
  ...dataPlane,
  id: "trigger.list",
  summary: "List the triggers of the namespace",
  method: "GET",
  path: triggers,
  params: NamespaceParams,
  query: z.object(listQuery("triggers")),
  answers: { 200: listAnswer("triggers", TriggerSummaryShape) },
  errors: [400, 403],
});

export const getTrigger = route({
  ...one,
  id: "trigger.get",
  summary: "Get a trigger and its rules",
  method: "GET",
  answers: { 200: TriggerShape },
  errors: [400, 403, 404, 409],
});

export const putTrigger = route({
  ...one,
  id: "trigger.put",
  summary: "Create or update a trigger",
  method: "PUT",
  query: z.object({ overwrite: flag(false) }),
  body: PutTriggerBody,
  bodyLimitBytes: 4 * 1024 * 1024,
  answers: { 200: TriggerShape },
  errors: [400, 403, 409, 413, 415],
});

export const deleteTrigger = route({
  ...one,
  id: "trigger.delete",
  summary: "Delete a trigger; its rules stay, inactive",
  method: "DELETE",
  answers: { 200: TriggerShape },
  errors: [400, 403, 404, 409],
});

export const fireTrigger = route({
  ...one,
  id: "trigger.fire",
  summary: "Fire a trigger: the actions of its active rules run",
  method: "POST",
  body: z.record(z.string(), Json).optional(),
  bodyLimitBytes: PAYLOAD_BYTES_MAX,
  answers: { 202: z.object({ activationId: z.string() }), 204: null },
  errors: [400, 403, 404, 409, 413, 415, 429, 503],
});
