import type { ServiceIdentityShape } from "@latchkey/contract/service-identities";
import { readableTimestamp } from "../../output/timestamp.ts";
import type { Column } from "../../output/view.ts";
import { tellResponsible } from "./owner.ts";

export const IDENTITY_COLUMNS: readonly Column<ServiceIdentityShape>[] = [
  { name: "ID", heading: "ID", cell: ({ id }) => id },
  { name: "Name", heading: "Name", cell: ({ name }) => name },
  { name: "Role", heading: "Role", cell: ({ role }) => role },
  {
    name: "Responsible",
    heading: "Responsible",
    cell: ({ responsible }) => tellResponsible(responsible),
  },
  {
    name: "CreatedAt",
    heading: "Created At",
    cell: (identity) => readableTimestamp(identity.created_at),
    hidden: true,
  },
];
