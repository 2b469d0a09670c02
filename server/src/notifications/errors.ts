import { defineErrors } from "../kernel/errors.ts";

export const notificationErrors = defineErrors("notification", {
  webhook_not_found: { status: 404, says: "webhook not found" },
  url_refused: { status: 422, says: "the webhook's url must be an https address that anybody can reach" },
});
