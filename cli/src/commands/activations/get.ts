import { getActivation } from "@latchkey/contract/openwhisk/activations";
import { pickActivation, stripLogLine } from "../../activations.ts";
import { defineCommand } from "../../command.ts";
import { OWN_NAMESPACE } from "../../functions.ts";
import { plainJson } from "../../output/plain-text.ts";
import { oneActivation, skipOption } from "./selection-options.ts";

export const get = defineCommand({
  summary: "Show the record of an activation, the newest unless another is named",
  examples: ["latchkey activations get", "latchkey activations get --function billing/send --logs"],
  args: { activationId: { kind: "maybe", about: "its id" } },
  options: {
    ...oneActivation,
    skip: skipOption,
    logs: { kind: "flag", short: "g", about: "print only what it logged" },
    result: { kind: "flag", short: "r", about: "print only its result" },
  },
  async run(context, { args, options }) {
    const { client } = await context.dataPlane();
    const selection = { name: options.function, skip: options.skip };
    const id = await pickActivation(client, args.activationId, selection);
    return (await client.call(getActivation, { params: { ...OWN_NAMESPACE, id } })).body;
  },
  show: ({ options }) => {
    if (options.logs) return { text: ({ logs }) => logs.map(stripLogLine).join("\n") };
    return { text: (record) => plainJson(options.result ? record.response.result : record) };
  },
});
