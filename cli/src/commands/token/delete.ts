import { deleteApiToken } from "@latchkey/contract/tokens";
import { defineCommand } from "../../command.ts";
import { confirmDeletion } from "../../confirm-deletion.ts";

export const remove = defineCommand({
  summary: "Delete an API token, at once and for good; owners may delete anybody's",
  aliases: ["rm"],
  examples: ["latchkey token delete 3f0e8a52-7c5e-4a0e-9a55-0c8f6a1f8a11"],
  args: { tokenId: { kind: "one", about: "the token's id" } },
  options: { force: { kind: "flag", short: "f", about: "delete it without asking" } },
  async run(context, { args: { tokenId }, options: { force } }) {
    await confirmDeletion(context, {
      force,
      what: tokenId,
      question: `Are you sure you want to delete token ${tokenId}`,
    });
    const { body } = await context.controlPlane().call(deleteApiToken, { params: { token_id: tokenId } });
    context.say(`Token ${tokenId} has been deleted.`);
    return body;
  },
  show: "nothing",
});
