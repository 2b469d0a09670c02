import type { TeamShape } from "@latchkey/contract/team";
import { readableTimestamp } from "../../output/timestamp.ts";
import type { View } from "../../output/view.ts";

/** A team, as a table of one row. */
export const TEAM_VIEW: View<{ readonly team: TeamShape }, TeamShape> = {
  columns: [
    { name: "ID", heading: "ID", cell: ({ id }) => id },
    { name: "Name", heading: "Name", cell: ({ name }) => name },
    { name: "CreatedAt", heading: "Created At", cell: (team) => readableTimestamp(team.created_at) },
  ],
  rows: ({ team }) => [team],
};
