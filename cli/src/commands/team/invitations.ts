import { listInvitations } from "@latchkey/contract/invitations";
import { defineCommand } from "../../command.ts";
import { INVITATION_COLUMNS } from "./columns.ts";

export const invitations = defineCommand({
  summary: "List the invitations that nobody has accepted yet",
  examples: ["latchkey team invitations"],
  run: async (context) => (await context.controlPlane().call(listInvitations)).body,
  show: { columns: INVITATION_COLUMNS, rows: (body) => body.invitations },
});
