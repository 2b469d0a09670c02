import { acceptInvitation } from "@latchkey/contract/invitations";
import { openWithoutKey } from "../../api.ts";
import { defineCommand } from "../../command.ts";
import { UsageError } from "../../failure.ts";
import { obtainNewPassword, obtainSecret } from "../login/obtain-secret.ts";
import { TEAM_VIEW } from "./team-view.ts";

const TWO_LINES = 'printf \'%s\\n%s\\n\' "$LINK" "$PASSWORD" | latchkey team accept --stdin';

export const accept = defineCommand({
  summary: "Accept an invitation with its link",
  about:
    "Asks for the link and for a password: a new one if you are new here, or the one you have if you are in another team already.",
  examples: ["latchkey team accept --name Grace", [TWO_LINES, "link and password from standard input, a line each"]],
  options: {
    name: { kind: "text", value: "name", about: "your name, if you are new here; made from your address unless given" },
    stdin: { kind: "flag", about: "read the link and the password from standard input, each on a line" },
  },
  async run(context, { options: { name, stdin } }) {
    const { link, password } = stdin ? readBoth(await context.readStdin()) : await ask(context);
    const secret = link.slice(link.indexOf("#") + 1).trim();
    const { body } = await openWithoutKey(context.config.apiUrl).call(acceptInvitation, {
      body: { secret, password, ...(name !== undefined && { name }) },
    });
    context.say(`You are in the team ${body.team.name}. To work in it: latchkey login --email ${body.email}\n`);
    return body;
  },
  show: TEAM_VIEW,
});

function readBoth(text: string): { link: string; password: string } {
  const [link, password] = text.split(/\r?\n/);
  if (link && password) return { link, password };
  throw new UsageError("the link and the password are not both on standard input", `Pass both: ${TWO_LINES}`);
}

async function ask(context: Parameters<typeof obtainSecret>[0]): Promise<{ link: string; password: string }> {
  const link = await obtainSecret(context, { question: "Link of the invitation", fromStdin: false, option: "stdin" });
  const password = await obtainNewPassword(context, { fromStdin: false, option: "stdin" });
  return { link: link.reveal(), password: password.reveal() };
}
