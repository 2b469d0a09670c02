import { defineCommand } from "../../command.ts";
import { readableTimestamp } from "../../output/timestamp.ts";
import { dataOption, onlyGiven } from "../server/server-options.ts";

export const link = defineCommand({
  summary: "On the server itself: make a link for somebody who has lost their password",
  about:
    "For whoever operates the server, at its data folder; it may be running. The link is shown once, and good once, for an hour. Set LATCHKEY_PUBLIC_URL as the server has it, so that the link leads there.",
  examples: ["latchkey password link ada@example.com", "latchkey password link ada@example.com --data ./data"],
  args: { email: { kind: "one", about: "the person's address" } },
  options: dataOption,
  async run(context, { args: { email }, options: { data } }) {
    const made = await (await context.loadOperator()).passwordLink(onlyGiven({ data }), email);
    context.say(`Pass this link on to ${made.email}, and to nobody else. They use it with: latchkey password redeem\n`);
    return made;
  },
  show: {
    columns: [
      { name: "Email", heading: "Email", cell: ({ email }) => email },
      { name: "ExpiresAt", heading: "Expires At", cell: (made) => readableTimestamp(made.expires_at) },
      {
        name: "Link",
        heading: "Link",
        cell: (made) => made.link,
        needed: "it is shown this once and never again",
      },
    ],
    rows: (made: { readonly email: string; readonly link: string; readonly expires_at: string }) => [made],
  },
});
