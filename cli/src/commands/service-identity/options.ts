import type { Option } from "../../command.ts";

/** What a service identity can be to a team; never an owner. */
const SERVICE_ROLES = ["member", "viewer"] as const;
export type ServiceRole = (typeof SERVICE_ROLES)[number];

export const roleOption = {
  kind: "text",
  value: "role",
  choices: [...SERVICE_ROLES],
  about: "what it may do: member or viewer; see latchkey team permissions",
} as const satisfies Option;

export const responsibleOption = {
  kind: "text",
  value: "member",
  about: "who answers for it: a member's address, id or name",
} as const satisfies Option;

/** The role that was given; the parser accepts no other words. */
export const parseServiceRole = (text: string): ServiceRole => (text === "viewer" ? "viewer" : "member");
