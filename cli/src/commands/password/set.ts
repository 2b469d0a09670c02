import { getAccount, setPassword } from "@latchkey/contract/account";
import { defineCommand } from "../../command.ts";
import { UsageError } from "../../failure.ts";
import { obtainNewPassword, obtainSecret } from "../login/obtain-secret.ts";

const TWO_LINES = 'printf \'%s\\n%s\\n\' "$NEW" "$OLD" | latchkey password set --stdin';

export const set = defineCommand({
  summary: "Set your password, or change it",
  about: "Asks for it, and for the present one if there is one. You are signed out everywhere else.",
  examples: [
    "latchkey password set",
    [TWO_LINES, "from standard input: the new one and, if there is one, the present one, each on a line"],
  ],
  options: { stdin: { kind: "flag", about: "read the new password, then the present one, from standard input" } },
  async run(context, { options: { stdin } }) {
    const client = context.controlPlane();
    const { next, current } = stdin ? readBoth(await context.readStdin()) : await ask();
    const { body } = await client.call(setPassword, {
      body: { new_password: next, ...(current !== undefined && { current_password: current }) },
    });
    context.say("Your password has been set.");
    return body;

    async function ask(): Promise<{ next: string; current?: string }> {
      const { has_password: hasOne } = (await client.call(getAccount)).body.account;
      const question = "Present password";
      const present = hasOne ? await obtainSecret(context, { question, fromStdin: false, option: "stdin" }) : undefined;
      const next = (await obtainNewPassword(context, { fromStdin: false, option: "stdin" })).reveal();
      return { next, ...(present !== undefined && { current: present.reveal() }) };
    }
  },
  show: "nothing",
});

function readBoth(text: string): { next: string; current?: string } {
  const [next, current] = text.split(/\r?\n/);
  if (!next) throw new UsageError("no password on standard input", `Pass it: ${TWO_LINES}`);
  return { next, ...(current && { current }) };
}
