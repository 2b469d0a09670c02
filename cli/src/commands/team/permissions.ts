import { ROLES } from "@latchkey/contract/permissions";
import { listPermissions, type PermissionShape } from "@latchkey/contract/team";
import { defineCommand } from "../../command.ts";
import type { Column } from "../../output/view.ts";

const COLUMNS: readonly Column<PermissionShape>[] = [
  { name: "Name", heading: "Name", cell: ({ name }) => name },
  ...ROLES.map((role) => ({
    name: role,
    heading: `${role.slice(0, 1).toUpperCase()}${role.slice(1)}`,
    cell: ({ roles }: PermissionShape) => (roles.includes(role) ? "yes" : ""),
  })),
  { name: "About", heading: "About", cell: ({ about }) => about },
];

export const permissions = defineCommand({
  summary: "Say what each role may do",
  about: "A credential's scopes or grants narrow it further, and never widen it.",
  examples: ["latchkey team permissions", "latchkey team permissions --format Name,viewer"],
  run: async (context) => (await context.controlPlane().call(listPermissions)).body,
  show: { columns: COLUMNS, rows: (body) => body.permissions },
});
