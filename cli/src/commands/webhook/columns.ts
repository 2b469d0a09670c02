import type { DeliveryShape, WebhookShape, WebhookWithSecretShape } from "@latchkey/contract/notifications";
import { readableTimestamp } from "../../output/timestamp.ts";
import type { Column } from "../../output/view.ts";

const url: Column<WebhookShape> = { name: "URL", heading: "URL", cell: (webhook) => webhook.url };
const events: Column<WebhookShape> = {
  name: "Events",
  heading: "Events",
  cell: (webhook) => webhook.events.join(", "),
};

export const WEBHOOK_COLUMNS: readonly Column<WebhookShape>[] = [
  url,
  events,
  { name: "CreatedAt", heading: "Created At", cell: (webhook) => readableTimestamp(webhook.created_at) },
  { name: "UpdatedAt", heading: "Updated At", cell: (webhook) => readableTimestamp(webhook.updated_at) },
];

/** The one table that shows the secret, when a new one was made. */
export const SET_WEBHOOK_COLUMNS: readonly Column<WebhookWithSecretShape>[] = [
  url,
  {
    name: "Secret",
    heading: "Secret",
    cell: ({ secret }) => secret ?? "",
    needed: "a new one is shown this once and never again",
  },
  events,
];

export const DELIVERY_COLUMNS: readonly Column<DeliveryShape>[] = [
  { name: "ID", heading: "ID", cell: ({ id }) => id },
  { name: "Event", heading: "Event", cell: ({ event }) => event },
  { name: "State", heading: "State", cell: ({ state }) => state },
  { name: "Attempts", heading: "Attempts", cell: ({ attempts }) => String(attempts) },
  { name: "CreatedAt", heading: "Created At", cell: (delivery) => readableTimestamp(delivery.created_at) },
  { name: "LastError", heading: "Last Error", cell: ({ last_error }) => last_error ?? "" },
  {
    name: "NextAttemptAt",
    heading: "Next Attempt At",
    cell: (delivery) => readableTimestamp(delivery.next_attempt_at),
    hidden: true,
  },
];
