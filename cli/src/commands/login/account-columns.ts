import type { AccountShape } from "@latchkey/contract/account";
import { readableTimestamp } from "../../output/timestamp.ts";
import type { View } from "../../output/view.ts";

/** Who somebody is, as a table of one row. */
export const ACCOUNT_VIEW: View<{ readonly account: AccountShape }, AccountShape> = {
  columns: [
    { name: "Name", heading: "Name", cell: ({ name }) => name },
    {
      name: "Email",
      heading: "Email",
      cell: ({ email, kind }) => email ?? (kind === "service" ? "(service identity)" : ""),
    },
    { name: "Team", heading: "Team", cell: ({ team }) => team.name },
    { name: "Role", heading: "Role", cell: ({ role }) => role },
    { name: "Credential", heading: "Credential", cell: ({ credential }) => credential.kind },
    {
      name: "ExpiresAt",
      heading: "Expires At",
      cell: ({ credential }) => readableTimestamp(credential.expires_at) || "never",
    },
    { name: "Scopes", heading: "Scopes", cell: ({ credential }) => credential.scopes.join(", "), hidden: true },
    { name: "ID", heading: "ID", cell: ({ id }) => id, hidden: true },
    { name: "TeamID", heading: "Team ID", cell: ({ team }) => team.id, hidden: true },
  ],
  rows: ({ account }) => [account],
};
