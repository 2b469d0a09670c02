import { cancelInvitation } from "@latchkey/contract/invitations";
import { defineCommand } from "../../command.ts";
import { findInvitationId } from "./find.ts";

export const cancel = defineCommand({
  summary: "Cancel an invitation; its link is good no more",
  examples: ["latchkey team cancel grace@example.com"],
  args: { invitation: { kind: "one", about: "the person's address, or the invitation's id" } },
  async run(context, { args: { invitation } }) {
    const client = context.controlPlane();
    const params = { invitation_id: await findInvitationId(client, invitation) };
    const { body } = await client.call(cancelInvitation, { params });
    context.say(`The invitation of ${invitation} has been cancelled.`);
    return body;
  },
  show: "nothing",
});
