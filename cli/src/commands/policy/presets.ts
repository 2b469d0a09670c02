import { listPolicyPresets } from "@latchkey/contract/policy";
import type { RouteAnswer } from "@latchkey/contract/route";
import { defineCommand } from "../../command.ts";
import type { Column } from "../../output/view.ts";
import { rulesOf } from "./columns.ts";

type Preset = RouteAnswer<typeof listPolicyPresets>["body"]["presets"][number];

const PRESET_COLUMNS: readonly Column<Preset>[] = [
  { name: "Name", heading: "Name", cell: ({ name }) => name },
  { name: "About", heading: "About", cell: ({ about }) => about },
  {
    name: "Rules",
    heading: "Rules",
    cell: ({ policy }) =>
      rulesOf(policy)
        .map(({ rule, words }) => `${rule}: ${words}`)
        .join("; "),
    hidden: true,
  },
];

export const presets = defineCommand({
  summary: "List sets of rules to start from",
  about: "What a preset does not say stays as it is.",
  examples: ["latchkey policy presets", ["latchkey policy preview --preset cis", "see what it would do to your keys"]],
  run: async (context) => (await context.controlPlane().call(listPolicyPresets)).body,
  show: { columns: PRESET_COLUMNS, rows: (data) => data.presets },
});
