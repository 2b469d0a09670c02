import { restoreMemberKeys } from "@latchkey/contract/access-key-life-cycle";
import { defineCommand } from "../../command.ts";
import { counted } from "../../output/counted.ts";
import { KEY_IN_TEAM_COLUMNS } from "../key/keys-in-team.ts";
import { findMember } from "./find.ts";

export const restoreKeys = defineCommand({
  summary: "Give a member who was added again the access keys back that the removal took",
  about:
    "Within 24 hours of the removal, and only what the removal took: keys that were deleted or revoked otherwise stay dead. A name that another key has by now gets a suffix.",
  examples: ["latchkey team restore-keys grace@example.com --dry-run", "latchkey team restore-keys grace@example.com"],
  args: { member: { kind: "one", about: "the member's address, id or name" } },
  options: { dryRun: { kind: "flag", about: "only show which keys that would be" } },
  async run(context, { args, options: { dryRun } }) {
    const client = context.controlPlane();
    const { id: member_id, name } = await findMember(client, args.member);
    const { body } = await client.call(restoreMemberKeys, { params: { member_id }, body: { dry_run: dryRun } });
    if (body.count === 0) context.say(`There is no key of ${name} to give back.`);
    if (body.left_out > 0)
      context.say(
        `The policy lets a person have no more keys, so ${counted(body.left_out, "older key")} stayed out: delete others, then ask again within the 24 hours.`,
      );
    return body;
  },
  show: { columns: KEY_IN_TEAM_COLUMNS, rows: ({ access_keys }) => access_keys },
});
