import { defineErrors } from "../kernel/errors.ts";

/** What goes wrong in reading the audit log. */
export const auditErrors = defineErrors("audit", {
  bad_cursor: {
    status: 400,
    says: "cursor: this is no cursor of this list; leave it out to begin with the newest entry",
  },
  not_an_export: {
    status: 400,
    says: "This is no export of an audit log as JSON Lines: its first line does not say what it contains. CSV cannot be verified.",
  },
  bad_public_key: {
    status: 400,
    says: "This is no public key of an audit log. It is the text that GET /v2/audit/key gives, in base64 or as a PEM file.",
  },
});
