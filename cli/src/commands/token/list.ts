import { listApiTokens } from "@latchkey/contract/tokens";
import { defineCommand } from "../../command.ts";
import { TOKEN_COLUMNS } from "./columns.ts";

export const list = defineCommand({
  summary: "List your API tokens in this team, never showing one",
  aliases: ["ls"],
  examples: ["latchkey token list", ["latchkey token list --all", "everybody's, for owners"]],
  options: { all: { kind: "flag", about: "everybody's, service identities' included; for owners" } },
  run: async (context, { options: { all } }) =>
    (await context.controlPlane().call(listApiTokens, { query: all ? { all: "true" } : {} })).body,
  show: { columns: TOKEN_COLUMNS, rows: (body) => body.api_tokens },
});
