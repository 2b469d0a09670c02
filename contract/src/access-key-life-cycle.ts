import { z } from "zod";
import { AccessKeyInTeamShape, AccessKeyShape, AccessKeyWithSecretShape } from "./access-key-shapes.ts";
import { CreateAccessKeyBody, Overlap } from "./access-keys.ts";
import { route } from "./route.ts";
import { PRINTABLE, Timestamp } from "./shapes.ts";

const KeyParams = z.object({ namespace_id: z.string(), key_id: z.string() });
const key = "/v2/functions/namespaces/{namespace_id}/keys/{key_id}";
const admin = { dialect: "digitalocean", credential: "token", scopes: ["function:admin"] } as const;

const badReason = "Invalid request payload: reason must be a text of at most 255 characters";
const SuspendAccessKeyBody = z
  .object({
    reason: z
      .string({ error: badReason })
      .trim()
      .max(255, badReason)
      .regex(PRINTABLE, "Invalid request payload: reason contains control characters")
      .default("")
      .meta({ example: "lost laptop" }),
  })
  .prefault({})
  .meta({ id: "SuspendAccessKey" });

export const suspendAccessKey = route({
  ...admin,
  id: "accessKey.suspend",
  permission: "access_key.manage",
  summary: "Suspend an access key: nothing is let in with it until it is resumed",
  method: "POST",
  path: `${key}/suspend`,
  params: KeyParams,
  body: SuspendAccessKeyBody,
  answers: { 200: z.object({ access_key: AccessKeyShape }) },
  errors: [400, 403, 404, 422],
});

export const resumeAccessKey = route({
  ...admin,
  id: "accessKey.resume",
  permission: "access_key.manage",
  summary: "Resume a suspended access key",
  method: "POST",
  path: `${key}/resume`,
  params: KeyParams,
  answers: { 200: z.object({ access_key: AccessKeyShape }) },
  errors: [403, 404, 422],
});

const missingIdentity = "Invalid request payload: missing service_identity_id field";
const HandOverAccessKeyBody = z
  .object(
    {
      service_identity_id: z.string({ error: missingIdentity }).min(1, missingIdentity),
      overlap: Overlap.meta({ description: "How long the old key stays valid; 24h unless said; 0 ends it at once." }),
    },
    { error: missingIdentity },
  )
  .meta({ id: "HandOverAccessKey" });

export const handOverAccessKey = route({
  ...admin,
  id: "accessKey.handOver",
  permission: "access_key.manage",
  summary: "Give a service identity a key that opens what this one opens, and end this one after the overlap",
  method: "POST",
  path: `${key}/hand-over`,
  params: KeyParams,
  body: HandOverAccessKeyBody,
  answers: { 201: z.object({ access_key: AccessKeyWithSecretShape, previous_key_expires_at: Timestamp }) },
  errors: [400, 403, 404, 409, 422],
});

const missingNamespace = "Invalid request payload: missing namespace_id field";
const CreateServiceAccessKeyBody = z
  .intersection(
    CreateAccessKeyBody,
    z.object(
      { namespace_id: z.string({ error: missingNamespace }).min(1, missingNamespace) },
      { error: missingNamespace },
    ),
  )
  .meta({ id: "CreateServiceAccessKey" });

export const createServiceAccessKey = route({
  ...admin,
  id: "serviceAccessKey.create",
  permission: "service_identity.issue",
  summary: "Create an access key of a service identity's; the answer shows its secret, once",
  method: "POST",
  path: "/v2/team/service-identities/{service_identity_id}/keys",
  params: z.object({ service_identity_id: z.string() }),
  body: CreateServiceAccessKeyBody,
  answers: { 201: z.object({ access_key: AccessKeyWithSecretShape }) },
  errors: [400, 403, 404, 409],
});

const RevokeAllBody = z
  .object({
    dry_run: z
      .boolean({ error: "Invalid request payload: dry_run must be true or false" })
      .default(false)
      .meta({ description: "Only tell what it would end." }),
  })
  .prefault({})
  .meta({ id: "RevokeAll" });

const RevokeAllAnswer = z
  .discriminatedUnion("dry_run", [
    z.object({
      dry_run: z.literal(true),
      count: z.int().meta({ description: "How many keys it would end." }),
      access_keys: z.array(AccessKeyInTeamShape).meta({ description: "The newest of them, at most 1000." }),
    }),
    z.object({ dry_run: z.literal(false), revoked_at: Timestamp }),
  ])
  .meta({ id: "RevokedAll" });

const revokeAll = {
  ...admin,
  permission: "access_key.revoke_all",
  method: "POST",
  body: RevokeAllBody,
  answers: { 200: RevokeAllAnswer },
} as const;

export const revokeTeamKeys = route({
  ...revokeAll,
  id: "teamKeys.revoke",
  summary: "Revoke every access key of the team, or tell what that would end",
  path: "/v2/team/revoke-keys",
  errors: [400, 403],
});

export const revokeNamespaceKeys = route({
  ...revokeAll,
  id: "namespaceKeys.revoke",
  summary: "Revoke every access key to a namespace, or tell what that would end",
  path: "/v2/functions/namespaces/{namespace_id}/revoke-keys",
  params: z.object({ namespace_id: z.string() }),
  errors: [400, 403, 404],
});

export const revokeMemberKeys = route({
  ...revokeAll,
  id: "memberKeys.revoke",
  summary: "Revoke every access key of a member or a service identity, or tell what that would end",
  path: "/v2/team/members/{member_id}/revoke-keys",
  params: z.object({ member_id: z.string() }),
  errors: [400, 403, 404],
});

export const restoreMemberKeys = route({
  ...admin,
  id: "memberKeys.restore",
  permission: "member.manage",
  summary: "Give a member who was added again the access keys back that the removal took, within 24 hours of it",
  method: "POST",
  path: "/v2/team/members/{member_id}/restore-keys",
  params: z.object({ member_id: z.string() }),
  body: z
    .object({ dry_run: z.boolean({ error: "Invalid request payload: dry_run must be true or false" }).default(false) })
    .prefault({})
    .meta({ id: "RestoreKeys" }),
  answers: {
    200: z.object({
      access_keys: z.array(AccessKeyInTeamShape),
      count: z.int(),
      left_out: z.int().meta({
        description:
          "How many more, the oldest, did not fit into what the policy lets a person have. Make room and ask again.",
      }),
    }),
  },
  errors: [400, 403, 404],
});

const missingSecret = "Invalid request payload: missing secret field";
const RevokeFoundBody = z
  .object(
    {
      secret: z
        .string({ error: missingSecret })
        .min(1, missingSecret)
        .max(512, "Invalid request payload: secret is too long")
        .meta({
          description: "An access key as id:secret, its secret alone, an API token, or a session.",
          "x-secret": true,
        }),
    },
    { error: missingSecret },
  )
  .meta({ id: "RevokeFound" });

/** The secret is the proof: whoever holds it could use it. The answer is the same whether or not it was known. */
export const revokeFoundKey = route({
  id: "foundKey.revoke",
  summary: "Revoke a credential whose secret you found, whoever it belongs to",
  method: "POST",
  path: "/v2/keys/revoke",
  dialect: "digitalocean",
  credential: "none",
  body: RevokeFoundBody,
  answers: { 202: z.object({}) },
  errors: [400],
});
