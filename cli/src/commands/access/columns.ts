import type { CallerThenShape } from "@latchkey/contract/access-history";
import { readableTimestamp } from "../../output/timestamp.ts";
import type { Column } from "../../output/view.ts";

/** Who could call; `change` says what of it is different from the other time. */
export type AccessRow = CallerThenShape & { readonly change: "gained" | "lost" | "was" | "is" | null };

const CALLER: readonly Column<AccessRow>[] = [
  { name: "Owner", heading: "Owner", cell: ({ owner }) => owner.name },
  { name: "Role", heading: "Role", cell: ({ role }) => role },
  { name: "Key", heading: "Key", cell: ({ access_key }) => access_key.name },
  { name: "Grants", heading: "Grants", cell: ({ grants }) => grants.join(", ") },
  { name: "Networks", heading: "From", cell: (row) => row.allowed_networks?.join(", ") ?? "anywhere" },
  { name: "Until", heading: "Until", cell: ({ until }) => readableTimestamp(until) || "never ends" },
  { name: "KeyID", heading: "Key ID", cell: ({ access_key }) => access_key.id, hidden: true },
  { name: "OwnerID", heading: "Owner ID", cell: ({ owner }) => owner.id, hidden: true },
  { name: "OwnerKind", heading: "Owner Kind", cell: ({ owner }) => owner.kind, hidden: true },
];

export const CALLER_COLUMNS = CALLER;
export const DIFFERENCE_COLUMNS: readonly Column<AccessRow>[] = [
  { name: "Change", heading: "Change", cell: ({ change }) => change ?? "" },
  ...CALLER,
];
