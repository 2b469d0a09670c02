import { listDeliveries } from "@latchkey/contract/notifications";
import { defineCommand } from "../../command.ts";
import { DELIVERY_COLUMNS } from "./columns.ts";

export const deliveries = defineCommand({
  summary: "List what was sent to the webhook lately, and what became of it",
  examples: ["latchkey webhook deliveries", "latchkey webhook deliveries --format ID,State,LastError,NextAttemptAt"],
  run: async (context) => (await context.controlPlane().call(listDeliveries)).body,
  show: { columns: DELIVERY_COLUMNS, rows: (body) => body.deliveries },
});
