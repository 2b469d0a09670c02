import type { ScheduleShape } from "@latchkey/contract/schedules";
import { readableTimestamp } from "../../output/timestamp.ts";
import type { Column } from "../../output/view.ts";
import { tellOwner } from "../service-identity/owner.ts";

type Trigger = ScheduleShape;

/** As doctl prints it: Go's form of an instant. */
const goTimestamp = (timestamp: string | null): string =>
  timestamp === null ? "_" : timestamp.replace("T", " ").replace("Z", " +0000 UTC");

/** doctl's five, and what else there is to know of a trigger. */
export const TRIGGER_COLUMNS: readonly Column<Trigger>[] = [
  { name: "Name", heading: "Name", cell: ({ name }) => name },
  { name: "Cron", heading: "Cron Expression", cell: ({ scheduled_details }) => scheduled_details.cron },
  { name: "Function", heading: "Invokes", cell: (trigger) => trigger.function },
  { name: "Enabled", heading: "Enabled", cell: ({ is_enabled }) => String(is_enabled) },
  { name: "LastRun", heading: "Last Run At", cell: ({ scheduled_runs }) => goTimestamp(scheduled_runs.last_run_at) },
  {
    name: "NextRun",
    heading: "Next Run At",
    cell: ({ scheduled_runs }) => readableTimestamp(scheduled_runs.next_run_at),
    hidden: true,
  },
  { name: "Owner", heading: "Owner", cell: ({ owner }) => tellOwner(owner), hidden: true },
  { name: "Suspended", heading: "Suspended", cell: ({ suspended_reason }) => suspended_reason ?? "", hidden: true },
];
