import { SCOPES } from "@latchkey/contract/route";
import { createServiceIdentityToken } from "@latchkey/contract/service-identities";
import { createApiToken } from "@latchkey/contract/tokens";
import { defineCommand } from "../../command.ts";
import { UsageError } from "../../failure.ts";
import { parseExpiration } from "../key/expiration.ts";
import { findIdentity } from "../service-identity/find.ts";
import { NEW_TOKEN_COLUMNS } from "./columns.ts";

export const create = defineCommand({
  summary: "Create an API token, of your own or of a service identity",
  about:
    "The token is shown once; only a keyed hash of it is stored. What it may do is what both its scopes and its owner's role allow, at any moment.",
  examples: [
    "latchkey token create --name ci --scope function:read --expiration 90d",
    [
      "latchkey token create --name ci --scope function:admin --expiration 90d --identity deploy-pipeline",
      "a token that outlives whoever made it",
    ],
  ],
  options: {
    name: { kind: "needed", short: "n", value: "name", about: "what to call it" },
    scope: {
      kind: "texts",
      value: "scope",
      choices: [...SCOPES],
      about: "what it may do; function:admin is all of it; repeatable (required)",
    },
    expiration: {
      kind: "text",
      short: "e",
      value: "duration",
      about: "how long it is good: 12h, 30d, or never (required)",
    },
    identity: { kind: "text", value: "identity", about: "name or id of the service identity whose token it is to be" },
  },
  async run(context, { options: { name, scope, expiration, identity } }) {
    const expires_in = parseExpiration(expiration);
    if (scope.length === 0)
      throw new UsageError("no scope given", `Say what it may do: --scope ${SCOPES.join(", or --scope ")}`);
    const client = context.controlPlane();
    const body = { name, scopes: SCOPES.filter((known) => scope.includes(known)), expires_in };
    const answer =
      identity === undefined
        ? await client.call(createApiToken, { body })
        : await client.call(createServiceIdentityToken, {
            params: { service_identity_id: (await findIdentity(client, identity)).id },
            body,
          });
    context.say("Please save this token. You will not be able to see it again.\n");
    return answer.body;
  },
  show: { columns: NEW_TOKEN_COLUMNS, rows: ({ api_token }) => [api_token] },
});
