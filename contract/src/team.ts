import { z } from "zod";
import { GivenName, RoleField } from "./people.ts";
import { ROLES } from "./permissions.ts";
import { route } from "./route.ts";
import { Timestamp } from "./shapes.ts";

const reads = { dialect: "digitalocean", credential: "token", scopes: ["function:read", "function:admin"] } as const;
const changes = { dialect: "digitalocean", credential: "token", scopes: ["function:admin"] } as const;

export const TeamShape = z.object({ id: z.string(), name: z.string(), created_at: Timestamp }).meta({ id: "Team" });
export type TeamShape = z.infer<typeof TeamShape>;

/** A team with what the caller is to it. */
export const OwnTeamShape = TeamShape.extend({ role: RoleField }).meta({ id: "OwnTeam" });

export const PermissionShape = z
  .object({
    name: z.string().meta({ example: "member.manage" }),
    about: z.string(),
    roles: z.array(z.enum(ROLES)).meta({ description: "The roles that have it." }),
  })
  .meta({ id: "Permission" });
export type PermissionShape = z.infer<typeof PermissionShape>;

export const getTeam = route({
  ...reads,
  id: "team.get",
  permission: "team.read",
  summary: "Get the team",
  method: "GET",
  path: "/v2/team",
  answers: { 200: z.object({ team: TeamShape }) },
  errors: [403],
});

export const updateTeam = route({
  ...changes,
  id: "team.update",
  permission: "team.update",
  summary: "Rename the team",
  method: "PUT",
  path: "/v2/team",
  body: z
    .object({ name: GivenName }, { error: "Invalid request payload: missing name field" })
    .meta({ id: "UpdateTeam" }),
  answers: { 200: z.object({ team: TeamShape }) },
  errors: [400, 403],
});

export const listTeams = route({
  ...reads,
  id: "team.list",
  permission: "team.read",
  summary: "List the teams that you belong to; through a token, its own alone",
  method: "GET",
  path: "/v2/teams",
  answers: { 200: z.object({ teams: z.array(OwnTeamShape) }) },
  errors: [403],
});

export const listPermissions = route({
  ...reads,
  id: "team.permissions",
  permission: "team.read",
  summary: "Say what each role may do",
  method: "GET",
  path: "/v2/team/permissions",
  answers: { 200: z.object({ permissions: z.array(PermissionShape) }) },
  errors: [403],
});

export const leaveTeam = route({
  ...changes,
  id: "team.leave",
  permission: "account.manage",
  summary: "Leave the team; all your access to it ends",
  method: "POST",
  path: "/v2/team/leave",
  answers: { 204: null },
  errors: [403, 422],
});
