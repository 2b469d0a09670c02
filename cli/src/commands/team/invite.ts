import { createInvitation } from "@latchkey/contract/invitations";
import { defineCommand } from "../../command.ts";
import { SENT_COLUMNS } from "./columns.ts";
import { parseRole, ROLE_CHOICES } from "./roles.ts";
import { tellLink } from "./tell-link.ts";

export const invite = defineCommand({
  summary: "Invite somebody to the team by e-mail",
  about:
    "The link is good once. Where no mail server is set up, it is shown to you, to be passed on; whoever has it can accept.",
  examples: [
    "latchkey team invite grace@example.com",
    "latchkey team invite grace@example.com --role viewer --expiration 1d",
  ],
  args: { email: { kind: "one", about: "the person's address" } },
  options: {
    role: {
      kind: "text",
      value: "role",
      choices: ROLE_CHOICES,
      about: "what the person will be to the team; member unless given",
    },
    expiration: { kind: "text", short: "e", value: "duration", about: "how long the link is good; 7d unless given" },
  },
  async run(context, { args: { email }, options: { role = "member", expiration } }) {
    const { body } = await context.controlPlane().call(createInvitation, {
      body: { email, role: parseRole(role), ...(expiration !== undefined && { expires_in: expiration }) },
    });
    tellLink(context, body.invitation);
    return body;
  },
  show: { columns: SENT_COLUMNS, rows: ({ invitation }) => [invitation] },
});
