import { createServiceIdentity } from "@latchkey/contract/service-identities";
import { defineCommand } from "../../command.ts";
import { findMember } from "../team/find.ts";
import { IDENTITY_COLUMNS } from "./columns.ts";
import { parseServiceRole, responsibleOption, roleOption } from "./options.ts";

export const create = defineCommand({
  summary: "Create a service identity: a user that the team owns, for pipelines and production",
  about:
    "Its keys and tokens do not end when a person leaves. Somebody answers for it, and the owners are told when that person leaves.",
  examples: [
    "latchkey identity create --name deploy-pipeline",
    "latchkey identity create --name billing-worker --role viewer --responsible grace@example.com",
  ],
  options: {
    name: { kind: "needed", short: "n", value: "name", about: "what to call it; one of a kind in the team" },
    role: { ...roleOption, about: "what it may do: member (unless given) or viewer" },
    responsible: {
      ...responsibleOption,
      about: "who answers for it: a member's address, id or name; you unless given",
    },
  },
  async run(context, { options: { name, role, responsible } }) {
    const client = context.controlPlane();
    const responsible_id = responsible === undefined ? undefined : (await findMember(client, responsible)).id;
    const { body } = await client.call(createServiceIdentity, {
      body: {
        name,
        ...(role !== undefined && { role: parseServiceRole(role) }),
        ...(responsible_id !== undefined && { responsible_id }),
      },
    });
    return body;
  },
  show: { columns: IDENTITY_COLUMNS, rows: ({ service_identity }) => [service_identity] },
});
