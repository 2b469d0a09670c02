import { listPackages, type PackageSummaryShape } from "@latchkey/contract/openwhisk/packages";
import { LIST_LIMIT_MAX } from "@latchkey/contract/openwhisk/queries";
import { defineCommand } from "../../command.ts";
import { OWN_NAMESPACE } from "../../functions.ts";
import { readableInstant } from "../../output/timestamp.ts";
import type { Column } from "../../output/view.ts";

const COLUMNS: readonly Column<PackageSummaryShape>[] = [
  { name: "Update", heading: "Latest Update", cell: ({ updated }) => readableInstant(updated) },
  { name: "Version", heading: "Latest Version", cell: ({ version }) => version },
  {
    name: "Binding",
    heading: "Bound To",
    cell: ({ binding }) => (binding === false ? "" : `${binding.namespace}/${binding.name}`),
  },
  { name: "Package", heading: "Package Name", cell: ({ name }) => name },
];

export const list = defineCommand({
  summary: "List the packages of the namespace",
  aliases: ["ls"],
  examples: ["latchkey packages list", "latchkey packages list --name --format Package,Version"],
  options: {
    limit: {
      kind: "count",
      short: "l",
      value: "limit",
      max: LIST_LIMIT_MAX,
      about: `how many to list; 30 unless given, ${LIST_LIMIT_MAX} at most`,
    },
    skip: { kind: "count", short: "s", value: "skip", about: "how many of the newest to leave out" },
    count: { kind: "flag", about: "say only how many there are" },
    name: { kind: "flag", short: "n", about: "sort by name rather than newest first" },
  },
  async run(context, { options }) {
    const { client } = await context.dataPlane();
    const query = {
      limit: options.limit?.toString(),
      skip: options.skip?.toString(),
      count: options.count ? "true" : undefined,
    };
    const { body } = await client.call(listPackages, { params: OWN_NAMESPACE, query });
    if (!Array.isArray(body) || !options.name) return body;
    return body.toSorted((a, b) => a.name.localeCompare(b.name, "en"));
  },
  show: ({ options }) =>
    options.count
      ? { text: (data) => `There are ${Array.isArray(data) ? data.length : data.packages} packages in this namespace.` }
      : { columns: COLUMNS, rows: (data) => (Array.isArray(data) ? data : []) },
});
