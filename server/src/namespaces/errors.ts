import { defineErrors } from "../kernel/errors.ts";

export const namespaceErrors = defineErrors("namespace", {
  not_found: { status: 404, says: "namespace not found" },
  not_openable: { status: 403, says: "not allowed to get namespace" },
  label_taken: { status: 422, says: "this label is already in use by another namespace of your team" },
  limit_reached: { status: 422, says: "namespace limit reached" },
});
