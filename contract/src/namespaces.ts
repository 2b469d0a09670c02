import { z } from "zod";
import { route } from "./route.ts";
import { PRINTABLE, Timestamp } from "./shapes.ts";

/** The nine data centers that clients may name; `doctl` accepts the three-letter region too and sends the data center. */
export const DATA_CENTERS = ["ams3", "blr1", "fra1", "lon1", "nyc1", "sfo3", "sgp1", "syd1", "tor1"] as const;
export type DataCenter = (typeof DATA_CENTERS)[number];

export const NamespaceShape = z
  .object({
    api_host: z.string().meta({ description: "Base URL of the data plane for this namespace." }),
    namespace: z
      .string()
      .meta({ description: "The id: fn- and a UUID.", example: "fn-3f0e8a52-7c5e-4a0e-9a55-0c8f6a1f8a11" }),
    created_at: Timestamp,
    updated_at: Timestamp,
    label: z.string().meta({ example: "billing-jobs" }),
    region: z.string().meta({ example: "fra1" }),
    uuid: z.string().meta({ description: "User part of the legacy credential; empty in lists." }),
    key: z.string().meta({
      description: "Password part of the legacy credential; empty in lists and where it is off.",
      "x-secret": true,
    }),
  })
  .meta({ id: "Namespace" });
export type NamespaceShape = z.infer<typeof NamespaceShape>;

const missingLabel = "Invalid request payload: missing label field";
const badRegion = `Invalid request payload: region must be one of ${DATA_CENTERS.join(", ")}`;

const NamespaceInput = z.object(
  {
    label: z
      .string({ error: missingLabel })
      .trim()
      .min(1, missingLabel)
      .max(255, "Invalid request payload: label is longer than 255 characters")
      .regex(PRINTABLE, "Invalid request payload: label contains control characters"),
    region: z
      .string({
        error: (issue) => (issue.input === undefined ? "Invalid request payload: missing region field" : badRegion),
      })
      .transform((region, context): DataCenter => {
        const found = DATA_CENTERS.find((center) => center === region || center.slice(0, 3) === region);
        if (found !== undefined) return found;
        context.addIssue({ code: "custom", message: badRegion });
        return z.NEVER;
      }),
  },
  { error: missingLabel },
);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** godo, dots and curl send the fields flat; doctl wraps them in `namespace` and spells `Region` with a capital. */
function unwrap(body: unknown): unknown {
  if (!isObject(body)) return body;
  const fields = isObject(body["namespace"]) ? body["namespace"] : body;
  return { ...fields, region: fields["region"] ?? fields["Region"] };
}

export const CreateNamespaceBody = z.preprocess(unwrap, NamespaceInput).meta({
  id: "CreateNamespace",
  description: "Flat, or wrapped in an object `namespace` as doctl does.",
});

const NamespaceParams = z.object({ namespace_id: z.string() });
const one = z.object({ namespace: NamespaceShape });

export const listNamespaces = route({
  id: "namespace.list",
  summary: "List the team's namespaces",
  method: "GET",
  path: "/v2/functions/namespaces",
  dialect: "digitalocean",
  credential: "token",
  permission: "namespace.read",
  scopes: ["function:read", "function:admin"],
  answers: { 200: z.object({ namespaces: z.array(NamespaceShape) }) },
  errors: [403],
});

export const createNamespace = route({
  id: "namespace.create",
  summary: "Create a namespace",
  method: "POST",
  path: "/v2/functions/namespaces",
  dialect: "digitalocean",
  credential: "token",
  permission: "namespace.create",
  scopes: ["function:create", "function:admin"],
  body: CreateNamespaceBody,
  answers: { 200: one },
  errors: [400, 403, 422],
});

export const getNamespace = route({
  id: "namespace.get",
  summary: "Get a namespace",
  method: "GET",
  path: "/v2/functions/namespaces/{namespace_id}",
  dialect: "digitalocean",
  credential: "token",
  // Needs function:admin; with function:read alone the answer is 403 "not allowed to get namespace".
  permission: "namespace.read",
  scopes: ["function:read", "function:admin"],
  params: NamespaceParams,
  answers: { 200: one },
  errors: [403, 404],
});

export const deleteNamespace = route({
  id: "namespace.delete",
  summary: "Delete a namespace with its functions, packages and access keys",
  method: "DELETE",
  path: "/v2/functions/namespaces/{namespace_id}",
  dialect: "digitalocean",
  credential: "token",
  permission: "namespace.delete",
  scopes: ["function:delete", "function:admin"],
  params: NamespaceParams,
  answers: { 204: null },
  errors: [403, 404],
});

/** Undocumented: the old "one namespace per account" call of doctl's library. */
export const getOrCreateSandbox = route({
  id: "namespace.sandbox",
  summary: "Get the team's default namespace, creating it if needed",
  method: "POST",
  path: "/v2/functions/sandbox",
  dialect: "digitalocean",
  credential: "token",
  permission: "namespace.create",
  scopes: ["function:create", "function:admin"],
  answers: { 200: one },
  errors: [403, 422],
});
