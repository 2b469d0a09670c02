import {
  type AccessKeyShape,
  createAccessKey,
  deleteAccessKey,
  getAccessKey,
  listAccessKeys,
  renameAccessKey,
  rotateAccessKey,
} from "@latchkey/contract/access-keys";
import { type BoundRoute, implement } from "../http/call.ts";
import type { TeamPrincipal } from "../identity/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { toTimestamp } from "../kernel/timestamp.ts";
import { formatGrant, type Namespaces, parseGrant } from "../namespaces/index.ts";
import { type AccessKey, type KeyUse, shownState } from "./model.ts";
import type { AccessKeys } from "./service.ts";

export function accessKeyRoutes(deps: { accessKeys: AccessKeys; namespaces: Namespaces; clock: Clock }): BoundRoute[] {
  const { accessKeys, namespaces, clock } = deps;

  const shape = (key: AccessKey, use: KeyUse | undefined): AccessKeyShape => ({
    id: key.id,
    name: key.name,
    expires_at: key.expiresAt === null ? null : toTimestamp(key.expiresAt),
    created_at: toTimestamp(key.createdAt),
    updated_at: toTimestamp(key.updatedAt),
    last_used_at: use === undefined ? null : toTimestamp(use.lastUsedAt),
    state: shownState(key, clock.now()),
    owner: key.owner,
    grants: key.grants.map(formatGrant),
    allowed_networks: [...key.allowedNetworks],
  });
  const shapes = async (keys: readonly AccessKey[]): Promise<AccessKeyShape[]> => {
    const uses = await accessKeys.lastUses(keys);
    return keys.map((key) => shape(key, uses.get(key.id)));
  };

  return [
    implement<TeamPrincipal, typeof createAccessKey>(createAccessKey, async (call) => {
      const namespace = await namespaces.require(call.caller, call.params.namespace_id);
      const { name, expires_in, grants, allowed_networks } = call.body();
      const { key, secret } = await accessKeys.create(
        call.caller,
        namespace,
        {
          name,
          lifetimeSeconds: expires_in,
          ...(grants === undefined ? {} : { grants: grants.map(parseGrant).filter((grant) => grant !== undefined) }),
          ...(allowed_networks === undefined ? {} : { allowedNetworks: allowed_networks }),
        },
        call,
      );
      return { status: 201, body: { access_key: { ...shape(key, undefined), secret: secret.reveal() } } };
    }),

    implement<TeamPrincipal, typeof listAccessKeys>(listAccessKeys, async ({ caller, params }) => {
      const keys = await accessKeys.list(await namespaces.require(caller, params.namespace_id));
      return { status: 200, body: { access_keys: await shapes(keys), count: keys.length } };
    }),

    implement<TeamPrincipal, typeof getAccessKey>(getAccessKey, async ({ caller, params }) => {
      const key = await accessKeys.get(await namespaces.require(caller, params.namespace_id), params.key_id);
      const uses = await accessKeys.lastUses([key]);
      return { status: 200, body: { access_key: shape(key, uses.get(key.id)) } };
    }),

    implement<TeamPrincipal, typeof renameAccessKey>(renameAccessKey, async (call) => {
      const namespace = await namespaces.require(call.caller, call.params.namespace_id);
      const { id } = await accessKeys.get(namespace, call.params.key_id);
      const key = await accessKeys.rename(call.caller, namespace, id, call.body().name, call);
      const uses = await accessKeys.lastUses([key]);
      return { status: 200, body: { access_key: shape(key, uses.get(key.id)) } };
    }),

    implement<TeamPrincipal, typeof rotateAccessKey>(rotateAccessKey, async (call) => {
      const namespace = await namespaces.require(call.caller, call.params.namespace_id);
      const { id } = await accessKeys.get(namespace, call.params.key_id);
      const { key, secret, previousSecretExpiresAt } = await accessKeys.rotate(
        call.caller,
        namespace,
        id,
        call.body().overlap,
        call,
      );
      const uses = await accessKeys.lastUses([key]);
      return {
        status: 200,
        body: {
          access_key: { ...shape(key, uses.get(key.id)), secret: secret.reveal() },
          previous_secret_expires_at: toTimestamp(previousSecretExpiresAt),
        },
      };
    }),

    implement<TeamPrincipal, typeof deleteAccessKey>(deleteAccessKey, async (call) => {
      const namespace = await namespaces.require(call.caller, call.params.namespace_id);
      await accessKeys.revoke(call.caller, namespace, call.params.key_id, call);
      const wantsJson = String(call.headers["accept"] ?? "")
        .toLowerCase()
        .includes("application/json");
      return wantsJson ? { status: 200, body: {} } : { status: 204 };
    }),
  ];
}
