import { z } from "zod";

/** Any JSON value: what functions take, give and are configured with. */
export const Json = z.unknown().meta({ description: "Any JSON value." });

const pair = (malformed: string) => ({
  key: z.string({ error: malformed }).min(1, malformed),
  // `unknown` lets an absent value through; `null` is a value, nothing is not.
  value: Json.refine((value) => value !== undefined, { error: malformed }),
});

const annotationsMalformed = "annotations malformed!";
/** Annotations as clients send them. */
export const AnnotationsBody = z.array(z.object(pair(annotationsMalformed), { error: annotationsMalformed }), {
  error: annotationsMalformed,
});

const parametersMalformed = "parameters malformed!";
/** Parameters as clients send them; `init: true` makes one an environment variable. */
export const ParametersBody = z.array(
  z.object(
    { ...pair(parametersMalformed), init: z.boolean({ error: parametersMalformed }).nullish() },
    { error: parametersMalformed },
  ),
  { error: parametersMalformed },
);

/** `major.minor.patch`. */
export const VersionText = z
  .string({ error: "semantic version malformed" })
  .regex(/^\d{1,9}\.\d{1,9}\.\d{1,9}$/, "semantic version malformed")
  .meta({ example: "0.0.1" });

export const AnnotationShape = z.object({ key: z.string(), value: Json }).meta({ id: "Annotation" });

export const ParameterShape = z
  .object({ key: z.string(), value: Json, init: z.literal(true).optional() })
  .meta({ id: "Parameter", description: "`init: true` marks an environment variable." });

/** Milliseconds, megabytes, megabytes, activations at a time in one process. */
export const LimitsShape = z
  .object({ timeout: z.int(), memory: z.int(), logs: z.int(), concurrency: z.int() })
  .meta({ id: "Limits" });

/** Where an entity is: `path` is the namespace, with `/package` behind it for what is in a package. */
export const EntityPath = z.object({ path: z.string(), name: z.string() }).meta({ id: "EntityPath" });

export const RuleStatus = z.enum(["active", "inactive"], { error: "status must be 'active' or 'inactive'" });

/** What every stored thing says of itself. */
export const entityFields = {
  namespace: z.string().meta({ description: "The namespace, with `/package` behind it for what is in a package." }),
  name: z.string(),
  version: z.string(),
  publish: z.boolean(),
  updated: z.int().meta({ description: "Epoch milliseconds." }),
  annotations: z.array(AnnotationShape),
};

/** What all routes of the data plane share. */
export const dataPlane = { dialect: "openwhisk", credential: "access_key" } as const;

/** Below which everything of a namespace is; `_` is the namespace of the access key. */
export const NAMESPACE_PATH = "/api/v1/namespaces/{namespace}";
export const NamespaceParams = z.object({ namespace: z.string() });
