import { defineCommand } from "../../command.ts";
import type { FirstTeam } from "../../operator.ts";
import { firstSteps } from "./first-steps.ts";
import { dataOption, onlyGiven } from "./server-options.ts";

export const serve = defineCommand({
  summary: "Start the server",
  about:
    "It runs until it is interrupted. The first start from a terminal also sets up a team and shows your API token, once.",
  examples: [
    "latchkey serve",
    "latchkey serve --port 8080 --data ./data",
    ["latchkey serve --host 0.0.0.0 --public-url https://functions.example.com", "for other machines"],
  ],
  options: {
    ...dataOption,
    host: { kind: "text", value: "address", about: "address to listen at; 127.0.0.1 unless given (or LATCHKEY_HOST)" },
    port: {
      kind: "text",
      value: "port",
      about: "port to listen at; 3233 unless given, 0 for any that is free (or LATCHKEY_PORT)",
    },
    publicUrl: { kind: "text", value: "url", about: "what clients call this server (or LATCHKEY_PUBLIC_URL)" },
  },
  async run(context, { options }) {
    const operator = await context.loadOperator();
    // A token that nobody sees is lost, so none is made where nobody looks.
    const serving = await operator.serve(onlyGiven(options), { createFirstTeam: context.onTerminal });
    for (const warning of serving.warnings) context.warn(warning);
    context.stayUntil(serving.stopped);
    return { url: serving.url, data_folder: serving.dataFolder, first_run: serving.firstRun };
  },
  show: {
    text: ({ url, first_run }) => `Latchkey is listening at ${url}${first_run === null ? "" : welcome(url, first_run)}`,
  },
});

const welcome = (url: string, { team, user, token }: FirstTeam): string => `

This is its first start, so it made a team (${team.name}) and an owner (${user.email}).

${firstSteps(url, token)}`;
