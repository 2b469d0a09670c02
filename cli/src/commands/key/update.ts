import { renameAccessKey } from "@latchkey/contract/access-keys";
import { defineCommand } from "../../command.ts";
import { KEY_COLUMNS } from "./columns.ts";
import { namespaceOfKeys, namespaceOption } from "./namespace-of-keys.ts";

export const update = defineCommand({
  summary: "Rename an access key",
  about: "Nothing else of a key can change; create another one instead.",
  examples: ["latchkey key update dof_v1_4b0d3a0c5f0e4f6f9c6a1d2e3f405162 --name old-laptop"],
  args: { keyId: { kind: "one", about: "the key's id" } },
  options: {
    name: { kind: "needed", short: "n", value: "name", about: "its new name" },
    namespace: namespaceOption,
  },
  async run(context, { args, options }) {
    const controlPlane = context.controlPlane();
    const namespace_id = await namespaceOfKeys(context, controlPlane, options.namespace);
    const request = { params: { namespace_id, key_id: args.keyId }, body: { name: options.name } };
    return (await controlPlane.call(renameAccessKey, request)).body;
  },
  show: { columns: KEY_COLUMNS, rows: ({ access_key }) => [access_key] },
});
