import { z } from "zod";
import { AccessKeyShape, AccessKeyWithSecretShape } from "./access-key-shapes.ts";
import { route } from "./route.ts";
import { PRINTABLE, Timestamp } from "./shapes.ts";

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
const LONGEST_SECONDS = 3650 * DAY_SECONDS;

const badLifetime =
  "Invalid request payload: expires_in must be a whole number of hours or days of at least 1, such as 12h or 30d (3650d at most), or never";

/**
 * A key's lifetime on the wire, parsed to seconds, `null` for a key that never expires. Absent, null, "" and "never" mean never;
 * anything not understood is an error, because it must not turn into "never".
 */
export const Lifetime = z
  .unknown()
  .transform((value, context): number | null => {
    if (value === undefined || value === null) return null;
    const text = typeof value === "string" ? value.trim() : "?";
    if (text === "" || text.toLowerCase() === "never") return null;
    const [, digits, unit] = /^([0-9]+)([hd])$/.exec(text) ?? [];
    const seconds = Number(digits) * (unit === "h" ? HOUR_SECONDS : DAY_SECONDS);
    if (seconds >= HOUR_SECONDS && seconds <= LONGEST_SECONDS) return seconds;
    context.addIssue({ code: "custom", message: badLifetime });
    return z.NEVER;
  })
  .meta({
    type: "string",
    description: "Hours or days: 12h, 30d; never or left out for a key that does not expire.",
    example: "7d",
  });

const missingName = "Invalid request payload: missing name field";
const KeyName = z
  .string({ error: missingName })
  .trim()
  .min(1, missingName)
  .max(255, "Invalid request payload: name is longer than 255 characters")
  .regex(PRINTABLE, "Invalid request payload: name contains control characters")
  .meta({ example: "my-function-access-key" });

/** `full`, or one of read, invoke, deploy, optionally for functions that match a pattern: `invoke:billing/*`. */
export const GrantText = z
  .string()
  .regex(
    /^(full|(read|invoke|deploy)(:[A-Za-z0-9_*][A-Za-z0-9_ @.&*/-]{0,511})?)$/,
    "Invalid request payload: each grant must be full, read, invoke or deploy, the last three optionally with a pattern, such as invoke:billing/*",
  )
  .meta({ example: "invoke:billing/*" });

const Grants = z
  .array(GrantText, { error: "Invalid request payload: grants must be a list" })
  .min(1, "Invalid request payload: grants must not be empty; leave the field out for full access")
  .max(64, "Invalid request payload: more than 64 grants");

const Networks = z
  .array(z.string().max(64), {
    error: "Invalid request payload: allowed_networks must be a list of addresses or CIDR ranges",
  })
  .max(64, "Invalid request payload: more than 64 allowed networks");

/** `expires_in` is the contract's word and every client's, `expiration` the guide's. */
function oneLifetime(body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  const fields = body as Record<string, unknown>;
  return "expires_in" in fields || !("expiration" in fields) ? fields : { ...fields, expires_in: fields["expiration"] };
}

export const CreateAccessKeyBody = z
  .preprocess(
    oneLifetime,
    z
      .object(
        {
          name: KeyName,
          expires_in: Lifetime.optional().transform((seconds) => seconds ?? null),
          expiration: Lifetime.optional(),
          grants: Grants.optional(),
          allowed_networks: Networks.optional(),
        },
        { error: missingName },
      )
      .refine((body) => body.expiration === undefined || body.expiration === body.expires_in, {
        error: "Invalid request payload: expires_in and expiration say different things; send one of them",
      }),
  )
  .meta({ id: "CreateAccessKey" });

export const RenameAccessKeyBody = z.object({ name: KeyName }, { error: missingName }).meta({ id: "RenameAccessKey" });

const badOverlap =
  "Invalid request payload: overlap must be 0 or a whole number of hours or days up to 30d, such as 24h";
const LONGEST_OVERLAP_SECONDS = 30 * DAY_SECONDS;

/** How long what is being replaced stays valid, parsed to seconds; a day where nothing is said. */
export const Overlap = z
  .union([z.literal(0), z.string()], { error: badOverlap })
  .optional()
  .transform((value, context): number => {
    if (value === undefined) return DAY_SECONDS;
    if (value === 0 || value.trim() === "0") return 0;
    const [, digits, unit] = /^([0-9]+)([hd])$/.exec(value.trim()) ?? [];
    const seconds = Number(digits) * (unit === "h" ? HOUR_SECONDS : DAY_SECONDS);
    if (seconds <= LONGEST_OVERLAP_SECONDS) return seconds;
    context.addIssue({ code: "custom", message: badOverlap });
    return z.NEVER;
  });

export const RotateAccessKeyBody = z
  .object({
    overlap: Overlap.meta({
      description: "How long the old secret stays valid; 24h unless said; 0 ends it at once.",
    }),
  })
  .prefault({})
  .meta({ id: "RotateAccessKey" });

const NamespaceParams = z.object({ namespace_id: z.string() });
const KeyParams = z.object({ namespace_id: z.string(), key_id: z.string() });
const keys = "/v2/functions/namespaces/{namespace_id}/keys";
const admin = { dialect: "digitalocean", credential: "token", scopes: ["function:admin"] } as const;

export const createAccessKey = route({
  ...admin,
  id: "accessKey.create",
  permission: "access_key.create",
  summary: "Create an access key; the answer shows its secret, once",
  method: "POST",
  path: keys,
  params: NamespaceParams,
  body: CreateAccessKeyBody,
  answers: { 201: z.object({ access_key: AccessKeyWithSecretShape }) },
  errors: [400, 403, 404, 409],
});

export const listAccessKeys = route({
  ...admin,
  id: "accessKey.list",
  permission: "access_key.read",
  summary: "List a namespace's access keys",
  method: "GET",
  path: keys,
  params: NamespaceParams,
  answers: { 200: z.object({ access_keys: z.array(AccessKeyShape), count: z.int() }) },
  errors: [403, 404],
});

export const getAccessKey = route({
  ...admin,
  id: "accessKey.get",
  permission: "access_key.read",
  summary: "Get an access key",
  method: "GET",
  path: `${keys}/{key_id}`,
  params: KeyParams,
  answers: { 200: z.object({ access_key: AccessKeyShape }) },
  errors: [403, 404],
});

export const renameAccessKey = route({
  ...admin,
  id: "accessKey.rename",
  permission: "access_key.manage",
  summary: "Rename an access key",
  method: "PUT",
  path: `${keys}/{key_id}`,
  params: KeyParams,
  body: RenameAccessKeyBody,
  answers: { 200: z.object({ access_key: AccessKeyShape }) },
  errors: [400, 403, 404, 409],
});

export const rotateAccessKey = route({
  ...admin,
  id: "accessKey.rotate",
  permission: "access_key.manage",
  summary: "Give an access key a new secret; the old one lives on for the overlap",
  method: "POST",
  path: `${keys}/{key_id}/rotate`,
  params: KeyParams,
  body: RotateAccessKeyBody,
  answers: {
    200: z.object({
      access_key: AccessKeyWithSecretShape,
      previous_secret_expires_at: Timestamp,
      secrets_ended: z.int().meta({
        description:
          "How many secrets of earlier rotations, the oldest, ended at once: at most five of a key are good at a time.",
      }),
    }),
  },
  errors: [400, 403, 404, 422],
});

/** 200 `{}` for callers that accept JSON (pydo knows nothing else), 204 for the others (DigitalOcean's guide). */
export const deleteAccessKey = route({
  ...admin,
  id: "accessKey.delete",
  permission: "access_key.manage",
  summary: "Revoke an access key, at once and for good",
  method: "DELETE",
  path: `${keys}/{key_id}`,
  params: KeyParams,
  answers: { 200: z.object({}), 204: null },
  errors: [403, 404],
});
