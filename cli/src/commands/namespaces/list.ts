import { listNamespaces } from "@latchkey/contract/namespaces";
import { defineCommand } from "../../command.ts";
import { NAMESPACE_COLUMNS } from "./columns.ts";

export const list = defineCommand({
  summary: "List the namespaces of your team",
  aliases: ["ls"],
  examples: ["latchkey namespaces list", "latchkey namespaces list --format Label,ID --no-header"],
  run: async (context) => (await context.controlPlane().call(listNamespaces)).body,
  show: { columns: NAMESPACE_COLUMNS, rows: ({ namespaces }) => namespaces },
});
