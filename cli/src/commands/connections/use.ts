import { defineCommand } from "../../command.ts";
import { connectedTo, describeConnection } from "../../connections/connection.ts";
import { findConnection } from "./find-connection.ts";

export const use = defineCommand({
  summary: "Change to another connection",
  examples: ["latchkey connections use demo"],
  args: {
    namespace: { kind: "one", about: "label or id of a namespace you connected to before", completes: "connections" },
  },
  async run({ connections }, { args }) {
    const connection = await findConnection(connections, args.namespace);
    await connections.use(connection.namespace);
    return describeConnection(connection);
  },
  show: { text: connectedTo },
});
