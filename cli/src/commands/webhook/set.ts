import { setWebhook, WEBHOOK_EVENTS, type WebhookEvent } from "@latchkey/contract/notifications";
import { defineCommand } from "../../command.ts";
import { SET_WEBHOOK_COLUMNS } from "./columns.ts";

const EVENTS = Object.keys(WEBHOOK_EVENTS) as WebhookEvent[];
const isEvent = (text: string): text is WebhookEvent => text in WEBHOOK_EVENTS;

export const set = defineCommand({
  summary: "Send the team's events to a webhook",
  about:
    "Each event is a POST, signed as the Standard Webhooks specification says. The secret to verify it with is shown once, when it is made; setting another address or other events keeps it.",
  examples: [
    "latchkey webhook set https://hooks.example.com/latchkey",
    [
      "latchkey webhook set https://hooks.example.com/latchkey --event key.expiring --event member.removed",
      "these events and no others",
    ],
    ["latchkey webhook set https://hooks.example.com/latchkey --new-secret", "when the secret has got about"],
  ],
  args: { url: { kind: "one", about: "where to send them; it begins with https://" } },
  options: {
    event: {
      kind: "texts",
      value: "event",
      about: "an event to send; all of them unless given; repeatable",
      choices: EVENTS,
    },
    newSecret: { kind: "flag", about: "make a new secret; the one there was signs nothing any more" },
  },
  async run(context, { args, options }) {
    const events = options.event.filter(isEvent);
    const { body } = await context.controlPlane().call(setWebhook, {
      body: {
        url: args.url,
        ...(events.length > 0 && { events }),
        ...(options.newSecret && { new_secret: true }),
      },
    });
    if (body.webhook.secret === null) {
      context.say("The secret stays as it is. For a new one, add --new-secret.");
    } else {
      context.say("Notice: The secret to verify events with is shown below.");
      context.say("Please save this secret. You will not be able to see it again.\n");
    }
    return body;
  },
  show: { columns: SET_WEBHOOK_COLUMNS, rows: ({ webhook }) => [webhook] },
});
