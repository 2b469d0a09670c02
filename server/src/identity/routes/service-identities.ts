import {
  createServiceIdentity,
  createServiceIdentityToken,
  deleteServiceIdentity,
  getServiceIdentity,
  listServiceIdentities,
  type ServiceIdentityShape,
  updateServiceIdentity,
} from "@latchkey/contract/service-identities";
import { type BoundRoute, implement } from "../../http/call.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";
import type { ServiceIdentity, TeamPrincipal } from "../model.ts";
import type { Identity } from "../service/identity.ts";
import { responsibleShape } from "./owners.ts";
import { issuedShape } from "./tokens.ts";

const shape = ({ user, role, responsible, createdAt }: ServiceIdentity): ServiceIdentityShape => ({
  id: user.id,
  name: user.name,
  role,
  responsible: responsibleShape(responsible),
  created_at: toTimestamp(createdAt),
});

export function serviceIdentityRoutes({ identity }: { identity: Identity }): BoundRoute[] {
  const { serviceIdentities, tokens } = identity;
  return [
    implement<TeamPrincipal, typeof createServiceIdentity>(createServiceIdentity, async (call) => {
      const { name, role, responsible_id } = call.body();
      const input = { name, role, responsibleId: responsible_id ?? null };
      const created = await serviceIdentities.create({ caller: call.caller, origin: call }, input);
      return { status: 201, body: { service_identity: shape(created) } };
    }),
    implement<TeamPrincipal, typeof listServiceIdentities>(listServiceIdentities, async ({ caller }) => ({
      status: 200,
      body: { service_identities: (await serviceIdentities.list(caller)).map(shape) },
    })),
    implement<TeamPrincipal, typeof getServiceIdentity>(getServiceIdentity, async ({ caller, params }) => ({
      status: 200,
      body: { service_identity: shape(await serviceIdentities.get(caller, params.service_identity_id)) },
    })),
    implement<TeamPrincipal, typeof updateServiceIdentity>(updateServiceIdentity, async (call) => {
      const { user } = await serviceIdentities.get(call.caller, call.params.service_identity_id);
      const { name, role, responsible_id } = call.body();
      const change = { name: name ?? null, role: role ?? null, responsibleId: responsible_id ?? null };
      const updated = await serviceIdentities.update({ caller: call.caller, origin: call }, user.id, change);
      return { status: 200, body: { service_identity: shape(updated) } };
    }),
    implement<TeamPrincipal, typeof deleteServiceIdentity>(deleteServiceIdentity, async (call) => {
      await serviceIdentities.delete({ caller: call.caller, origin: call }, call.params.service_identity_id);
      return { status: 204 };
    }),
    implement<TeamPrincipal, typeof createServiceIdentityToken>(createServiceIdentityToken, async (call) => {
      const { user } = await serviceIdentities.get(call.caller, call.params.service_identity_id);
      const { name, scopes, expires_in: lifetimeSeconds } = call.body();
      const cause = { caller: call.caller, origin: call };
      const issued = await tokens.createFor(cause, user.id, { name, scopes, lifetimeSeconds });
      return { status: 201, body: { api_token: await issuedShape(identity, issued) } };
    }),
  ];
}
