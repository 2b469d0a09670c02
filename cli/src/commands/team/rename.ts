import { updateTeam } from "@latchkey/contract/team";
import { defineCommand } from "../../command.ts";
import { TEAM_VIEW } from "./team-view.ts";

export const rename = defineCommand({
  summary: "Rename your team",
  examples: ["latchkey team rename Acme"],
  args: { name: { kind: "one", about: "what to call it" } },
  run: async (context, { args: { name } }) => (await context.controlPlane().call(updateTeam, { body: { name } })).body,
  show: TEAM_VIEW,
});
