import { ROLES, type Role } from "@latchkey/contract/permissions";
import { UsageError } from "../../failure.ts";

/** What somebody can be to a team, as the command line takes it. */
export const ROLE_CHOICES = [...ROLES];

/** @throws UsageError if it is none; the parser has said so before. */
export function parseRole(text: string): Role {
  const role = ROLES.find((known) => known === text);
  if (role === undefined) throw new UsageError(`${text} is no role`, `Choose one of: ${ROLES.join(", ")}`);
  return role;
}
