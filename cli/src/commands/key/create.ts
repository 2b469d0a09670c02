import { createServiceAccessKey } from "@latchkey/contract/access-key-life-cycle";
import { createAccessKey } from "@latchkey/contract/access-keys";
import { defineCommand } from "../../command.ts";
import { findIdentity } from "../service-identity/find.ts";
import { NEW_SECRET_COLUMNS } from "./columns.ts";
import { parseExpiration } from "./expiration.ts";
import { namespaceOfKeys, namespaceOption } from "./namespace-of-keys.ts";
import { tellSecret } from "./tell-secret.ts";

export const create = defineCommand({
  summary: "Create an access key for a namespace: your own, or a service identity's",
  about:
    "The secret is shown once; only a keyed hash of it is stored. The key acts in your name, so give each machine one of its own, and no more than it needs.",
  examples: [
    "latchkey key create --name my-laptop --expiration 30d",
    [
      "latchkey key create --namespace demo --name ci --expiration 90d --grant deploy --allow-network 203.0.113.0/24",
      "a key that can only deploy, from one network",
    ],
    [
      "latchkey key create --namespace demo --name my-laptop --expiration 30d -o json | latchkey connect --access-key-stdin",
      "create and connect in one go, with the secret never on the screen",
    ],
    [
      "latchkey key create --namespace demo --name nightly --expiration 90d --identity deploy-robot",
      "for a pipeline that must outlive any person",
    ],
  ],
  options: {
    name: { kind: "needed", short: "n", value: "name", about: "what to call it; one of a kind in the namespace" },
    expiration: {
      kind: "text",
      short: "e",
      value: "duration",
      about: "how long it is good: 12h, 30d, or never (required)",
    },
    grant: {
      kind: "texts",
      value: "grant",
      about:
        "what it may do: full (unless given), or read, invoke, deploy, each optionally for some functions, such as invoke:billing/*; repeatable",
    },
    allowNetwork: {
      kind: "texts",
      value: "cidr",
      about: "where it may be used from; anywhere unless given; repeatable",
    },
    identity: {
      kind: "text",
      value: "identity",
      about: "name or id of the service identity that the key is for; you unless given",
    },
    namespace: namespaceOption,
  },
  async run(context, { options }) {
    const expiresIn = parseExpiration(options.expiration);
    const controlPlane = context.controlPlane();
    const namespace_id = await namespaceOfKeys(context, controlPlane, options.namespace);
    const key = {
      name: options.name,
      expires_in: expiresIn,
      ...(options.grant.length > 0 && { grants: options.grant }),
      ...(options.allowNetwork.length > 0 && { allowed_networks: options.allowNetwork }),
    };
    const { body } =
      options.identity === undefined
        ? await controlPlane.call(createAccessKey, { params: { namespace_id }, body: key })
        : await controlPlane.call(createServiceAccessKey, {
            params: { service_identity_id: (await findIdentity(controlPlane, options.identity)).id },
            body: { ...key, namespace_id },
          });
    tellSecret(context, body.access_key);
    return body;
  },
  show: { columns: NEW_SECRET_COLUMNS, rows: ({ access_key }) => [access_key] },
});
