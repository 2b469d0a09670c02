import {
  type DeliveryShape,
  deleteWebhook,
  getWebhook,
  listDeliveries,
  setWebhook,
  testWebhook,
  type WebhookShape,
} from "@latchkey/contract/notifications";
import { type BoundRoute, implement } from "../http/call.ts";
import { toTimestamp } from "../kernel/timestamp.ts";
import type { Delivery } from "./model/outbox.ts";
import type { Webhook } from "./model/webhook.ts";
import type { Notifications } from "./service/notifications.ts";
import type { WebhookCaller } from "./service/webhooks.ts";

/** `actorOf` says who a caller is, and `requireStanding` whether they still may: the room that knows people stands above this one. */
export function notificationRoutes<Caller extends { readonly teamId: string }>(deps: {
  notifications: Pick<Notifications, "webhooks" | "wake">;
  actorOf: (caller: Caller) => WebhookCaller["actor"];
  requireStanding: (caller: Caller) => WebhookCaller["requireStanding"];
}): BoundRoute[] {
  const { webhooks, wake } = deps.notifications;
  const by = (caller: Caller): WebhookCaller => ({
    teamId: caller.teamId,
    actor: deps.actorOf(caller),
    requireStanding: deps.requireStanding(caller),
  });

  return [
    implement<Caller, typeof getWebhook>(getWebhook, async ({ caller }) => ({
      status: 200,
      body: { webhook: webhookShape(await webhooks.get(caller.teamId)) },
    })),
    implement<Caller, typeof setWebhook>(setWebhook, async (call) => {
      const { url, events, new_secret: newSecret = false } = call.body();
      const { webhook, secret } = await webhooks.set(by(call.caller), { url, events, newSecret }, call);
      return { status: 200, body: { webhook: { ...webhookShape(webhook), secret: secret?.reveal() ?? null } } };
    }),
    implement<Caller, typeof deleteWebhook>(deleteWebhook, async (call) => {
      await webhooks.delete(by(call.caller), call);
      return { status: 204 };
    }),
    implement<Caller, typeof testWebhook>(testWebhook, async (call) => {
      const delivery = await webhooks.test(by(call.caller), call);
      // Whoever tries it out is waiting for it.
      wake();
      return { status: 202, body: { delivery: deliveryShape(delivery) } };
    }),
    implement<Caller, typeof listDeliveries>(listDeliveries, async ({ caller }) => ({
      status: 200,
      body: { deliveries: (await webhooks.deliveries(caller.teamId)).map(deliveryShape) },
    })),
  ];
}

const webhookShape = (webhook: Webhook): WebhookShape => ({
  url: webhook.url,
  events: [...webhook.events],
  created_at: toTimestamp(webhook.createdAt),
  updated_at: toTimestamp(webhook.updatedAt),
});

const deliveryShape = (delivery: Delivery): DeliveryShape => ({
  id: delivery.id,
  event: delivery.event,
  state: delivery.state,
  attempts: delivery.attempts,
  last_error: delivery.lastError,
  created_at: toTimestamp(delivery.createdAt),
  next_attempt_at: delivery.nextAttemptAt === null ? null : toTimestamp(delivery.nextAttemptAt),
  finished_at: delivery.finishedAt === null ? null : toTimestamp(delivery.finishedAt),
});
