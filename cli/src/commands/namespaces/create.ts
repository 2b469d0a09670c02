import { createNamespace } from "@latchkey/contract/namespaces";
import { defineCommand } from "../../command.ts";
import { NAMESPACE_COLUMNS, withoutPassword } from "./columns.ts";
import { parseRegion, REGION_VALUES } from "./regions.ts";

export const create = defineCommand({
  summary: "Create a namespace",
  about: "Functions live in it. To deploy and invoke them, create an access key for it and connect with that.",
  examples: ["latchkey namespaces create --label demo --region nyc1"],
  options: {
    label: { kind: "needed", short: "l", value: "label", about: "what to call it; one of a kind in your team" },
    region: {
      kind: "needed",
      short: "r",
      value: "region",
      about: "where it is; see list-regions",
      completes: REGION_VALUES,
    },
    noConnect: { kind: "flag", short: "n", hidden: true, about: "accepted because doctl has it; this never connects" },
  },
  async run(context, { options }) {
    const region = parseRegion(options.region);
    const { body } = await context.controlPlane().call(createNamespace, { body: { label: options.label, region } });
    const { namespace } = body.namespace;
    context.say(`New namespace ${namespace} created, but not connected.`);
    context.say(`Next: latchkey key create --namespace ${namespace} --name <name> --expiration 30d`);
    return withoutPassword(body);
  },
  show: { columns: NAMESPACE_COLUMNS, rows: ({ namespace }) => [namespace] },
});
