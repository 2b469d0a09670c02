import { suspendAccessKey } from "@latchkey/contract/access-key-life-cycle";
import { defineCommand } from "../../command.ts";
import { KEY_COLUMNS } from "./columns.ts";
import { namespaceOfKeys, namespaceOption } from "./namespace-of-keys.ts";

export const suspend = defineCommand({
  summary: "Suspend an access key: nothing is let in with it until it is resumed",
  about:
    "For a key that may have leaked, while you find out. What you suspended, you or an owner of the team can resume; an owner who suspends it as well takes that over.",
  examples: ["latchkey key suspend dof_v1_4b0d3a0c5f0e4f6f9c6a1d2e3f405162 --reason leaked"],
  args: { keyId: { kind: "one", about: "the key's id" } },
  options: {
    reason: { kind: "text", value: "text", about: "why, for whoever looks at the key" },
    namespace: namespaceOption,
  },
  async run(context, { args, options }) {
    const controlPlane = context.controlPlane();
    const namespace_id = await namespaceOfKeys(context, controlPlane, options.namespace);
    const { body } = await controlPlane.call(suspendAccessKey, {
      params: { namespace_id, key_id: args.keyId },
      body: { ...(options.reason !== undefined && { reason: options.reason }) },
    });
    context.say(`Key ${args.keyId} is suspended. To let it in again: latchkey key resume ${args.keyId}`);
    return body;
  },
  show: { columns: KEY_COLUMNS, rows: ({ access_key }) => [access_key] },
});
