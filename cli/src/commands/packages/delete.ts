import { ApiError } from "@latchkey/contract/client-errors";
import { deletePackage } from "@latchkey/contract/openwhisk/packages";
import { defineCommand } from "../../command.ts";
import { confirmDeletion } from "../../confirm-deletion.ts";
import { describeRefusal } from "../../explain.ts";
import { CliError } from "../../failure.ts";
import { OWN_NAMESPACE } from "../../functions.ts";

function explainFull(error: unknown): never {
  if (!(error instanceof ApiError) || error.kind !== "conflict") throw error;
  throw new CliError(describeRefusal(error), ["To delete what is in it, too, add --recursive"], { cause: error });
}

export const remove = defineCommand({
  summary: "Delete a package, with --recursive also the functions in it",
  aliases: ["rm"],
  examples: ["latchkey packages delete billing", "latchkey packages delete billing --recursive --force"],
  args: { package: { kind: "one", about: "the package's name" } },
  options: {
    recursive: { kind: "flag", short: "r", about: "delete what is in it, too" },
    force: { kind: "flag", short: "f", about: "delete it without asking" },
  },
  async run(context, { args: { package: name }, options: { recursive, force } }) {
    const { client } = await context.dataPlane();
    const what = recursive ? `the package ${name} with all functions in it` : `the package ${name}`;
    await confirmDeletion(context, { force, what: name, question: `Are you sure you want to delete ${what}?` });
    const query = { force: String(recursive) };
    const { body } = await client.call(deletePackage, { params: { ...OWN_NAMESPACE, name }, query }).catch(explainFull);
    context.say(`The package ${name} has been deleted.`);
    return body;
  },
  show: "nothing",
});
