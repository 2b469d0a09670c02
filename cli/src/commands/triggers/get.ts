import { getSchedule } from "@latchkey/contract/schedules";
import { defineCommand } from "../../command.ts";
import { namespaceOfKeys, namespaceOption } from "../key/namespace-of-keys.ts";
import { TRIGGER_COLUMNS } from "./columns.ts";

export const get = defineCommand({
  summary: "Show a scheduled trigger",
  examples: ["latchkey triggers get nightly", ["latchkey triggers get nightly -o json", "and what it sends"]],
  args: { name: { kind: "one", about: "the trigger's name" } },
  options: { namespace: namespaceOption },
  async run(context, { args, options }) {
    const controlPlane = context.controlPlane();
    const namespace_id = await namespaceOfKeys(context, controlPlane, options.namespace);
    return (await controlPlane.call(getSchedule, { params: { namespace_id, trigger_name: args.name } })).body;
  },
  show: { columns: TRIGGER_COLUMNS, rows: ({ trigger }) => [trigger] },
});
