import { updateServiceIdentity } from "@latchkey/contract/service-identities";
import { defineCommand } from "../../command.ts";
import { UsageError } from "../../failure.ts";
import { findMember } from "../team/find.ts";
import { IDENTITY_COLUMNS } from "./columns.ts";
import { findIdentity } from "./find.ts";
import { parseServiceRole, responsibleOption, roleOption } from "./options.ts";

export const update = defineCommand({
  summary: "Change a service identity's name, role or responsible person",
  examples: [
    "latchkey identity update deploy-pipeline --responsible grace@example.com",
    "latchkey identity update deploy-pipeline --role viewer",
  ],
  args: { identity: { kind: "one", about: "the service identity's name or id" } },
  options: {
    name: { kind: "text", short: "n", value: "name", about: "what to call it from now on" },
    role: roleOption,
    responsible: responsibleOption,
  },
  async run(context, { args, options: { name, role, responsible } }) {
    if (name === undefined && role === undefined && responsible === undefined)
      throw new UsageError("nothing to change was given", "Give --name, --role or --responsible");
    const client = context.controlPlane();
    const { id } = await findIdentity(client, args.identity);
    const responsible_id = responsible === undefined ? undefined : (await findMember(client, responsible)).id;
    const { body } = await client.call(updateServiceIdentity, {
      params: { service_identity_id: id },
      body: {
        ...(name !== undefined && { name }),
        ...(role !== undefined && { role: parseServiceRole(role) }),
        ...(responsible_id !== undefined && { responsible_id }),
      },
    });
    return body;
  },
  show: { columns: IDENTITY_COLUMNS, rows: ({ service_identity }) => [service_identity] },
});
