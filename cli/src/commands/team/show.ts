import { getTeam } from "@latchkey/contract/team";
import { defineCommand } from "../../command.ts";
import { TEAM_VIEW } from "./team-view.ts";

export const show = defineCommand({
  summary: "Show your team",
  examples: ["latchkey team show"],
  run: async (context) => (await context.controlPlane().call(getTeam)).body,
  show: TEAM_VIEW,
});
