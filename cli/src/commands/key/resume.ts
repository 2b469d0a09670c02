import { resumeAccessKey } from "@latchkey/contract/access-key-life-cycle";
import { defineCommand } from "../../command.ts";
import { KEY_COLUMNS } from "./columns.ts";
import { namespaceOfKeys, namespaceOption } from "./namespace-of-keys.ts";

export const resume = defineCommand({
  summary: "Resume a suspended access key",
  about: "What somebody else suspended, owners of the team resume.",
  examples: ["latchkey key resume dof_v1_4b0d3a0c5f0e4f6f9c6a1d2e3f405162"],
  args: { keyId: { kind: "one", about: "the key's id" } },
  options: { namespace: namespaceOption },
  async run(context, { args, options }) {
    const controlPlane = context.controlPlane();
    const namespace_id = await namespaceOfKeys(context, controlPlane, options.namespace);
    const { body } = await controlPlane.call(resumeAccessKey, { params: { namespace_id, key_id: args.keyId } });
    context.say(`Key ${args.keyId} is let in again.`);
    return body;
  },
  show: { columns: KEY_COLUMNS, rows: ({ access_key }) => [access_key] },
});
