import type { AccessKeyInTeamShape } from "@latchkey/contract/access-key-shapes";
import { counted } from "../../output/counted.ts";
import { readableTimestamp } from "../../output/timestamp.ts";
import type { Column } from "../../output/view.ts";
import { tellOwner } from "../service-identity/owner.ts";

type Key = AccessKeyInTeamShape;

/** Keys of several people in several namespaces. */
export const KEY_IN_TEAM_COLUMNS: readonly Column<Key>[] = [
  { name: "ID", heading: "ID", cell: ({ id }) => id },
  { name: "Name", heading: "Name", cell: ({ name }) => name },
  { name: "Owner", heading: "Owner", cell: ({ owner }) => tellOwner(owner) },
  { name: "Namespace", heading: "Namespace", cell: (key) => key.namespace_id },
  { name: "State", heading: "State", cell: ({ state }) => state },
  { name: "LastUsedAt", heading: "Last Used At", cell: (key) => readableTimestamp(key.last_used_at) || "never" },
  { name: "LastUsedFrom", heading: "Last Used From", cell: (key) => key.last_used_from ?? "", hidden: true },
];

/** How many keys these are, whose, where and whether anybody would miss them, in a few words. */
export function summarise(count: number, keys: readonly Key[]): string {
  const times = keys.flatMap(({ last_used_at }) => last_used_at ?? []).sort();
  const last = times.at(-1);
  const inNamespaces = counted(new Set(keys.map((key) => key.namespace_id)).size, "namespace");
  const used = last === undefined ? "none of them ever used" : `last used ${readableTimestamp(last)}`;
  return `${counted(count, "access key")} in ${inNamespaces}, ${used}`;
}
