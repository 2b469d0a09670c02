import { z } from "zod";
import { AnswerableOwner, Timestamp } from "./shapes.ts";

export const KEY_STATES = ["active", "suspended", "revoked", "expired"] as const;

const keyFields = {
  id: z
    .string()
    .regex(/^dof_v1_[0-9a-f]{32}$/)
    .meta({ example: "dof_v1_4b0d3a0c5f0e4f6f9c6a1d2e3f405162" }),
  name: z.string(),
  expires_at: Timestamp.nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
  last_used_at: Timestamp.nullable(),
  state: z.enum(KEY_STATES),
  state_reason: z.string().nullable().meta({ description: "Why it is suspended; null for any other state." }),
  owner: AnswerableOwner,
  grants: z.array(z.string()),
  allowed_networks: z.array(z.string()).meta({ description: "CIDR ranges; empty for anywhere." }),
};
/** An access key as lists show it: everything but the secret. */
export const AccessKeyShape = z.object(keyFields).meta({ id: "AccessKey" });
export type AccessKeyShape = z.infer<typeof AccessKeyShape>;

/** An access key in the one answer that carries its secret. */
export const AccessKeyWithSecretShape = z
  .object({
    ...keyFields,
    secret: z
      .string()
      .meta({ description: "Shown this one time; only a keyed hash of it is stored.", "x-secret": true }),
  })
  .meta({ id: "AccessKeyWithSecret" });
export type AccessKeyWithSecretShape = z.infer<typeof AccessKeyWithSecretShape>;

/** An access key in a list that is about several namespaces, with what tells whether anybody would miss it. */
export const AccessKeyInTeamShape = z
  .object({
    ...keyFields,
    namespace_id: z.string().meta({ example: "fn-3f0e8a52-7c5e-4a0e-9a55-0c8f6a1f8a11" }),
    last_used_from: z.string().nullable().meta({ description: "The network address of its last use." }),
  })
  .meta({ id: "AccessKeyInTeam" });
export type AccessKeyInTeamShape = z.infer<typeof AccessKeyInTeamShape>;
