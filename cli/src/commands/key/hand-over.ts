import { handOverAccessKey } from "@latchkey/contract/access-key-life-cycle";
import { defineCommand } from "../../command.ts";
import { readableTimestamp } from "../../output/timestamp.ts";
import { findIdentity } from "../service-identity/find.ts";
import { NEW_SECRET_COLUMNS } from "./columns.ts";
import { namespaceOfKeys, namespaceOption } from "./namespace-of-keys.ts";
import { tellSecret } from "./tell-secret.ts";

export const handOver = defineCommand({
  summary: "Hand a person's access key over to a service identity, before it dies with their membership",
  about:
    "The service identity gets a key of its own that opens the same; its secret is shown once. The old key keeps its owner, is renamed, and stays good for the overlap, so that whatever uses it can change over without a break.",
  examples: [
    "latchkey key hand-over dof_v1_4b0d3a0c5f0e4f6f9c6a1d2e3f405162 --identity deploy-robot --overlap 7d",
    [
      "latchkey key hand-over dof_v1_4b0d3a0c5f0e4f6f9c6a1d2e3f405162 --identity deploy-robot --overlap 0",
      "end the old key now",
    ],
  ],
  args: { keyId: { kind: "one", about: "the key's id" } },
  options: {
    identity: { kind: "needed", value: "identity", about: "name or id of the service identity" },
    overlap: {
      kind: "text",
      value: "duration",
      about: "how long the old key stays good: 24h (unless given), 7d, or 0",
    },
    namespace: namespaceOption,
  },
  async run(context, { args, options }) {
    const controlPlane = context.controlPlane();
    const namespace_id = await namespaceOfKeys(context, controlPlane, options.namespace);
    const { id } = await findIdentity(controlPlane, options.identity);
    const { body } = await controlPlane.call(handOverAccessKey, {
      params: { namespace_id, key_id: args.keyId },
      body: { service_identity_id: id, ...(options.overlap !== undefined && { overlap: options.overlap }) },
    });
    context.say(`The old key is good until ${readableTimestamp(body.previous_key_expires_at)}.`);
    tellSecret(context, body.access_key);
    return body;
  },
  show: { columns: NEW_SECRET_COLUMNS, rows: ({ access_key }) => [access_key] },
});
