import { deleteServiceIdentity } from "@latchkey/contract/service-identities";
import { defineCommand } from "../../command.ts";
import { confirmDeletion } from "../../confirm-deletion.ts";
import { findIdentity } from "./find.ts";

export const remove = defineCommand({
  summary: "Delete a service identity; its keys and tokens end at once",
  about: "Whatever runs with one of them is refused from the next request on.",
  aliases: ["rm"],
  examples: ["latchkey identity delete deploy-pipeline"],
  args: { identity: { kind: "one", about: "the service identity's name or id" } },
  options: { force: { kind: "flag", short: "f", about: "delete it without asking" } },
  async run(context, { args, options: { force } }) {
    const client = context.controlPlane();
    const { id, name } = await findIdentity(client, args.identity);
    const question = `Are you sure you want to delete the service identity ${name} with all its access keys`;
    await confirmDeletion(context, { force, what: name, question });
    const { body } = await client.call(deleteServiceIdentity, { params: { service_identity_id: id } });
    context.say(`The service identity ${name} has been deleted.`);
    return body;
  },
  show: "nothing",
});
