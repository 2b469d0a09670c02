import { deleteNamespace } from "@latchkey/contract/namespaces";
import { defineCommand } from "../../command.ts";
import { confirmDeletion } from "../../confirm-deletion.ts";
import { CliError } from "../../failure.ts";
import { findNamespace } from "./find-namespace.ts";

export const remove = defineCommand({
  summary: "Delete a namespace",
  about: "Its functions, packages and access keys go with it, at once and for good.",
  aliases: ["rm"],
  examples: ["latchkey namespaces delete demo"],
  args: { namespace: { kind: "one", about: "its label or id, exactly" } },
  options: { force: { kind: "flag", short: "f", about: "delete it without asking" } },
  async run(context, { args, options }) {
    const controlPlane = context.controlPlane();
    const found = await findNamespace(controlPlane, args.namespace);
    if (found === undefined) {
      throw new CliError(`'${args.namespace}' does not exactly match the label or id of any of your namespaces`, [
        "See what there is: latchkey namespaces list",
      ]);
    }
    const { namespace, label } = found;
    context.say(`Deleting namespace '${namespace}' with label '${label}'.`);
    const question = "Are you sure you want to delete this namespace?";
    await confirmDeletion(context, { force: options.force, what: namespace, question });
    const { body } = await controlPlane.call(deleteNamespace, { params: { namespace_id: namespace } });
    await context.connections.forget(namespace);
    context.say("Namespace successfully deleted");
    return body;
  },
  show: "nothing",
});
