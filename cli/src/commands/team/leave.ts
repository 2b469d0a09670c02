import { leaveTeam } from "@latchkey/contract/team";
import { defineCommand } from "../../command.ts";
import { confirmDeletion } from "../../confirm-deletion.ts";

export const leave = defineCommand({
  summary: "Leave the team; your keys, tokens and sessions in it end at once",
  examples: ["latchkey team leave"],
  options: { force: { kind: "flag", short: "f", about: "leave without being asked" } },
  async run(context, { options: { force } }) {
    const question = "Are you sure you want to leave the team with all your access keys to it";
    await confirmDeletion(context, { force, what: "your membership", question, act: "end" });
    const { body } = await context.controlPlane().call(leaveTeam);
    context.say("You have left the team.");
    return body;
  },
  show: "nothing",
});
