import { z } from "zod";
import { RoleField } from "./people.ts";
import { route } from "./route.ts";
import { Timestamp } from "./shapes.ts";

const reads = { dialect: "digitalocean", credential: "token", scopes: ["function:read", "function:admin"] } as const;
const changes = { dialect: "digitalocean", credential: "token", scopes: ["function:admin"] } as const;
const MemberParams = z.object({ member_id: z.string() });

export const MemberShape = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role: RoleField,
    joined_at: Timestamp,
    restorable_keys: z.int().meta({
      description: "Access keys that an earlier removal took and that can still be restored.",
    }),
  })
  .meta({ id: "Member" });
export type MemberShape = z.infer<typeof MemberShape>;

export const listMembers = route({
  ...reads,
  id: "member.list",
  permission: "team.read",
  summary: "List the members of the team",
  method: "GET",
  path: "/v2/team/members",
  answers: { 200: z.object({ members: z.array(MemberShape) }) },
  errors: [403],
});

export const getMember = route({
  ...reads,
  id: "member.get",
  permission: "team.read",
  summary: "Get a member",
  method: "GET",
  path: "/v2/team/members/{member_id}",
  params: MemberParams,
  answers: { 200: z.object({ member: MemberShape }) },
  errors: [403, 404],
});

export const setMemberRole = route({
  ...changes,
  id: "member.setRole",
  permission: "member.manage",
  summary: "Change a member's role, from the next request on",
  method: "PUT",
  path: "/v2/team/members/{member_id}",
  params: MemberParams,
  body: z
    .object({ role: RoleField }, { error: "Invalid request payload: missing role field" })
    .meta({ id: "SetMemberRole" }),
  answers: { 200: z.object({ member: MemberShape }) },
  errors: [400, 403, 404, 422],
});

export const removeMember = route({
  ...changes,
  id: "member.remove",
  permission: "member.manage",
  summary: "Remove a member; their keys, tokens and sessions in this team end at once",
  method: "DELETE",
  path: "/v2/team/members/{member_id}",
  params: MemberParams,
  answers: { 204: null },
  errors: [403, 404, 422],
});
