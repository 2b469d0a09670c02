import { setTimeout } from "node:timers/promises";
import { type DeliveryShape, listDeliveries, testWebhook } from "@latchkey/contract/notifications";
import { defineCommand } from "../../command.ts";
import { CliError } from "../../failure.ts";
import { DELIVERY_COLUMNS } from "./columns.ts";

const LOOK_EVERY_MS = 250;
/** Longer than the server waits for a receiver. */
const MOST_LOOKS = 120;

export const test = defineCommand({
  summary: "Send a test event to the webhook, and see what becomes of it",
  about: "The event's type is webhook.test. Fails if the first attempt does; the server goes on trying all the same.",
  examples: ["latchkey webhook test"],
  async run(context) {
    const controlPlane = context.controlPlane();
    let { delivery } = (await controlPlane.call(testWebhook)).body;
    const hasNews = ({ state, last_error }: DeliveryShape) => state !== "waiting" || last_error !== null;
    for (let look = 0; look < MOST_LOOKS && !hasNews(delivery); look += 1) {
      await setTimeout(LOOK_EVERY_MS);
      const { deliveries } = (await controlPlane.call(listDeliveries)).body;
      delivery = deliveries.find(({ id }) => id === delivery.id) ?? delivery;
    }
    if (delivery.state !== "sent") {
      context.failAfterwards(
        new CliError(`The test event was not delivered: ${delivery.last_error ?? "no attempt was made yet"}`, [
          "See what becomes of it: latchkey webhook deliveries",
        ]),
      );
    }
    return { delivery };
  },
  show: { columns: DELIVERY_COLUMNS, rows: ({ delivery }) => [delivery] },
});
