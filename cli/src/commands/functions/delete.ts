import { defineCommand } from "../../command.ts";
import { confirmDeletion } from "../../confirm-deletion.ts";
import { parseFunctionName, removeFunction } from "../../functions.ts";

export const remove = defineCommand({
  summary: "Delete a function",
  aliases: ["rm"],
  examples: ["latchkey functions delete billing/send", "latchkey functions delete hello --force"],
  args: { function: { kind: "one", about: "package/function, or function if it is in no package" } },
  options: { force: { kind: "flag", short: "f", about: "delete it without asking" } },
  async run(context, { args, options }) {
    const fn = parseFunctionName(args.function);
    const { client } = await context.dataPlane();
    const question = `Are you sure you want to delete the function ${args.function}?`;
    await confirmDeletion(context, { force: options.force, what: args.function, question });
    const deleted = await removeFunction(client, fn);
    context.say(`The function ${args.function} has been deleted.`);
    return deleted;
  },
  show: "nothing",
});
