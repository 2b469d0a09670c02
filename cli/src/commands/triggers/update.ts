import { getSchedule, updateSchedule } from "@latchkey/contract/schedules";
import { defineCommand } from "../../command.ts";
import { UsageError } from "../../failure.ts";
import { readParameters } from "../functions/parameters.ts";
import { namespaceOfKeys, namespaceOption } from "../key/namespace-of-keys.ts";
import { TRIGGER_COLUMNS } from "./columns.ts";
import { argumentOptions, cronAbout } from "./schedule-options.ts";

export const update = defineCommand({
  summary: "Change when a function is invoked, or with what",
  about: "From then on it is invoked in your name. Name and function of a trigger cannot change; create another one.",
  examples: [
    "latchkey triggers update nightly --cron '30 4 * * *'",
    ["latchkey triggers update nightly --param to:everybody", "instead of the parameters that it had"],
  ],
  args: { name: { kind: "one", about: "the trigger's name" } },
  options: {
    cron: { kind: "text", short: "c", value: "cron", about: cronAbout },
    ...argumentOptions,
    namespace: namespaceOption,
  },
  async run(context, { args, options }) {
    const parameters = await readParameters(options);
    if (options.cron === undefined && parameters === null) {
      throw new UsageError("nothing to change: say --cron, --param or --param-file");
    }
    const controlPlane = context.controlPlane();
    const namespace_id = await namespaceOfKeys(context, controlPlane, options.namespace);
    const params = { namespace_id, trigger_name: args.name };
    // The API takes no arguments without a schedule.
    const cron = options.cron ?? (await controlPlane.call(getSchedule, { params })).body.trigger.scheduled_details.cron;
    const scheduled_details = { cron, ...(parameters !== null && { body: parameters }) };
    return (await controlPlane.call(updateSchedule, { params, body: { scheduled_details } })).body;
  },
  show: { columns: TRIGGER_COLUMNS, rows: ({ trigger }) => [trigger] },
});
