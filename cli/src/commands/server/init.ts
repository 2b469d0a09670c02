import { defineCommand } from "../../command.ts";
import { dataOption, onlyGiven } from "./server-options.ts";

export const init = defineCommand({
  summary: "Set up a new data folder: a team, its owner and the owner's API token",
  about:
    "The token is shown this once. A folder that has a team already is left alone, unless --another says to add one: for people who keep their namespaces apart. Its owner may be somebody who is in another team; a server that is running need not be stopped.",
  examples: [
    "latchkey init --team Acme --email ada@example.com",
    "latchkey init --data ./data --team Acme --email ada@example.com -o json",
    ["latchkey init --another --team Beta --email ada@example.com", "one more team, on the same server"],
  ],
  options: {
    ...dataOption,
    team: { kind: "needed", value: "team", about: "name of the team" },
    email: { kind: "needed", value: "email", about: "the owner's address" },
    name: { kind: "text", value: "name", about: "the owner's name; made from the address unless given" },
    another: { kind: "flag", about: "add a team to a folder that has one" },
  },
  async run(context, { options: { data, team, email, name, another } }) {
    const operator = await context.loadOperator();
    const first = await operator.init(onlyGiven({ data }), {
      team,
      email,
      another,
      ...(name !== undefined && { name }),
    });
    context.say("Please save this token. You will not be able to see it again.\n");
    return first;
  },
  show: {
    text: ({ team, user, token }) =>
      `Team:  ${team.name} (${team.id})\nOwner: ${user.name} <${user.email}> (${user.id})\n\nexport LATCHKEY_TOKEN=${token}`,
  },
});
