import { defineErrors } from "../kernel/errors.ts";

export const scheduleErrors = defineErrors("schedule", {
  not_found: { status: 404, says: "trigger not found" },
  name_taken: { status: 409, says: "The request could not be completed due to a conflict." },
  limit_reached: { status: 422, says: "triggers limit reached" },
  cron_invalid: { status: 400, says: "validating create trigger: validation error: invalid cron expression" },
  function_unknown: {
    status: 400,
    says: "validating create trigger: validation error: function not found in this namespace",
  },
});
