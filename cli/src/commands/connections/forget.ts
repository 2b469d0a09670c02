import { defineCommand } from "../../command.ts";
import { describeConnection } from "../../connections/connection.ts";
import { findConnection } from "./find-connection.ts";

export const forget = defineCommand({
  summary: "Remove a connection and its key from this machine",
  about: "The key itself stays good; to end it, use latchkey key delete.",
  aliases: ["rm"],
  examples: ["latchkey connections forget demo"],
  args: { namespace: { kind: "one", about: "label or id of the namespace", completes: "connections" } },
  async run({ connections, say }, { args }) {
    const connection = await findConnection(connections, args.namespace);
    await connections.forget(connection.namespace);
    say(`The connection to ${connection.namespace} is forgotten.`);
    return describeConnection(connection);
  },
  show: "nothing",
});
