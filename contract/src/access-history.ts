import { z } from "zod";
import { ROLES } from "./permissions.ts";
import { route } from "./route.ts";
import { Owner, Timestamp } from "./shapes.ts";

const badTime = "must be a time as in RFC 3339, such as 2026-03-23T09:15:00Z";
const Time = (description: string) =>
  z.iso
    .datetime({ offset: true, error: badTime })
    .transform((text) => Date.parse(text))
    .optional()
    .meta({ description, example: "2026-03-23T09:15:00Z" });

const CallerThen = z
  .object({
    owner: Owner,
    role: z.enum(ROLES).meta({ description: "What the owner was to the team at that time." }),
    access_key: z.object({ id: z.string(), name: z.string() }),
    grants: z
      .array(z.string())
      .meta({ description: "What the key's grants and the owner's role allowed together.", example: ["full"] }),
    allowed_networks: z
      .array(z.string())
      .nullable()
      .meta({ description: "The key's networks as far as the policies of that time left them; null for anywhere." }),
    until: Timestamp.nullable().meta({ description: "When the key was to end, as it stood then." }),
  })
  .meta({ id: "CallerThen" });
export type CallerThenShape = z.infer<typeof CallerThen>;

/** A moment of the log, to the millisecond. */
const Moment = z.string().meta({ format: "date-time", example: "2026-03-23T09:15:00.000Z" });

export const getAccessHistory = route({
  id: "accessHistory.get",
  permission: "access.read",
  scopes: ["function:admin"],
  summary: "Say who could call a namespace at a time, and what is different from another time",
  method: "GET",
  path: "/v2/functions/namespaces/{namespace_id}/access",
  dialect: "digitalocean",
  credential: "token",
  params: z.object({ namespace_id: z.string().meta({ description: "May be deleted by now." }) }),
  query: z.object({
    at: Time("The time that is asked about, itself included; now unless said."),
    compared_to: Time("Another time: what was gained, lost and changed from then on."),
  }),
  answers: {
    200: z
      .object({
        namespace_id: z.string(),
        at: Moment,
        callers: z.array(CallerThen),
        difference: z
          .object({
            compared_to: Moment,
            gained: z.array(CallerThen),
            lost: z.array(CallerThen),
            changed: z.array(z.object({ before: CallerThen, after: CallerThen })),
          })
          .nullable(),
      })
      .meta({ id: "AccessHistory" }),
  },
  errors: [400, 403, 404, 422],
});
