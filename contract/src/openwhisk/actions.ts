import { z } from "zod";
import { route } from "../route.ts";
import { ActivationShape } from "./activations.ts";
import { flag, listAnswer, listQuery } from "./queries.ts";
import {
  AnnotationsBody,
  dataPlane,
  entityFields,
  Json,
  LimitsShape,
  NAMESPACE_PATH,
  NamespaceParams,
  ParameterShape,
  ParametersBody,
  VersionText,
} from "./shapes.ts";

/** Code, base64 and JSON around it: 48 MiB of code is the limit itself, this is where a body stops being read. */
const ACTION_BODY_BYTES_MAX = 70 * 1024 * 1024;
/** The largest payload of an invocation, in bytes. */
export const PAYLOAD_BYTES_MAX = 1_048_576;

const kindMissing = "'kind' must be a string defined in 'exec'";
/** What to run. Whether `code` and `main` are right depends on the kind, so the server says it, with the kind in the text. */
export const ExecBody = z
  .object(
    {
      kind: z.string({ error: kindMissing }).meta({ example: "nodejs:default" }),
      code: z.unknown().optional().meta({ type: "string", description: "Source, or a zip archive as base64." }),
      main: z
        .unknown()
        .optional()
        .meta({ type: "string", description: "`function` or `file.function`; `main` unless given." }),
      components: z
        .unknown()
        .optional()
        .meta({
          type: "array",
          items: { type: "string" },
          description: "For the kind `sequence`, in place of code: the actions to run, as `/namespace/package/name`.",
        }),
    },
    { error: kindMissing },
  )
  .meta({ id: "Exec" });

const whole = (what: string) => z.int({ error: `${what} must be whole number` }).nullish();

export const PutActionBody = z
  .object(
    {
      exec: ExecBody.nullish(),
      parameters: ParametersBody.nullish(),
      annotations: AnnotationsBody.nullish(),
      delAnnotations: z
        .array(z.string({ error: "annotations malformed!" }), { error: "annotations malformed!" })
        .nullish(),
      limits: z
        .object(
          {
            timeout: whole("time limit"),
            memory: whole("memory limit"),
            logs: whole("log limit"),
            concurrency: whole("concurrency limit"),
          },
          { error: "limits malformed!" },
        )
        .nullish(),
      version: VersionText.nullish(),
      publish: z.boolean({ error: "publish must be a boolean" }).nullish(),
    },
    { error: "Object expected" },
  )
  .meta({ id: "PutAction" });

export const ActionShape = z
  .object({
    ...entityFields,
    parameters: z.array(ParameterShape),
    limits: LimitsShape,
    exec: z.object({
      kind: z.string(),
      code: z.string().optional(),
      binary: z.boolean().optional().meta({ description: "Absent for sequences." }),
      main: z.string().optional(),
      components: z.array(z.string()).optional().meta({ description: "Of a sequence, as `/namespace/package/name`." }),
    }),
    binding: z.string().optional().meta({ description: "The binding it was asked for through, as `namespace/name`." }),
  })
  .meta({ id: "Action" });
export type ActionShape = z.infer<typeof ActionShape>;

export const ActionSummaryShape = z
  .object({ ...entityFields, limits: LimitsShape, exec: z.object({ binary: z.boolean() }) })
  .meta({ id: "ActionSummary" });
export type ActionSummaryShape = z.infer<typeof ActionSummaryShape>;

const ActionParams = NamespaceParams.extend({ name: z.string() });
const PackagedActionParams = NamespaceParams.extend({ package: z.string(), name: z.string() });
const ACTION = `${NAMESPACE_PATH}/actions/{name}` as const;
const PACKAGED_ACTION = `${NAMESPACE_PATH}/actions/{package}/{name}` as const;
const inDefaultPackage = { ...dataPlane, path: ACTION, params: ActionParams } as const;
const inPackage = { ...dataPlane, path: PACKAGED_ACTION, params: PackagedActionParams } as const;

const list = {
  ...dataPlane,
  method: "GET",
  query: z.object(listQuery("actions")),
  answers: { 200: listAnswer("actions", ActionSummaryShape) },
  errors: [400, 403],
} as const;

const get = {
  method: "GET",
  query: z.object({ code: flag(true) }),
  answers: { 200: ActionShape },
  errors: [400, 403, 404, 409],
} as const;

const put = {
  method: "PUT",
  query: z.object({ overwrite: flag(false) }),
  body: PutActionBody,
  bodyLimitBytes: ACTION_BODY_BYTES_MAX,
  answers: { 200: ActionShape },
  errors: [400, 403, 404, 409, 413, 415],
} as const;

const remove = { method: "DELETE", answers: { 200: ActionShape }, errors: [400, 403, 404, 409] } as const;

/** The longest an invocation may be waited for, in milliseconds. */
const WAIT_MS_MAX = 60_000;
const InvokeQuery = z.object({
  blocking: flag(false).meta({ description: "Wait for the result." }),
  result: flag(false).meta({ description: "With `blocking`: answer with the result instead of the whole record." }),
  timeout: z
    .string()
    .optional()
    .transform((text, context): number => {
      if (text === undefined) return WAIT_MS_MAX;
      const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
      if (value >= 1 && value <= WAIT_MS_MAX) return value;
      context.addIssue({ code: "custom", message: `Timeout must be number of milliseconds up to ${WAIT_MS_MAX}.` });
      return z.NEVER;
    })
    .meta({ type: "integer", description: "Milliseconds to wait at most.", minimum: 1, maximum: WAIT_MS_MAX }),
});
const Outcome = z
  .union([ActivationShape, Json])
  .meta({ description: "The record or, with `result=true`, the result." });

const invoke = {
  method: "POST",
  query: InvokeQuery,
  body: z.record(z.string(), Json).optional(),
  bodyLimitBytes: PAYLOAD_BYTES_MAX,
  answers: {
    200: Outcome,
    202: z.object({ activationId: z.string() }).meta({ description: "Accepted, or still running." }),
    500: Outcome,
    502: Outcome,
  },
  errors: [400, 403, 404, 409, 413, 415, 429, 503],
} as const;

export const listActions = route({
  ...list,
  id: "action.list",
  summary: "List the actions of the namespace, packaged ones included",
  path: `${NAMESPACE_PATH}/actions`,
  params: NamespaceParams,
});

/** The slash at the end tells a package from an action of that name. */
export const listPackagedActions = route({
  ...list,
  id: "packagedAction.list",
  summary: "List the actions of a package",
  path: `${NAMESPACE_PATH}/actions/{package}/`,
  params: NamespaceParams.extend({ package: z.string() }),
  errors: [400, 403, 404, 409],
});

export const getAction = route({ ...inDefaultPackage, ...get, id: "action.get", summary: "Get an action" });
export const putAction = route({
  ...inDefaultPackage,
  ...put,
  id: "action.put",
  summary: "Create or update an action",
});
export const deleteAction = route({ ...inDefaultPackage, ...remove, id: "action.delete", summary: "Delete an action" });
export const invokeAction = route({ ...inDefaultPackage, ...invoke, id: "action.invoke", summary: "Invoke an action" });

export const getPackagedAction = route({
  ...inPackage,
  ...get,
  id: "packagedAction.get",
  summary: "Get an action of a package",
});
export const putPackagedAction = route({
  ...inPackage,
  ...put,
  id: "packagedAction.put",
  summary: "Create or update an action of a package",
});
export const deletePackagedAction = route({
  ...inPackage,
  ...remove,
  id: "packagedAction.delete",
  summary: "Delete an action of a package",
});
export const invokePackagedAction = route({
  ...inPackage,
  ...invoke,
  id: "packagedAction.invoke",
  summary: "Invoke an action of a package",
});
