import { requestPasswordReset } from "@latchkey/contract/account";
import { openWithoutKey } from "../../api.ts";
import { defineCommand } from "../../command.ts";

export const forgot = defineCommand({
  summary: "Ask for a link to a new password, by e-mail",
  about: "Where the server sends no mail, ask whoever operates it: they have latchkey password link.",
  examples: ["latchkey password forgot ada@example.com"],
  args: { email: { kind: "one", about: "your address" } },
  async run(context, { args: { email } }) {
    const { body } = await openWithoutKey(context.config.apiUrl).call(requestPasswordReset, { body: { email } });
    context.say("If there is somebody with this address, a link is on its way to them. Then: latchkey password redeem");
    return body;
  },
  show: "nothing",
});
