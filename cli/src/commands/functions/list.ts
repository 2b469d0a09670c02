import { type ActionSummaryShape, listActions, listPackagedActions } from "@latchkey/contract/openwhisk/actions";
import { LIST_LIMIT_MAX } from "@latchkey/contract/openwhisk/queries";
import { defineCommand } from "../../command.ts";
import { annotation, functionName, OWN_NAMESPACE } from "../../functions.ts";
import { readableInstant } from "../../output/timestamp.ts";
import type { Column } from "../../output/view.ts";

const COLUMNS: readonly Column<ActionSummaryShape>[] = [
  { name: "Update", heading: "Latest Update", cell: ({ updated }) => readableInstant(updated) },
  { name: "Version", heading: "Latest Version", cell: ({ version }) => version },
  {
    name: "Runtime",
    heading: "Runtime Kind",
    cell: ({ annotations }) => String(annotation(annotations, "exec") ?? "<unknown>"),
  },
  { name: "Function", heading: "Function Name", cell: functionName },
];

export const list = defineCommand({
  summary: "List the functions of the namespace, or of one package",
  aliases: ["ls"],
  examples: ["latchkey functions list", "latchkey functions list billing --name"],
  args: { package: { kind: "maybe", about: "name of a package" } },
  options: {
    limit: {
      kind: "count",
      short: "l",
      value: "limit",
      max: LIST_LIMIT_MAX,
      about: "how many to list; 30 unless given, 200 at most",
    },
    skip: { kind: "count", short: "s", value: "skip", about: "how many of the newest to leave out" },
    count: { kind: "flag", about: "say only how many there are" },
    name: { kind: "flag", short: "n", about: "sort by name rather than newest first" },
    nameSort: { kind: "flag", hidden: true, about: "the same" },
  },
  async run(context, { args, options }) {
    const { client } = await context.dataPlane();
    const query = {
      limit: options.limit?.toString(),
      skip: options.skip?.toString(),
      count: options.count ? "true" : undefined,
    };
    const { body } =
      args.package === undefined
        ? await client.call(listActions, { params: OWN_NAMESPACE, query })
        : await client.call(listPackagedActions, { params: { ...OWN_NAMESPACE, package: args.package }, query });
    if (!Array.isArray(body) || !(options.name || options.nameSort)) return body;
    return body.toSorted((a, b) => functionName(a).localeCompare(functionName(b), "en"));
  },
  show: ({ options }) =>
    options.count
      ? { text: (data) => `There are ${Array.isArray(data) ? data.length : data.actions} functions in this namespace.` }
      : { columns: COLUMNS, rows: (data) => (Array.isArray(data) ? data : []) },
});
