import { redeemPasswordReset } from "@latchkey/contract/account";
import { openWithoutKey } from "../../api.ts";
import { defineCommand } from "../../command.ts";
import { UsageError } from "../../failure.ts";
import { obtainNewPassword, obtainSecret } from "../login/obtain-secret.ts";

const TWO_LINES = 'printf \'%s\\n%s\\n\' "$LINK" "$PASSWORD" | latchkey password redeem --stdin';

export const redeem = defineCommand({
  summary: "Choose a new password with a link",
  about: "Asks for the link and for the new password. You are signed out everywhere; your API tokens and keys live on.",
  examples: ["latchkey password redeem", [TWO_LINES, "link and password from standard input, a line each"]],
  options: { stdin: { kind: "flag", about: "read the link and the password from standard input, each on a line" } },
  async run(context, { options: { stdin } }) {
    const { link, password } = stdin ? readBoth(await context.readStdin()) : await ask();
    const secret = link.slice(link.indexOf("#") + 1).trim();
    const client = openWithoutKey(context.config.apiUrl);
    const { body } = await client.call(redeemPasswordReset, { body: { secret, new_password: password } });
    context.say("Your new password has been set. To go on: latchkey login");
    return body;

    async function ask(): Promise<{ link: string; password: string }> {
      const given = await obtainSecret(context, { question: "Link", fromStdin: false, option: "stdin" });
      const chosen = await obtainNewPassword(context, { fromStdin: false, option: "stdin" });
      return { link: given.reveal(), password: chosen.reveal() };
    }
  },
  show: "nothing",
});

function readBoth(text: string): { link: string; password: string } {
  const [link, password] = text.split(/\r?\n/);
  if (link && password) return { link, password };
  throw new UsageError("the link and the password are not both on standard input", `Pass both: ${TWO_LINES}`);
}
