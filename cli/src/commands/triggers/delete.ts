import { deleteSchedule } from "@latchkey/contract/schedules";
import { defineCommand } from "../../command.ts";
import { confirmDeletion } from "../../confirm-deletion.ts";
import { namespaceOfKeys, namespaceOption } from "../key/namespace-of-keys.ts";

export const remove = defineCommand({
  summary: "Delete a scheduled trigger",
  about: "The function stays.",
  aliases: ["rm"],
  examples: ["latchkey triggers delete nightly", "latchkey triggers delete nightly --force"],
  args: { name: { kind: "one", about: "the trigger's name" } },
  options: {
    force: { kind: "flag", short: "f", about: "delete it without asking" },
    namespace: namespaceOption,
  },
  async run(context, { args: { name }, options }) {
    const controlPlane = context.controlPlane();
    const namespace_id = await namespaceOfKeys(context, controlPlane, options.namespace);
    const question = `Are you sure you want to delete the trigger ${name}?`;
    await confirmDeletion(context, { force: options.force, what: name, question });
    await controlPlane.call(deleteSchedule, { params: { namespace_id, trigger_name: name } });
    context.say(`The trigger ${name} has been deleted.`);
    return {};
  },
  show: "nothing",
});
