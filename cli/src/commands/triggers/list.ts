import { listSchedules } from "@latchkey/contract/schedules";
import { defineCommand } from "../../command.ts";
import { namespaceOfKeys, namespaceOption } from "../key/namespace-of-keys.ts";
import { TRIGGER_COLUMNS } from "./columns.ts";

export const list = defineCommand({
  summary: "List the scheduled triggers of a namespace",
  about: `More than is shown can be asked for; the columns are ${TRIGGER_COLUMNS.map(({ name }) => name).join(", ")}.`,
  aliases: ["ls"],
  examples: ["latchkey triggers list", "latchkey triggers list --function reports/send --format Name,NextRun,Owner"],
  options: {
    function: { kind: "text", short: "f", value: "function", about: "only those that invoke this function" },
    namespace: namespaceOption,
  },
  async run(context, { options }) {
    const controlPlane = context.controlPlane();
    const namespace_id = await namespaceOfKeys(context, controlPlane, options.namespace);
    const { body } = await controlPlane.call(listSchedules, { params: { namespace_id } });
    const { function: name } = options;
    return { triggers: body.triggers.filter((trigger) => name === undefined || trigger.function === name) };
  },
  show: { columns: TRIGGER_COLUMNS, rows: ({ triggers }) => triggers },
});
