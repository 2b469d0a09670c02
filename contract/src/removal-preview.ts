import { z } from "zod";
import { AccessKeyInTeamShape } from "./access-key-shapes.ts";
import { RoleField } from "./people.ts";
import { route } from "./route.ts";
import { Timestamp } from "./shapes.ts";
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
        api_tokens: z.array(ApiTokenShape),
        session_count: z.int(),
        service_identities: z
          .array(z.object({ id: z.string(), name: z.string() }))
          .meta({ description: "Those that the member answers for. They live on; somebody else has to be named." }),
      })
      .meta({ id: "RemovalPreview" }),
  },
  errors: [403, 404],
});
