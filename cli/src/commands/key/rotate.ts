import { rotateAccessKey } from "@latchkey/contract/access-keys";
import { defineCommand } from "../../command.ts";
import { readableTimestamp } from "../../output/timestamp.ts";
import { NEW_SECRET_COLUMNS } from "./columns.ts";
import { namespaceOfKeys, namespaceOption } from "./namespace-of-keys.ts";
import { tellSecret } from "./tell-secret.ts";

export const rotate = defineCommand({
  summary: "Give an access key a new secret",
  about: "The old secret stays good for the overlap, so that whoever uses the key can change over without a break.",
  examples: [
    "latchkey key rotate dof_v1_4b0d3a0c5f0e4f6f9c6a1d2e3f405162",
    [
      "latchkey key rotate dof_v1_4b0d3a0c5f0e4f6f9c6a1d2e3f405162 --overlap 0",
      "the old secret has leaked: end it now",
    ],
  ],
  args: { keyId: { kind: "one", about: "the key's id" } },
  options: {
    overlap: {
      kind: "text",
      value: "duration",
      about: "how long the old secret stays good: 24h (unless given), 7d, or 0",
    },
    namespace: namespaceOption,
  },
  async run(context, { args, options }) {
    const controlPlane = context.controlPlane();
    const namespace_id = await namespaceOfKeys(context, controlPlane, options.namespace);
    const { body } = await controlPlane.call(rotateAccessKey, {
      params: { namespace_id, key_id: args.keyId },
      ...(options.overlap !== undefined && { body: { overlap: options.overlap } }),
    });
    context.say(`The old secret is good until ${readableTimestamp(body.previous_secret_expires_at)}.`);
    if (body.secrets_ended > 0)
      context.say("It had five good secrets already, so the oldest of them has ended at once: a key has five at most.");
    tellSecret(context, body.access_key);
    return body;
  },
  show: { columns: NEW_SECRET_COLUMNS, rows: ({ access_key }) => [access_key] },
});
