import { deleteApiToken } from "@latchkey/contract/tokens";
import { openWithToken } from "../../api.ts";
import { defineCommand } from "../../command.ts";
import { explain } from "../../explain.ts";
import { CliError } from "../../failure.ts";

export const logout = defineCommand({
  summary: "Forget the token that login keeps, and delete it at the server",
  about: "A token that was given with --token-stdin may be in use elsewhere: it is forgotten here and not deleted.",
  examples: ["latchkey logout"],
  async run(context) {
    const { config, logins, say } = context;
    const login = logins.find(config.apiUrl);
    if (login === null) throw new CliError(`You are not logged in at ${config.apiUrl}`, ["Log in: latchkey login"]);
    await logins.forget(config.apiUrl);
    const { token, tokenId } = login;
    if (tokenId !== null) {
      try {
        await openWithToken(config.apiUrl, token).call(deleteApiToken, { params: { token_id: tokenId } });
      } catch (error) {
        context.failAfterwards(
          new CliError(
            `The token is forgotten here, but could not be deleted at the server: ${explain(error).message}`,
            [`If it is still alive, delete it: latchkey token delete ${tokenId}`],
          ),
        );
        return { token_id: tokenId };
      }
    }
    say(`You are logged out at ${config.apiUrl}.`);
    return { token_id: tokenId };
  },
  show: "nothing",
});
