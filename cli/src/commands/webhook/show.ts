import { getWebhook } from "@latchkey/contract/notifications";
import { defineCommand } from "../../command.ts";
import { WEBHOOK_COLUMNS } from "./columns.ts";

export const show = defineCommand({
  summary: "Show where the team's events are sent, and which",
  aliases: ["get"],
  examples: ["latchkey webhook show"],
  run: async (context) => (await context.controlPlane().call(getWebhook)).body,
  show: { columns: WEBHOOK_COLUMNS, rows: ({ webhook }) => [webhook] },
});
