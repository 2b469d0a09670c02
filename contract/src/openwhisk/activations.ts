import { z } from "zod";
import { route } from "../route.ts";
import { flag, listAnswer, listQuery } from "./queries.ts";
import { AnnotationShape, dataPlane, Json, NAMESPACE_PATH, NamespaceParams } from "./shapes.ts";

const summaryFields = {
  activationId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .meta({ example: "4f3a6ee2b1c94d7bba6ee2b1c9fd7b10" }),
  namespace: z.string(),
  name: z.string(),
  version: z.string(),
  publish: z.boolean(),
  start: z.int().meta({ description: "Epoch milliseconds." }),
  end: z.int().optional().meta({ description: "Epoch milliseconds. Triggers have none." }),
  duration: z
    .int()
    .optional()
    .meta({ description: "Milliseconds; of a sequence, its components' together. Triggers have none." }),
  cause: z.string().optional().meta({ description: "The sequence or composition that it is a part of." }),
  statusCode: z.int().min(0).max(3).optional().meta({
    description:
      "0 success, 1 application error, 2 action developer error, 3 whisk internal error. Triggers have none.",
  }),
  annotations: z.array(AnnotationShape),
};

export const ActivationSummaryShape = z.object(summaryFields).meta({ id: "ActivationSummary" });
export type ActivationSummaryShape = z.infer<typeof ActivationSummaryShape>;

const ResponseShape = z
  .object({ status: z.string(), success: z.boolean(), result: Json, size: z.int() })
  .meta({ id: "ActivationResponse" });
export type ResponseShape = z.infer<typeof ResponseShape>;

export const ActivationShape = z
  .object({ ...summaryFields, subject: z.string(), logs: z.array(z.string()), response: ResponseShape })
  .meta({ id: "Activation" });
export type ActivationShape = z.infer<typeof ActivationShape>;

const instant = z
  .string()
  .optional()
  .transform((text, context): number | null => {
    if (text === undefined) return null;
    if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
    context.addIssue({ code: "custom", message: `Parameter is not a valid value for epoch seconds: ${text}` });
    return z.NEVER;
  })
  .meta({ type: "integer", description: "Epoch milliseconds, inclusive, compared with `start`." });

const SEGMENT = /^\w(?:[\w @.&-]{0,254}[\w@.&-])?$/;
/** `simple` is a function outside any package, `package/simple` one inside. */
const nameFilter = z
  .string()
  .optional()
  .transform((text, context): { readonly package: string; readonly name: string } | null => {
    if (text === undefined || text.trim() === "") return null;
    const segments = text.split("/");
    const [first = "", second] = segments;
    if (segments.length <= 2 && segments.every((segment) => SEGMENT.test(segment))) {
      return second === undefined ? { package: "", name: first } : { package: first, name: second };
    }
    const message = `Parameter may be a 'simple' name or 'package-name/simple' name: ${text}`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  })
  .meta({ type: "string" });

const activations = `${NAMESPACE_PATH}/activations` as const;
const one = { ...dataPlane, method: "GET", params: NamespaceParams.extend({ id: z.string() }) } as const;
const errors = [400, 403, 404] as const;

export const listActivations = route({
  ...dataPlane,
  id: "activation.list",
  summary: "List activations, newest first",
  method: "GET",
  path: activations,
  params: NamespaceParams,
  query: z.object({
    ...listQuery("activations"),
    docs: flag(false).meta({ description: "Whole records instead of summaries." }),
    name: nameFilter,
    since: instant,
    upto: instant,
  }),
  answers: { 200: listAnswer("activations", z.union([ActivationShape, ActivationSummaryShape])) },
  errors: [400, 403],
});

export const getActivation = route({
  ...one,
  id: "activation.get",
  summary: "Get the record of an activation; 404 while it runs",
  path: `${activations}/{id}`,
  answers: { 200: ActivationShape },
  errors,
});

export const getActivationLogs = route({
  ...one,
  id: "activation.logs",
  summary: "Get what an activation logged",
  path: `${activations}/{id}/logs`,
  answers: { 200: z.object({ logs: z.array(z.string()) }) },
  errors,
});

export const getActivationResult = route({
  ...one,
  id: "activation.result",
  summary: "Get the result of an activation",
  path: `${activations}/{id}/result`,
  answers: { 200: ResponseShape },
  errors,
});
