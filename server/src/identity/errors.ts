import { defineErrors } from "../kernel/errors.ts";

export const identityErrors = defineErrors("identity", {
  unauthenticated: { status: 401, says: "Unable to authenticate you." },
  already_set_up: {
    status: 409,
    says: "This data folder already has a team. Its owner creates further tokens; a lost token cannot be shown again.",
  },
});
