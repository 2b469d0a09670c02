import { openWithKey } from "../../api.ts";
import { defineCommand } from "../../command.ts";
import { connectedTo, describeConnection } from "../../connections/connection.ts";
import { demandNamespace, listIfPossible, nameOwnNamespace, pickNamespace } from "./match-namespace.ts";
import { obtainAccessKey } from "./obtain-access-key.ts";

export const connect = defineCommand({
  summary: "Connect to a namespace with an access key",
  about:
    "The key is all it takes: it knows its namespace. It is asked for unless it comes from standard input, and kept in your configuration folder, readable by you alone. Connections are kept side by side; see latchkey connections.",
  examples: [
    ["latchkey connect", "asks for the key"],
    ["latchkey connect demo", "the same, and makes sure that it is the key of that namespace"],
    "latchkey connect --access-key-stdin < key.txt",
  ],
  args: {
    namespace: {
      kind: "maybe",
      about: "what the key's namespace must be: its id or, with an API token set, (part of) its label",
    },
  },
  options: {
    accessKeyStdin: { kind: "flag", about: "read the key, as ID:SECRET, from standard input" },
    accessKey: {
      kind: "text",
      value: "id:secret",
      about: "the key itself; others can see it in the list of processes and in your shell's history",
    },
  },
  async run(context, { args, options }) {
    const accessKey = await obtainAccessKey(context, options);
    const known = await listIfPossible(context);
    const asked = args.namespace;
    const expected = asked === undefined || known === null ? null : pickNamespace(known, asked);

    const address = expected?.api_host ?? context.config.apiUrl;
    const namespace = await nameOwnNamespace(openWithKey(address, accessKey));
    if (asked !== undefined) demandNamespace(namespace, asked, expected);

    const found = known?.find((candidate) => candidate.namespace === namespace);
    const connection = { namespace, label: found?.label ?? null, apiHost: found?.api_host ?? address, accessKey };
    await context.connections.keep(connection);
    if (context.config.accessKey !== null) {
      context.warn("LATCHKEY_ACCESS_KEY is set, and commands use it rather than this connection as long as it is");
    }
    return describeConnection(connection);
  },
  show: { text: connectedTo },
});
