import { listServiceIdentities } from "@latchkey/contract/service-identities";
import { defineCommand } from "../../command.ts";
import { IDENTITY_COLUMNS } from "./columns.ts";

export const list = defineCommand({
  summary: "List the team's service identities, and who answers for each",
  aliases: ["ls"],
  examples: ["latchkey identity list"],
  run: async (context) => (await context.controlPlane().call(listServiceIdentities)).body,
  show: { columns: IDENTITY_COLUMNS, rows: (body) => body.service_identities },
});
