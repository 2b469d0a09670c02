import { getNamespace } from "@latchkey/contract/namespaces";
import { defineCommand } from "../../command.ts";
import { allShown } from "../../output/view.ts";
import { NAMESPACE_COLUMNS, withoutPassword } from "./columns.ts";
import { needNamespace } from "./find-namespace.ts";

export const get = defineCommand({
  summary: "Show a namespace",
  examples: ["latchkey namespaces get demo"],
  args: { namespace: { kind: "one", about: "its label or id" } },
  async run(context, { args }) {
    const controlPlane = context.controlPlane();
    const { namespace } = await needNamespace(controlPlane, args.namespace);
    const { body } = await controlPlane.call(getNamespace, { params: { namespace_id: namespace } });
    return withoutPassword(body);
  },
  show: { columns: allShown(NAMESPACE_COLUMNS), rows: ({ namespace }) => [namespace] },
});
