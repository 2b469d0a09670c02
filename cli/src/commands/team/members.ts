import { listMembers } from "@latchkey/contract/members";
import { defineCommand } from "../../command.ts";
import { MEMBER_COLUMNS } from "./columns.ts";

export const members = defineCommand({
  summary: "List who is in the team, and what each may do",
  about: "Restorable keys are those that an earlier removal took and that can still be given back.",
  examples: ["latchkey team members", "latchkey team members --format Email,Role"],
  run: async (context) => (await context.controlPlane().call(listMembers)).body,
  show: { columns: MEMBER_COLUMNS, rows: (body) => body.members },
});
