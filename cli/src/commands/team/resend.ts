import { resendInvitation } from "@latchkey/contract/invitations";
import { defineCommand } from "../../command.ts";
import { SENT_COLUMNS } from "./columns.ts";
import { findInvitationId } from "./find.ts";
import { tellLink } from "./tell-link.ts";

export const resend = defineCommand({
  summary: "Send an invitation again, with a new link",
  about: "The old link is good no more; the new one is good for as long as the first one was.",
  examples: ["latchkey team resend grace@example.com"],
  args: { invitation: { kind: "one", about: "the person's address, or the invitation's id" } },
  async run(context, { args: { invitation } }) {
    const client = context.controlPlane();
    const params = { invitation_id: await findInvitationId(client, invitation) };
    const { body } = await client.call(resendInvitation, { params });
    tellLink(context, body.invitation);
    return body;
  },
  show: { columns: SENT_COLUMNS, rows: ({ invitation }) => [invitation] },
});
