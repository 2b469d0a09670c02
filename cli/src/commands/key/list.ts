import { listAccessKeys } from "@latchkey/contract/access-keys";
import { defineCommand } from "../../command.ts";
import { KEY_COLUMNS } from "./columns.ts";
import { namespaceOfKeys, namespaceOption } from "./namespace-of-keys.ts";

export const list = defineCommand({
  summary: "List the access keys of a namespace",
  about: `More than is shown can be asked for; the columns are ${KEY_COLUMNS.map(({ name }) => name).join(", ")}.`,
  aliases: ["ls"],
  examples: ["latchkey key list", "latchkey key list --namespace demo --format ID,Name,Owner,State,LastUsedAt"],
  options: { namespace: namespaceOption },
  async run(context, { options }) {
    const controlPlane = context.controlPlane();
    const namespace_id = await namespaceOfKeys(context, controlPlane, options.namespace);
    return (await controlPlane.call(listAccessKeys, { params: { namespace_id } })).body;
  },
  show: { columns: KEY_COLUMNS, rows: ({ access_keys }) => access_keys },
});
