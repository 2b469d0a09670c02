import { getAccessKey } from "@latchkey/contract/access-keys";
import { defineCommand } from "../../command.ts";
import { allShown } from "../../output/view.ts";
import { KEY_COLUMNS } from "./columns.ts";
import { namespaceOfKeys, namespaceOption } from "./namespace-of-keys.ts";

export const get = defineCommand({
  summary: "Show all there is to know of an access key, except its secret",
  examples: ["latchkey key get dof_v1_4b0d3a0c5f0e4f6f9c6a1d2e3f405162"],
  args: { keyId: { kind: "one", about: "the key's id" } },
  options: { namespace: namespaceOption },
  async run(context, { args, options }) {
    const controlPlane = context.controlPlane();
    const namespace_id = await namespaceOfKeys(context, controlPlane, options.namespace);
    return (await controlPlane.call(getAccessKey, { params: { namespace_id, key_id: args.keyId } })).body;
  },
  show: { columns: allShown(KEY_COLUMNS), rows: ({ access_key }) => [access_key] },
});
