import type { TeamPrincipal } from "../model.ts";
import { findTeam, listTeamsOf, type OwnTeam, type Team, updateTeamName } from "../queries/people.ts";
import { type Cause, type Ground, recordChange, requireStanding } from "./ground.ts";

/** The caller's teams. */
export function createTeams(ground: Ground) {
  const { store } = ground;
  return {
    get: (caller: TeamPrincipal): Promise<Team> => findTeam(store.db, caller.teamId),

    /** The teams that the caller belongs to; for a token its own alone: who gave it out in one team told it of no other. */
    async listOwn(caller: TeamPrincipal): Promise<OwnTeam[]> {
      const teams = await listTeamsOf(store.db, caller.user.id);
      return caller.credentialKind === "session" ? teams : teams.filter(({ id }) => id === caller.teamId);
    },

    rename: (cause: Cause, name: string): Promise<Team> =>
      store.transaction(async (tx) => {
        const { caller } = cause;
        await requireStanding(tx, caller, "team.update");
        const team = await findTeam(tx, caller.teamId);
        await updateTeamName(tx, team.id, name);
        const target = { kind: "team", id: team.id };
        const details = { name, previous_name: team.name };
        await recordChange(ground, tx, cause, { verb: "team.update", target, feed: null, details });
        return { ...team, name };
      }),
  };
}
