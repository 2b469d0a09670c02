import type { AuditEntryShape } from "@latchkey/contract/audit";
import { readableTimestamp } from "../../output/timestamp.ts";
import type { Column } from "../../output/view.ts";

type Entry = AuditEntryShape;

/** What most want to know of an entry, and all the rest. */
export const ENTRY_COLUMNS: readonly Column<Entry>[] = [
  { name: "Seq", heading: "Seq", cell: ({ seq }) => String(seq ?? "?") },
  { name: "At", heading: "At", cell: ({ at }) => readableTimestamp(at) },
  { name: "Actor", heading: "Actor", cell: ({ actor }) => actor.name },
  { name: "Verb", heading: "Verb", cell: ({ verb }) => verb },
  { name: "Target", heading: "Target", cell: ({ target }) => target.id },
  { name: "Outcome", heading: "Outcome", cell: ({ outcome }) => outcome },
  { name: "ActorID", heading: "Actor ID", cell: ({ actor }) => actor.id ?? "", hidden: true },
  { name: "ActorKind", heading: "Actor Kind", cell: ({ actor }) => actor.kind, hidden: true },
  { name: "Key", heading: "Key", cell: ({ actor }) => actor.credential?.id ?? "", hidden: true },
  { name: "Address", heading: "Address", cell: ({ origin }) => origin?.address ?? "", hidden: true },
  { name: "UserAgent", heading: "User Agent", cell: ({ origin }) => origin?.user_agent ?? "", hidden: true },
  { name: "RequestID", heading: "Request ID", cell: ({ origin }) => origin?.request_id ?? "", hidden: true },
  { name: "Details", heading: "Details", cell: ({ details }) => JSON.stringify(details), hidden: true },
  { name: "Hash", heading: "Hash", cell: ({ hash }) => hash, hidden: true },
];
