import { removeMember } from "@latchkey/contract/members";
import { defineCommand } from "../../command.ts";
import { confirmDeletion } from "../../confirm-deletion.ts";
import { findMember } from "./find.ts";
import { lookBeforeRemoving } from "./preview-removal.ts";
import { ENDING_KEY_COLUMNS } from "./removal-columns.ts";

export const remove = defineCommand({
  summary: "Remove a member; their keys, tokens and sessions in this team end at once",
  about:
    "Whatever runs with one of their keys is refused from the next request on. Nobody else's key is touched. Added again within 24 hours, they can have those keys back.",
  aliases: ["rm"],
  examples: [
    ["latchkey team remove grace@example.com --dry-run", "see what would end, and who would notice"],
    "latchkey team remove grace@example.com",
  ],
  args: { member: { kind: "one", about: "the member's address, id or name" } },
  options: {
    dryRun: {
      kind: "flag",
      about:
        "remove nobody; list their keys, when and from where each was last used, and for what, and all else that would stop",
    },
    force: { kind: "flag", short: "f", about: "remove them without asking" },
  },
  async run(context, { args, options: { dryRun, force } }) {
    const client = context.controlPlane();
    const { id, name, email } = await findMember(client, args.member);
    if (dryRun) return lookBeforeRemoving(context, client, id);
    const question = `Are you sure you want to remove ${name} <${email}> with all their access keys`;
    await confirmDeletion(context, { force, what: email, question, act: "removal" });
    const { body } = await client.call(removeMember, { params: { member_id: id } });
    context.say(`${name} <${email}> has been removed.`);
    return body;
  },
  show: ({ options }) =>
    options.dryRun ? { columns: ENDING_KEY_COLUMNS, rows: (data) => data?.access_keys ?? [] } : "nothing",
});
