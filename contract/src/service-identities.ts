import { z } from "zod";
import { GivenName } from "./people.ts";
import { route } from "./route.ts";
import { Responsible, Timestamp } from "./shapes.ts";
import { ApiTokenWithSecretShape, CreateApiTokenBody } from "./tokens.ts";

const reads = {
  dialect: "digitalocean",
  credential: "token",
  scopes: ["function:read", "function:admin"],
  permission: "team.read",
} as const;
const owners = {
  dialect: "digitalocean",
  credential: "token",
  scopes: ["function:admin"],
  permission: "service_identity.manage",
} as const;
const IdentityParams = z.object({ service_identity_id: z.string() });
const missingName = "Invalid request payload: missing name field";

const ServiceRoleField = z.enum(["member", "viewer"], {
  error: "Invalid request payload: role must be one of member, viewer",
});

export const ServiceIdentityShape = z
  .object({
    id: z.string(),
    name: z.string().meta({ example: "deploy-pipeline" }),
    role: ServiceRoleField,
    responsible: Responsible,
    created_at: Timestamp,
  })
  .meta({ id: "ServiceIdentity" });
export type ServiceIdentityShape = z.infer<typeof ServiceIdentityShape>;
const one = z.object({ service_identity: ServiceIdentityShape });

const ResponsibleField = z.string().meta({ description: "Id of a member of the team." });

export const createServiceIdentity = route({
  ...owners,
  id: "serviceIdentity.create",
  summary: "Create a service identity: a user that the team owns, for machines",
  method: "POST",
  path: "/v2/team/service-identities",
  body: z
    .object(
      {
        name: GivenName,
        role: ServiceRoleField.default("member"),
        responsible_id: ResponsibleField.optional().meta({ description: "Id of a member; you unless said." }),
      },
      { error: missingName },
    )
    .meta({ id: "CreateServiceIdentity" }),
  answers: { 201: one },
  errors: [400, 403, 404, 409],
});

export const listServiceIdentities = route({
  ...reads,
  id: "serviceIdentity.list",
  summary: "List the team's service identities",
  method: "GET",
  path: "/v2/team/service-identities",
  answers: { 200: z.object({ service_identities: z.array(ServiceIdentityShape) }) },
  errors: [403],
});

export const getServiceIdentity = route({
  ...reads,
  id: "serviceIdentity.get",
  summary: "Get a service identity",
  method: "GET",
  path: "/v2/team/service-identities/{service_identity_id}",
  params: IdentityParams,
  answers: { 200: one },
  errors: [403, 404],
});

export const updateServiceIdentity = route({
  ...owners,
  id: "serviceIdentity.update",
  summary: "Change a service identity's name, role or responsible person",
  method: "PUT",
  path: "/v2/team/service-identities/{service_identity_id}",
  params: IdentityParams,
  body: z
    .object(
      {
        name: GivenName.optional(),
        role: ServiceRoleField.optional(),
        responsible_id: ResponsibleField.optional(),
      },
      { error: "Invalid request payload: nothing to change" },
    )
    .meta({ id: "UpdateServiceIdentity" }),
  answers: { 200: one },
  errors: [400, 403, 404, 409],
});

export const deleteServiceIdentity = route({
  ...owners,
  id: "serviceIdentity.delete",
  summary: "Delete a service identity; its keys and tokens end at once",
  method: "DELETE",
  path: "/v2/team/service-identities/{service_identity_id}",
  params: IdentityParams,
  answers: { 204: null },
  errors: [403, 404],
});

export const createServiceIdentityToken = route({
  ...owners,
  id: "serviceIdentity.createToken",
  summary: "Create an API token of a service identity; the answer shows it, once",
  method: "POST",
  path: "/v2/team/service-identities/{service_identity_id}/tokens",
  params: IdentityParams,
  body: CreateApiTokenBody,
  answers: { 201: z.object({ api_token: ApiTokenWithSecretShape }) },
  errors: [400, 403, 404, 422],
});
