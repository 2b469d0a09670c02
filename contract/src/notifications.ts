import { z } from "zod";
import { route } from "./route.ts";
import { Timestamp } from "./shapes.ts";

/** What a team's webhook can be told: the closed list, with what each means. */
export const WEBHOOK_EVENTS = {
  "key.expiring": "An access key ends in 30, 7 or 1 days.",
  "key.revoked": "One access key was deleted or revoked.",
  "keys.revoked": "All access keys of a person, a namespace or the team were revoked at once.",
  "member.removed": "Somebody left the team or was removed from it, and their keys ended with that.",
  "service_identity.responsible_left": "The person who answers for a service identity is no longer in the team.",
} as const;
export type WebhookEvent = keyof typeof WEBHOOK_EVENTS;

const EVENT_NAMES = Object.keys(WEBHOOK_EVENTS) as WebhookEvent[];
const Event = z.enum(EVENT_NAMES).meta({ id: "WebhookEvent" });

const Named = z.object({ id: z.string(), name: z.string() });
const Holder = Named.extend({ kind: z.enum(["person", "service"]) });
const message = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({ type: z.literal(type), timestamp: Timestamp, data });

/** What a webhook receives: the body of a `POST`, as the Standard Webhooks specification shapes it. */
export const WebhookMessage = z.discriminatedUnion("type", [
  message(
    "key.expiring",
    z.object({ key: Named, namespace_id: z.string(), owner: Holder, expires_at: Timestamp, days: z.int() }),
  ),
  message("key.revoked", z.object({ key: Named, namespace_id: z.string(), owner: Holder, reason: z.string() })),
  message("keys.revoked", z.object({ of: z.enum(["user", "namespace", "team"]), id: z.string() })),
  message("member.removed", z.object({ member: Named, keys_revoked: z.int() })),
  message("service_identity.responsible_left", z.object({ service_identity: Named, responsible: Named })),
  message("webhook.test", z.object({})),
]);
export type WebhookMessage = z.infer<typeof WebhookMessage>;

const webhookFields = {
  url: z.string().meta({ example: "https://hooks.example.com/latchkey" }),
  events: z.array(Event),
  created_at: Timestamp,
  updated_at: Timestamp,
};
export const WebhookShape = z.object(webhookFields).meta({ id: "Webhook" });
export type WebhookShape = z.infer<typeof WebhookShape>;

/** A webhook in the answer that may carry its secret. */
export const WebhookWithSecretShape = z
  .object({
    ...webhookFields,
    secret: z.string().nullable().meta({
      description: "Shown when it is made and never again; null when the one there was stays.",
      "x-secret": true,
    }),
  })
  .meta({ id: "WebhookWithSecret" });
export type WebhookWithSecretShape = z.infer<typeof WebhookWithSecretShape>;

export const DELIVERY_STATES = ["waiting", "sent", "failed", "expired"] as const;
export const DeliveryShape = z
  .object({
    id: z.string().meta({ description: "The webhook-id header of every attempt." }),
    event: z.string().meta({ example: "key.expiring" }),
    state: z.enum(DELIVERY_STATES),
    attempts: z.int(),
    last_error: z.string().nullable(),
    created_at: Timestamp,
    next_attempt_at: Timestamp.nullable(),
    finished_at: Timestamp.nullable(),
  })
  .meta({ id: "WebhookDelivery" });
export type DeliveryShape = z.infer<typeof DeliveryShape>;

const missingUrl = "Invalid request payload: missing url field";
export const SetWebhookBody = z
  .object(
    {
      url: z
        .string({ error: missingUrl })
        .trim()
        .min(1, missingUrl)
        .max(2048, "Invalid request payload: url is longer than 2048 characters"),
      events: z
        .array(
          z.enum(EVENT_NAMES, {
            error: `Invalid request payload: each event must be one of ${EVENT_NAMES.join(", ")}`,
          }),
          { error: "Invalid request payload: events must be a list" },
        )
        .min(1, "Invalid request payload: events must not be empty; leave the field out for all of them")
        .optional()
        .transform((events) => [...new Set(events ?? EVENT_NAMES)])
        .meta({ description: "All of them unless given." }),
      new_secret: z
        .boolean({ error: "Invalid request payload: new_secret must be true or false" })
        .optional()
        .meta({ description: "Make a new secret; the one there was signs nothing from now on." }),
    },
    { error: missingUrl },
  )
  .meta({ id: "SetWebhook" });

/** What every route about the webhook has in common: owners set where a team's events go. */
const ofOwners = {
  dialect: "digitalocean",
  credential: "token",
  scopes: ["function:admin"],
  permission: "notification.manage",
} as const;

export const getWebhook = route({
  id: "webhook.get",
  summary: "Get the team's webhook",
  method: "GET",
  path: "/v2/team/webhook",
  ...ofOwners,
  answers: { 200: z.object({ webhook: WebhookShape }) },
  errors: [403, 404],
});

export const setWebhook = route({
  id: "webhook.set",
  summary: "Set the team's webhook: where its events are sent, and which",
  method: "PUT",
  path: "/v2/team/webhook",
  ...ofOwners,
  body: SetWebhookBody,
  answers: { 200: z.object({ webhook: WebhookWithSecretShape }) },
  errors: [400, 403, 422],
});

export const deleteWebhook = route({
  id: "webhook.delete",
  summary: "Delete the team's webhook, and what was still to be sent to it",
  method: "DELETE",
  path: "/v2/team/webhook",
  ...ofOwners,
  answers: { 204: null },
  errors: [403, 404],
});

export const testWebhook = route({
  id: "webhook.test",
  summary: "Send a test event to the team's webhook; its delivery tells what became of it",
  method: "POST",
  path: "/v2/team/webhook/test",
  ...ofOwners,
  answers: { 202: z.object({ delivery: DeliveryShape }) },
  errors: [403, 404],
});

export const listDeliveries = route({
  id: "webhook.deliveries",
  summary: "List the last 100 deliveries to the team's webhook, newest first",
  method: "GET",
  path: "/v2/team/webhook/deliveries",
  ...ofOwners,
  answers: { 200: z.object({ deliveries: z.array(DeliveryShape) }) },
  errors: [403],
});
