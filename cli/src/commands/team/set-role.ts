import { setMemberRole } from "@latchkey/contract/members";
import { defineCommand } from "../../command.ts";
import { MEMBER_COLUMNS } from "./columns.ts";
import { findMember } from "./find.ts";
import { parseRole, ROLE_CHOICES } from "./roles.ts";

export const setRole = defineCommand({
  summary: "Change what a member may do, from the next request on",
  about: "What each role may do: latchkey team permissions. A team always keeps an owner.",
  examples: ["latchkey team set-role grace@example.com viewer"],
  args: {
    member: { kind: "one", about: "the member's address, id or name" },
    role: { kind: "one", about: "the new role", choices: ROLE_CHOICES },
  },
  async run(context, { args }) {
    const client = context.controlPlane();
    const { id } = await findMember(client, args.member);
    const role = parseRole(args.role);
    return (await client.call(setMemberRole, { params: { member_id: id }, body: { role } })).body;
  },
  show: { columns: MEMBER_COLUMNS, rows: ({ member }) => [member] },
});
