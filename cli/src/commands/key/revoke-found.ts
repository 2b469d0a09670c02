import { revokeFoundKey } from "@latchkey/contract/access-key-life-cycle";
import { openWithoutKey } from "../../api.ts";
import { defineCommand } from "../../command.ts";
import { obtainSecret } from "../login/obtain-secret.ts";

export const revokeFound = defineCommand({
  summary: "Revoke a credential whose secret you found, whoever it belongs to",
  about:
    "An access key as ID:Secret, its secret alone, an API token, or a session. Needs no credential of yours: whoever has the secret could use it. The answer is the same whether or not it was known.",
  examples: [
    "latchkey key revoke-found",
    ["latchkey key revoke-found --secret-stdin < found.txt", "in a script; the secret is in no command line"],
  ],
  options: { secretStdin: { kind: "flag", about: "read the secret from standard input" } },
  async run(context, { options }) {
    const question = "The secret that you found (ID:Secret, a secret, or a token)";
    const secret = await obtainSecret(context, { question, fromStdin: options.secretStdin, option: "secret-stdin" });
    const client = openWithoutKey(context.config.apiUrl);
    const { body } = await client.call(revokeFoundKey, { body: { secret: secret.reveal() } });
    context.say("If it opened anything, it does not any more.");
    return body;
  },
  show: "nothing",
});
