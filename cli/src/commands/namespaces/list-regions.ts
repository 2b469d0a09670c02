import { DATA_CENTERS } from "@latchkey/contract/namespaces";
import { defineCommand } from "../../command.ts";
import type { Column } from "../../output/view.ts";
import { regionOf } from "./regions.ts";

type Region = { readonly region: string; readonly data_center: string };
const COLUMNS: readonly Column<Region>[] = [
  { name: "Region", heading: "Region", cell: ({ region }) => region },
  { name: "DataCenter", heading: "Data Center", cell: ({ data_center }) => data_center },
];

export const listRegions = defineCommand({
  summary: "List the names that --region takes",
  about:
    "DigitalOcean's clients name a region, so Latchkey takes one. It is only a label: functions run where the server runs.",
  examples: ["latchkey namespaces list-regions"],
  run: async () => ({ regions: DATA_CENTERS.map((center) => ({ region: regionOf(center), data_center: center })) }),
  show: { columns: COLUMNS, rows: ({ regions }) => regions },
});
