import { getAccount, updateAccount } from "@latchkey/contract/account";
import { defineCommand } from "../../command.ts";
import { UsageError } from "../../failure.ts";
import { ACCOUNT_VIEW } from "../login/account-columns.ts";
import { obtainSecret } from "../login/obtain-secret.ts";

export const update = defineCommand({
  summary: "Change your name or your e-mail address, in every team you belong to",
  about: "An address asks for your password, if you have one; you sign in with the new address from then on.",
  examples: [
    "latchkey account update --name Grace",
    "latchkey account update --email grace@example.com",
    [
      "latchkey account update --email grace@example.com --password-stdin < password.txt",
      "without anybody at the terminal",
    ],
  ],
  options: {
    name: { kind: "text", value: "name", about: "what you are called from now on" },
    email: { kind: "text", value: "email", about: "your address from now on" },
    passwordStdin: { kind: "flag", about: "read your password from standard input" },
  },
  async run(context, { options: { name, email, passwordStdin } }) {
    if (name === undefined && email === undefined)
      throw new UsageError("there is nothing to change", "Say what: --name NAME, --email ADDRESS");
    const client = context.controlPlane();
    const { has_password: hasOne } = (await client.call(getAccount)).body.account;
    const asked = { question: "Password", fromStdin: passwordStdin, option: "password-stdin" };
    const password = email !== undefined && hasOne ? await obtainSecret(context, asked) : undefined;
    const { body } = await client.call(updateAccount, {
      body: {
        ...(name !== undefined && { name }),
        ...(email !== undefined && { email }),
        ...(password !== undefined && { current_password: password.reveal() }),
      },
    });
    return body;
  },
  show: ACCOUNT_VIEW,
});
