import { deleteWebhook } from "@latchkey/contract/notifications";
import { defineCommand } from "../../command.ts";
import { confirmDeletion } from "../../confirm-deletion.ts";

export const remove = defineCommand({
  summary: "Send the team's events nowhere any more",
  about: "What was still to be sent is forgotten, and so is the secret.",
  aliases: ["rm"],
  examples: ["latchkey webhook delete"],
  options: { force: { kind: "flag", short: "f", about: "delete it without asking" } },
  async run(context, { options }) {
    const question = "Are you sure you want to delete the team's webhook";
    await confirmDeletion(context, { force: options.force, what: "webhook", question });
    const { body } = await context.controlPlane().call(deleteWebhook);
    context.say("The webhook has been deleted.");
    return body;
  },
  show: "nothing",
});
