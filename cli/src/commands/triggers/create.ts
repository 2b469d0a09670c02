import { createSchedule } from "@latchkey/contract/schedules";
import { defineCommand } from "../../command.ts";
import { readParameters } from "../functions/parameters.ts";
import { namespaceOfKeys, namespaceOption } from "../key/namespace-of-keys.ts";
import { TRIGGER_COLUMNS } from "./columns.ts";
import { argumentOptions, cronAbout } from "./schedule-options.ts";

export const create = defineCommand({
  summary: "Have a function invoked at set times",
  about: `It is invoked in your name for as long as you are in the team. Projects say it in project.yml instead.`,
  examples: [
    ["latchkey triggers create nightly --function reports/send --cron '0 3 * * *' --param to:ops", "at 03:00 UTC"],
    "latchkey triggers create poll --function poll --cron '*/5 * * * *' --disabled",
  ],
  args: { name: { kind: "one", about: "its name" } },
  options: {
    function: { kind: "needed", short: "f", value: "function", about: "what to invoke: function or package/function" },
    cron: { kind: "needed", short: "c", value: "cron", about: cronAbout },
    ...argumentOptions,
    disabled: { kind: "flag", about: "do not run it before `latchkey triggers enable`" },
    namespace: namespaceOption,
  },
  async run(context, { args, options }) {
    const parameters = await readParameters(options);
    const controlPlane = context.controlPlane();
    const namespace_id = await namespaceOfKeys(context, controlPlane, options.namespace);
    const body = {
      name: args.name,
      function: options.function,
      type: "SCHEDULED",
      is_enabled: !options.disabled,
      scheduled_details: { cron: options.cron, body: parameters },
    } as const;
    return (await controlPlane.call(createSchedule, { params: { namespace_id }, body })).body;
  },
  show: { columns: TRIGGER_COLUMNS, rows: ({ trigger }) => [trigger] },
});
