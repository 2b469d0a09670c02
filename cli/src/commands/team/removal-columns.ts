import type { EndingKeyShape } from "@latchkey/contract/removal-preview";
import { readableTimestamp } from "../../output/timestamp.ts";
import type { Column } from "../../output/view.ts";

/** The keys that would end, and who or what would notice. */
export const ENDING_KEY_COLUMNS: readonly Column<EndingKeyShape>[] = [
  { name: "ID", heading: "Key", cell: (key) => key.id },
  { name: "Name", heading: "Name", cell: (key) => key.name },
  { name: "State", heading: "State", cell: (key) => key.state },
  { name: "LastUsedAt", heading: "Last Used At", cell: (key) => readableTimestamp(key.last_used_at) || "never" },
  { name: "LastUsedFrom", heading: "From", cell: (key) => key.last_used_from ?? "" },
  {
    name: "Touched",
    heading: "Touched In 30 Days",
    cell: ({ touched }) => touched.map(({ kind, function: path, count }) => `${kind} ${path} (${count})`).join(", "),
  },
  { name: "Namespace", heading: "Namespace", cell: (key) => key.namespace_id, hidden: true },
  {
    name: "ExpiresAt",
    heading: "Expires At",
    cell: (key) => readableTimestamp(key.expires_at) || "never",
    hidden: true,
  },
];
