import { defineErrors } from "../kernel/errors.ts";

/** Why the runtime did not take a call. Nothing of the function has run. */
export const runtimeErrors = defineErrors("runtime", {
  at_capacity: { status: 503, says: "The server has no capacity to run this function now. Try again later." },
  value_too_deep: { status: 400, says: "The request content was malformed:\nThe value is nested too deeply." },
  draining: { status: 503, says: "The server is shutting down. Try again later." },
});
