import { defineErrors } from "../kernel/errors.ts";

export const identityErrors = defineErrors("identity", {
  unauthenticated: { status: 401, says: "Unable to authenticate you." },
  not_permitted: { status: 403, says: "You do not have permission to perform this action." },
  already_set_up: {
    status: 409,
    says: "This data folder already has a team. Its owner creates further tokens; a lost token cannot be shown again.",
  },
  member_not_found: { status: 404, says: "member not found" },
  service_identity_not_found: { status: 404, says: "service identity not found" },
  last_owner: {
    status: 422,
    says: "The team would be left without an owner. Make somebody else an owner first.",
  },
});
