import { deleteAccessKey } from "@latchkey/contract/access-keys";
import { defineCommand } from "../../command.ts";
import { confirmDeletion } from "../../confirm-deletion.ts";
import { namespaceOfKeys, namespaceOption } from "./namespace-of-keys.ts";

export const remove = defineCommand({
  summary: "Revoke an access key, at once and for good",
  about: "The very next request under it is refused. Nobody else's key is touched.",
  aliases: ["rm"],
  examples: ["latchkey key delete dof_v1_4b0d3a0c5f0e4f6f9c6a1d2e3f405162"],
  args: { keyId: { kind: "one", about: "the key's id" } },
  options: {
    force: { kind: "flag", short: "f", about: "delete it without asking" },
    namespace: namespaceOption,
  },
  async run(context, { args: { keyId }, options }) {
    const controlPlane = context.controlPlane();
    const namespace_id = await namespaceOfKeys(context, controlPlane, options.namespace);
    if (!options.force) context.warn("Deleting this key is a permanent action.");
    const question = `Are you sure you want to delete key ${keyId}`;
    await confirmDeletion(context, { force: options.force, what: keyId, question });
    const { body } = await controlPlane.call(deleteAccessKey, { params: { namespace_id, key_id: keyId } });
    context.say(`Key ${keyId} has been deleted.`);
    return body;
  },
  show: "nothing",
});
