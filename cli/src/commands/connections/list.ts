import { defineCommand } from "../../command.ts";
import { describeConnection } from "../../connections/connection.ts";
import type { Column } from "../../output/view.ts";

type Kept = ReturnType<typeof describeConnection> & { readonly current: boolean };

const COLUMNS: readonly Column<Kept>[] = [
  { name: "Current", heading: "Current", cell: ({ current }) => (current ? "*" : "") },
  { name: "Label", heading: "Label", cell: ({ label }) => label ?? "" },
  { name: "ID", heading: "Namespace ID", cell: ({ namespace }) => namespace },
  { name: "Host", heading: "API Host", cell: ({ api_host }) => api_host },
  { name: "Key", heading: "Access Key ID", cell: ({ access_key_id }) => access_key_id },
];

export const list = defineCommand({
  summary: "List the connections kept on this machine",
  aliases: ["ls"],
  examples: ["latchkey connections list"],
  async run({ connections }) {
    const current = await connections.currentNamespace();
    const kept = await connections.list();
    return {
      connections: kept.map((connection) => ({
        ...describeConnection(connection),
        current: connection.namespace === current,
      })),
    };
  },
  show: { columns: COLUMNS, rows: ({ connections }) => connections },
});
