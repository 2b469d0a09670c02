import { updateSchedule } from "@latchkey/contract/schedules";
import { type Command, defineCommand } from "../../command.ts";
import { namespaceOfKeys, namespaceOption } from "../key/namespace-of-keys.ts";
import { TRIGGER_COLUMNS } from "./columns.ts";

const defineSwitch = (is_enabled: boolean, summary: string, about: string, example: string): Command =>
  defineCommand({
    summary,
    about,
    examples: [example],
    args: { name: { kind: "one", about: "the trigger's name" } },
    options: { namespace: namespaceOption },
    async run(context, { args, options }) {
      const controlPlane = context.controlPlane();
      const namespace_id = await namespaceOfKeys(context, controlPlane, options.namespace);
      const request = { params: { namespace_id, trigger_name: args.name }, body: { is_enabled } };
      return (await controlPlane.call(updateSchedule, request)).body;
    },
    show: { columns: TRIGGER_COLUMNS, rows: ({ trigger }) => [trigger] },
  });

export const enable = defineSwitch(
  true,
  "Have a scheduled trigger run, in your name",
  "Also takes over one that is suspended because its owner left. What was missed is not made up for.",
  "latchkey triggers enable nightly",
);

export const disable = defineSwitch(
  false,
  "Keep a scheduled trigger from running",
  "It stays as it is until it is enabled again.",
  "latchkey triggers disable nightly",
);
