import {
  createAccessKey,
  deleteAccessKey,
  getAccessKey,
  listAccessKeys,
  renameAccessKey,
  rotateAccessKey,
} from "@latchkey/contract/access-keys";
import type { RouteBody } from "@latchkey/contract/route";
import { type BoundRoute, implement } from "../../http/call.ts";
import type { TeamPrincipal } from "../../identity/index.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";
import { type Namespaces, parseGrant } from "../../namespaces/index.ts";
import type { AccessKeys } from "../service/access-keys.ts";
import type { NewAccessKey } from "../service/issue.ts";
import type { Shapes } from "./shapes.ts";

/** What a caller asks for a new key. */
export const toNewKey = (body: RouteBody<typeof createAccessKey>): NewAccessKey => ({
  name: body.name,
  lifetimeSeconds: body.expires_in,
  ...(body.grants === undefined ? {} : { grants: body.grants.map(parseGrant).filter((grant) => grant !== undefined) }),
  ...(body.allowed_networks === undefined ? {} : { allowedNetworks: body.allowed_networks }),
});

/** A namespace's keys, as DigitalOcean has them, and rotation. */
export function keyRoutes(deps: { accessKeys: AccessKeys; namespaces: Namespaces; shapes: Shapes }): BoundRoute[] {
  const { accessKeys, namespaces, shapes } = deps;

  return [
    implement<TeamPrincipal, typeof createAccessKey>(createAccessKey, async (call) => {
      const namespace = await namespaces.require(call.caller, call.params.namespace_id);
      const input = toNewKey(call.body());
      const issued = await accessKeys.create({ caller: call.caller, origin: call }, namespace, input);
      return { status: 201, body: { access_key: await shapes.withSecret(issued) } };
    }),

    implement<TeamPrincipal, typeof listAccessKeys>(listAccessKeys, async ({ caller, params }) => {
      const keys = await accessKeys.list(await namespaces.require(caller, params.namespace_id));
      return { status: 200, body: { access_keys: await shapes.listed(keys), count: keys.length } };
    }),

    implement<TeamPrincipal, typeof getAccessKey>(getAccessKey, async ({ caller, params }) => {
      const key = await accessKeys.get(await namespaces.require(caller, params.namespace_id), params.key_id);
      return { status: 200, body: { access_key: await shapes.one(key) } };
    }),

    implement<TeamPrincipal, typeof renameAccessKey>(renameAccessKey, async (call) => {
      const namespace = await namespaces.require(call.caller, call.params.namespace_id);
      const { id } = await accessKeys.get(namespace, call.params.key_id);
      const cause = { caller: call.caller, origin: call };
      const key = await accessKeys.rename(cause, namespace, id, call.body().name);
      return { status: 200, body: { access_key: await shapes.one(key) } };
    }),

    implement<TeamPrincipal, typeof rotateAccessKey>(rotateAccessKey, async (call) => {
      const namespace = await namespaces.require(call.caller, call.params.namespace_id);
      const { id } = await accessKeys.get(namespace, call.params.key_id);
      const cause = { caller: call.caller, origin: call };
      const issued = await accessKeys.rotate(cause, namespace, id, call.body().overlap);
      return {
        status: 200,
        body: {
          access_key: await shapes.withSecret(issued),
          previous_secret_expires_at: toTimestamp(issued.previousSecretExpiresAt),
          secrets_ended: issued.secretsEnded,
        },
      };
    }),

    implement<TeamPrincipal, typeof deleteAccessKey>(deleteAccessKey, async (call) => {
      const namespace = await namespaces.require(call.caller, call.params.namespace_id);
      await accessKeys.revoke({ caller: call.caller, origin: call }, namespace, call.params.key_id);
      const wantsJson = String(call.headers["accept"] ?? "")
        .toLowerCase()
        .includes("application/json");
      return wantsJson ? { status: 200, body: {} } : { status: 204 };
    }),
  ];
}
