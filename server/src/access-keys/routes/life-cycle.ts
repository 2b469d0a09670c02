import {
  createServiceAccessKey,
  handOverAccessKey,
  resumeAccessKey,
  revokeFoundKey,
  suspendAccessKey,
} from "@latchkey/contract/access-key-life-cycle";
import { type BoundRoute, implement } from "../../http/call.ts";
import type { TeamPrincipal } from "../../identity/index.ts";
import { Secret } from "../../kernel/secret.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";
import type { Namespaces } from "../../namespaces/index.ts";
import type { AccessKeys } from "../service/access-keys.ts";
import { toNewKey } from "./keys.ts";
import type { Shapes } from "./shapes.ts";

/** What else can happen to a single key. */
export function lifeCycleRoutes(deps: {
  accessKeys: AccessKeys;
  namespaces: Namespaces;
  shapes: Shapes;
}): BoundRoute[] {
  const { accessKeys, namespaces, shapes } = deps;

  return [
    implement<TeamPrincipal, typeof suspendAccessKey>(suspendAccessKey, async (call) => {
      const namespace = await namespaces.require(call.caller, call.params.namespace_id);
      const { id } = await accessKeys.get(namespace, call.params.key_id);
      const cause = { caller: call.caller, origin: call };
      const key = await accessKeys.suspend(cause, namespace, id, call.body().reason);
      return { status: 200, body: { access_key: await shapes.one(key) } };
    }),

    implement<TeamPrincipal, typeof resumeAccessKey>(resumeAccessKey, async (call) => {
      const namespace = await namespaces.require(call.caller, call.params.namespace_id);
      const cause = { caller: call.caller, origin: call };
      const key = await accessKeys.resume(cause, namespace, call.params.key_id);
      return { status: 200, body: { access_key: await shapes.one(key) } };
    }),

    implement<TeamPrincipal, typeof handOverAccessKey>(handOverAccessKey, async (call) => {
      const namespace = await namespaces.require(call.caller, call.params.namespace_id);
      const { id } = await accessKeys.get(namespace, call.params.key_id);
      const { service_identity_id: identityId, overlap: overlapSeconds } = call.body();
      const cause = { caller: call.caller, origin: call };
      const issued = await accessKeys.handOver(cause, namespace, id, { identityId, overlapSeconds });
      return {
        status: 201,
        body: {
          access_key: await shapes.withSecret(issued),
          previous_key_expires_at: toTimestamp(issued.previousExpiresAt),
        },
      };
    }),

    implement<TeamPrincipal, typeof createServiceAccessKey>(createServiceAccessKey, async (call) => {
      const { service_identity_id: identityId } = call.params;
      await accessKeys.requireServiceIdentity(call.caller, identityId);
      const { namespace_id, ...body } = call.body();
      const cause = { caller: call.caller, origin: call };
      const issued = await accessKeys.createForService(cause, identityId, namespace_id, toNewKey(body));
      return { status: 201, body: { access_key: await shapes.withSecret(issued) } };
    }),

    implement<null, typeof revokeFoundKey>(revokeFoundKey, async (call) => {
      await accessKeys.revokeFound(new Secret(call.body().secret), call);
      return { status: 202, body: {} };
    }),
  ];
}
