import { setTimeout as sleep } from "node:timers/promises";
import { type ActivationShape, getActivationLogs } from "@latchkey/contract/openwhisk/activations";
import { LIST_LIMIT_MAX } from "@latchkey/contract/openwhisk/queries";
import { activatedFunction, fetchWholeActivations, pickActivation, stripLogLine } from "../../activations.ts";
import type { DataPlane } from "../../api.ts";
import { defineCommand } from "../../command.ts";
import type { Context } from "../../context.ts";
import { OWN_NAMESPACE } from "../../functions.ts";
import { plainText } from "../../output/plain-text.ts";
import { createFollower } from "./follower.ts";
import { limitOption, oneActivation } from "./selection-options.ts";

const FOLLOW_INTERVAL_MS = 2000;

export const logs = defineCommand({
  summary: "Print what an activation logged, the newest unless another is named",
  examples: [
    "latchkey activations logs",
    "latchkey activations logs --function billing/send --limit 3 --strip",
    ["latchkey activations logs --follow", "everything that ends from now on, until interrupted"],
  ],
  args: { activationId: { kind: "maybe", about: "its id" } },
  options: {
    ...oneActivation,
    limit: limitOption("n"),
    strip: { kind: "flag", short: "r", about: "leave out time and stream" },
    follow: { kind: "flag", about: "go on printing what is logged from now on" },
  },
  async run(context, { args, options }) {
    const { client } = await context.dataPlane();
    const { function: name, limit, strip } = options;
    if (options.follow) return follow(context, client, name, strip);
    if (args.activationId === undefined && limit !== undefined) return fetchWholeActivations(client, { name, limit });
    const id = await pickActivation(client, args.activationId, { name });
    return (await client.call(getActivationLogs, { params: { ...OWN_NAMESPACE, id } })).body;
  },
  show: ({ options: { strip } }) => ({
    text: (data) =>
      "logs" in data ? lines(data, strip).join("\n") : data.map((record) => withHeading(record, strip)).join("\n"),
  }),
});

const lines = ({ logs }: { readonly logs: readonly string[] }, strip: boolean): readonly string[] =>
  strip ? logs.map(stripLogLine) : logs;

const withHeading = (record: ActivationShape, strip: boolean): string =>
  [`=== ${record.activationId} ${activatedFunction(record)}`, ...lines(record, strip)].join("\n");

async function follow(
  { emit, say }: Context,
  client: DataPlane["client"],
  name: string | undefined,
  strip: boolean,
): Promise<never> {
  const fetch = (since?: number) => fetchWholeActivations(client, { name, since, limit: LIST_LIMIT_MAX });
  const follower = createFollower(await fetch());
  say("Waiting for activations to end. Interrupt with Ctrl-C.");
  for (;;) {
    await sleep(FOLLOW_INTERVAL_MS);
    for (const record of follower.take(await fetch(follower.since()))) {
      emit(record, `${plainText(withHeading(record, strip))}\n`);
    }
  }
}
