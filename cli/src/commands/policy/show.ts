import { defineCommand } from "../../command.ts";
import { RULE_COLUMNS, standingRows } from "./columns.ts";
import { reachPolicy } from "./reach.ts";

export const show = defineCommand({
  summary: "Show what is demanded of access keys",
  about: "Of the team's policy and a namespace's the stricter counts, rule by rule: the column In Force has it.",
  examples: ["latchkey policy show", "latchkey policy show --namespace demo"],
  options: {
    namespace: { kind: "text", value: "namespace", about: "label or id; without it, the policy of the whole team" },
  },
  run: async (context, { options }) => (await reachPolicy(context.controlPlane(), options.namespace)).get(),
  show: { columns: RULE_COLUMNS, rows: standingRows },
});
