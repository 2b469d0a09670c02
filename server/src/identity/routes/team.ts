import { PERMISSIONS } from "@latchkey/contract/permissions";
import {
  getTeam,
  leaveTeam,
  listPermissions,
  listTeams,
  type PermissionShape,
  type TeamShape,
  updateTeam,
} from "@latchkey/contract/team";
import { type BoundRoute, implement } from "../../http/call.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";
import type { Role, TeamPrincipal } from "../model.ts";
import type { Identity } from "../service/identity.ts";

/** What the service hands out of a team. */
type ShownTeam = { readonly id: string; readonly name: string; readonly createdAt: number };

export const teamShape = ({ id, name, createdAt }: ShownTeam): TeamShape => ({
  id,
  name,
  created_at: toTimestamp(createdAt),
});

export const ownTeamShape = (team: ShownTeam & { readonly role: Role }) => ({ ...teamShape(team), role: team.role });

const permissions = (): PermissionShape[] =>
  Object.entries(PERMISSIONS).map(([name, { about, roles }]) => ({ name, about, roles: [...roles] }));

export function teamRoutes({ identity: { teams, members } }: { identity: Identity }): BoundRoute[] {
  return [
    implement<TeamPrincipal, typeof getTeam>(getTeam, async ({ caller }) => ({
      status: 200,
      body: { team: teamShape(await teams.get(caller)) },
    })),
    implement<TeamPrincipal, typeof updateTeam>(updateTeam, async (call) => ({
      status: 200,
      body: { team: teamShape(await teams.rename({ caller: call.caller, origin: call }, call.body().name)) },
    })),
    implement<TeamPrincipal, typeof listTeams>(listTeams, async ({ caller }) => ({
      status: 200,
      body: { teams: (await teams.listOwn(caller)).map(ownTeamShape) },
    })),
    implement<TeamPrincipal, typeof listPermissions>(listPermissions, () => ({
      status: 200,
      body: { permissions: permissions() },
    })),
    implement<TeamPrincipal, typeof leaveTeam>(leaveTeam, async (call) => {
      await members.leave({ caller: call.caller, origin: call });
      return { status: 204 };
    }),
  ];
}
