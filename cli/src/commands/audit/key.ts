import { getAuditKey } from "@latchkey/contract/audit";
import { defineCommand } from "../../command.ts";

export const key = defineCommand({
  summary: "Print the public key that the audit log is signed with",
  about: "It is no secret. Keep it where nobody can replace it who could replace an export.",
  examples: ["latchkey audit key > audit-key.pub"],
  async run(context) {
    return (await context.controlPlane().call(getAuditKey)).body;
  },
  show: { text: ({ key: { public_key } }) => public_key },
});
