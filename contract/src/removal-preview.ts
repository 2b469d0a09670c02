import { z } from "zod";
import { AccessKeyInTeamShape } from "./access-key-shapes.ts";
import { RoleField } from "./people.ts";
import { route } from "./route.ts";
import { AnswerableOwner, Timestamp } from "./shapes.ts";
import { ApiTokenShape } from "./tokens.ts";

const Touch = z
  .object({
    function: z.string().meta({ example: "billing/charge" }),
    kind: z.enum(["invoke", "deploy", "delete"]),
    last_at: Timestamp,
    count: z.int().meta({ description: "How often, since it was first noted without 30 days of silence." }),
  })
  .meta({ id: "FunctionTouch" });

const EndingKey = AccessKeyInTeamShape.extend({
  touched: z.array(Touch).meta({ description: "Functions it was used for in the last 30 days, the latest first." }),
}).meta({ id: "EndingAccessKey" });
export type EndingKeyShape = z.infer<typeof EndingKey>;

const StoppingTrigger = z
  .object({
    namespace_id: z.string().meta({ example: "fn-3f0e8a52-7c5e-4a0e-9a55-0c8f6a1f8a11" }),
    name: z.string().meta({ example: "nightly" }),
    function: z.string().meta({ example: "reports/send" }),
    is_enabled: z.boolean(),
    last_run_at: Timestamp.nullable().meta({ description: "Null until it has run." }),
    next_run_at: Timestamp.nullable().meta({ description: "Null if it would not run anyway." }),
  })
  .meta({ id: "StoppingTrigger" });

const KnownSecrets = z
  .object({
    access_keys: z.array(
      z.object({ id: z.string(), name: z.string(), namespace_id: z.string(), owner: AnswerableOwner }),
    ),
    api_tokens: z.array(z.object({ id: z.string(), name: z.string(), owner: AnswerableOwner })),
    webhook_address: z.boolean().meta({ description: "The team's events go to an address that the member chose." }),
    webhook_secret: z
      .boolean()
      .meta({ description: "The member was shown the secret that the events are signed with." }),
  })
  .meta({
    id: "KnownSecrets",
    description:
      "What the member may still know afterwards: secrets of service identities that they created or rotated, and of the webhook. Told from the audit log, as far back as it reaches.",
  });

export const previewRemoval = route({
  id: "member.previewRemoval",
  permission: "member.manage",
  scopes: ["function:admin"],
  summary: "Show what would end if a member were removed, and what it was used for; nothing is changed",
  method: "GET",
  path: "/v2/team/members/{member_id}/removal-preview",
  dialect: "digitalocean",
  credential: "token",
  params: z.object({ member_id: z.string() }),
  answers: {
    200: z
      .object({
        member: z.object({ id: z.string(), name: z.string(), email: z.string(), role: RoleField }),
        is_last_owner: z.boolean().meta({ description: "Then the removal would be refused." }),
        access_keys: z.array(EndingKey).meta({ description: "The newest 1000." }),
        access_key_count: z.int(),
        triggers: z.array(StoppingTrigger).meta({
          description:
            "Scheduled triggers that run in the member's name. They stop until somebody updates them, which has them run in that one's name.",
        }),
        api_tokens: z.array(ApiTokenShape),
        session_count: z.int(),
        known_secrets: KnownSecrets,
        service_identities: z
          .array(z.object({ id: z.string(), name: z.string() }))
          .meta({ description: "Those that the member answers for. They live on; somebody else has to be named." }),
      })
      .meta({ id: "RemovalPreview" }),
  },
  errors: [403, 404],
});
