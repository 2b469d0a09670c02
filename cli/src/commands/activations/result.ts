import { getActivationResult } from "@latchkey/contract/openwhisk/activations";
import { fetchWholeActivations, pickActivation } from "../../activations.ts";
import { defineCommand } from "../../command.ts";
import { OWN_NAMESPACE } from "../../functions.ts";
import { plainJson } from "../../output/plain-text.ts";
import { limitOption, oneActivation, skipOption } from "./selection-options.ts";

export const result = defineCommand({
  summary: "Print the result of an activation, the newest unless another is named",
  examples: ["latchkey activations result", "latchkey activations result --function billing/send --limit 3"],
  args: { activationId: { kind: "maybe", about: "its id" } },
  options: { ...oneActivation, limit: limitOption("n"), skip: skipOption },
  async run(context, { args, options }) {
    const { client } = await context.dataPlane();
    const selection = { name: options.function, skip: options.skip };
    if (args.activationId === undefined && options.limit !== undefined) {
      const records = await fetchWholeActivations(client, { ...selection, limit: options.limit });
      return records.map(({ response }) => response);
    }
    const id = await pickActivation(client, args.activationId, selection);
    return (await client.call(getActivationResult, { params: { ...OWN_NAMESPACE, id } })).body;
  },
  show: {
    text: (data) =>
      [data]
        .flat()
        .map((response) => plainJson(response.result))
        .join("\n"),
  },
});
