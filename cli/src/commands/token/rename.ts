import { renameApiToken } from "@latchkey/contract/tokens";
import { defineCommand } from "../../command.ts";
import { TOKEN_COLUMNS } from "./columns.ts";

export const rename = defineCommand({
  summary: "Rename an API token of yours",
  examples: ["latchkey token rename 3f0e8a52-7c5e-4a0e-9a55-0c8f6a1f8a11 old-laptop"],
  args: {
    tokenId: { kind: "one", about: "the token's id" },
    name: { kind: "one", about: "what to call it" },
  },
  run: async (context, { args: { tokenId, name } }) =>
    (await context.controlPlane().call(renameApiToken, { params: { token_id: tokenId }, body: { name } })).body,
  show: { columns: TOKEN_COLUMNS, rows: ({ api_token }) => [api_token] },
});
