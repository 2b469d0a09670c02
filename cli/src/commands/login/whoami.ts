import { getAccount } from "@latchkey/contract/account";
import { defineCommand } from "../../command.ts";
import { ACCOUNT_VIEW } from "./account-columns.ts";

export const whoami = defineCommand({
  summary: "Say who you are, in which team, through which credential, and until when",
  examples: ["latchkey whoami", ["latchkey whoami --format Role --no-header", "the role alone, for a script"]],
  run: async (context) => (await context.controlPlane().call(getAccount)).body,
  show: ACCOUNT_VIEW,
});
