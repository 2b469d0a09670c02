import { defineErrors } from "../kernel/errors.ts";

/** Why a data folder cannot be used. Each sentence is shown to the operator as it is, so it says what to do. */
export const storeErrors = defineErrors("store", {
  folder_unusable: {
    status: 500,
    says: "The data folder cannot be written to. Give its owner the right to write, or choose another with --data.",
  },
  in_use: {
    status: 500,
    says: "Another Latchkey server is using this data folder. Stop it first, or choose another folder with --data.",
  },
  corrupt: {
    status: 500,
    says: "The database is damaged. Nothing was changed. Restore the data folder from a backup.",
  },
  pepper_damaged: {
    status: 500,
    says: "The pepper is damaged. Without it no access key or token works: restore it from a backup. Nothing was changed.",
  },
  pepper_missing: {
    status: 500,
    says: "The pepper is missing. Without it no access key or token works: restore it from a backup. Nothing was changed.",
  },
  audit_key_damaged: {
    status: 500,
    says: "The key that signs the audit log is damaged. Restore it from a backup. Nothing was changed.",
  },
  audit_key_missing: {
    status: 500,
    says: "The key that signs the audit log is missing, and the log has been signed with it. Restore it from a backup. Nothing was changed.",
  },
  schema_older: {
    status: 500,
    says: "The data folder was written by an older version. Back it up, then run: latchkey migrate",
  },
  schema_newer: {
    status: 500,
    says: "The data folder was written by a newer version. Run that version; nothing was changed.",
  },
  schema_missing: { status: 500, says: "The data folder holds no Latchkey database. Run: latchkey init" },
});
