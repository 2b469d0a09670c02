import { getPackage } from "@latchkey/contract/openwhisk/packages";
import { defineCommand } from "../../command.ts";
import { OWN_NAMESPACE } from "../../functions.ts";
import { plainJson } from "../../output/plain-text.ts";

export const get = defineCommand({
  summary: "Show a package: its parameters, and the functions in it",
  examples: ["latchkey packages get billing"],
  args: { package: { kind: "one", about: "the package's name" } },
  async run(context, { args }) {
    const { client } = await context.dataPlane();
    return (await client.call(getPackage, { params: { ...OWN_NAMESPACE, name: args.package } })).body;
  },
  show: { text: plainJson },
});
