import type { Tx } from "../../store/transaction.ts";
import { identityErrors } from "../errors.ts";
import type { Member, RemovalReason, Role, ServiceIdentity, TeamId, TeamPrincipal, UserId } from "../model.ts";
import { deleteInvitationsBy } from "../queries/invitations.ts";
import { countOwners, findMember, listMembers, listOwners, updateRole } from "../queries/members.ts";
import { findTeam } from "../queries/people.ts";
import { listAnsweredFor } from "../queries/service-identities.ts";
import { type Cause, type Ground, recordChange, requireStanding } from "./ground.ts";
import type { RemovalRules } from "./removal.ts";

/** Which of these people could have how many access keys back that a removal took. */
export type RestorableKeys = (
  caller: TeamPrincipal,
  userIds: readonly UserId[],
) => Promise<ReadonlyMap<UserId, number>>;

/** A member, with how many access keys a removal took that could still be given back. */
export type ListedMember = Member & { readonly restorableKeys: number };

/** The people of a team: who they are, what they may do, and the end of it. */
export function createMembers(ground: Ground, removal: RemovalRules) {
  const { store, clock, notifications } = ground;
  let restorableKeys: RestorableKeys = async () => new Map();

  const requireIn = async (db: Ground["store"]["db"] | Tx, caller: TeamPrincipal, id: string): Promise<Member> => {
    const found = await findMember(db, caller.teamId, id);
    if (found === undefined) throw identityErrors.member_not_found();
    return found;
  };

  const keepAnOwner = async (tx: Tx, member: Member, caller: TeamPrincipal): Promise<void> => {
    if (member.role === "owner" && (await countOwners(tx, caller.teamId)) < 2) throw identityErrors.last_owner();
  };

  const withKeys = async (caller: TeamPrincipal, members: readonly Member[]): Promise<ListedMember[]> => {
    const counts = await restorableKeys(
      caller,
      members.map(({ user }) => user.id),
    );
    return members.map((member) => ({ ...member, restorableKeys: counts.get(member.user.id) ?? 0 }));
  };

  /** A service identity lives on when the person who answers for it leaves; somebody has to know. */
  const tellOwners = async (tx: Tx, teamId: TeamId, { user }: ServiceIdentity, member: Member): Promise<void> => {
    await notifications.announce(tx, teamId, {
      type: "service_identity.responsible_left",
      serviceIdentity: user,
      responsible: member.user,
    });
    const { name: team } = await findTeam(tx, teamId);
    const mail = { kind: "responsible_left", team, serviceIdentity: user.name, person: member.user.name } as const;
    for (const { email: to } of await listOwners(tx, teamId)) await notifications.enqueue(tx, { ...mail, to, teamId });
  };

  const end = async (tx: Tx, cause: Cause, member: Member, verb: string, reason: RemovalReason): Promise<void> => {
    const { teamId } = cause.caller;
    const { id: userId, name } = member.user;
    await keepAnOwner(tx, member, cause.caller);
    const orphans = await listAnsweredFor(tx, teamId, userId);
    const ended = await removal.end(tx, { teamId, userId, reason, at: clock.now() });
    await recordChange(ground, tx, cause, {
      verb,
      target: { kind: "member", id: userId },
      feed: null,
      details: {
        name,
        email: member.email,
        role: member.role,
        ended,
        responsible_for: orphans.map(({ user }) => user.id),
      },
    });
    const keysRevoked = ended["access_keys"]?.length ?? 0;
    await notifications.announce(tx, teamId, { type: "member.removed", member: { id: userId, name }, keysRevoked });
    for (const orphan of orphans) await tellOwners(tx, teamId, orphan, member);
  };

  return {
    requireIn,

    /** How to find out, for the room that keeps the keys. */
    countRestorableKeysWith(count: RestorableKeys): void {
      restorableKeys = count;
    },

    list: async (caller: TeamPrincipal): Promise<ListedMember[]> =>
      withKeys(caller, await listMembers(store.db, caller.teamId)),

    /** Throws `identity.member_not_found`, also for people of other teams and for service identities. */
    async get(caller: TeamPrincipal, id: string): Promise<ListedMember> {
      const [member] = await withKeys(caller, [await requireIn(store.db, caller, id)]);
      if (member === undefined) throw identityErrors.member_not_found();
      return member;
    },

    /** Changes what a member may do, from the next request on. Throws `identity.last_owner`. */
    setRole: (cause: Cause, id: string, role: Role): Promise<Member> =>
      store.transaction(async (tx) => {
        const { caller } = cause;
        await requireStanding(tx, caller, "member.manage");
        const member = await requireIn(tx, caller, id);
        if (role !== "owner") await keepAnOwner(tx, member, caller);
        await updateRole(tx, caller.teamId, member.user.id, role);
        // Who made an invitation has its link, and could use it to be an owner again.
        const invitations = role === "owner" ? [] : await deleteInvitationsBy(tx, caller.teamId, member.user.id);
        await recordChange(ground, tx, cause, {
          verb: "member.set_role",
          target: { kind: "member", id: member.user.id },
          feed: "membership",
          details: { role, previous_role: member.role, email: member.email, invitations },
        });
        return { ...member, role };
      }),

    /** Removes a member with all their access to this team. Throws `identity.last_owner`. */
    remove: (cause: Cause, id: string): Promise<void> =>
      store.transaction(async (tx) => {
        await requireStanding(tx, cause.caller, "member.manage");
        await end(tx, cause, await requireIn(tx, cause.caller, id), "member.remove", "member removed");
      }),

    /** The caller leaves the team, with all their access to it. Throws `identity.last_owner`. */
    leave: (cause: Cause): Promise<void> =>
      store.transaction(async (tx) => {
        await requireStanding(tx, cause.caller, "account.manage");
        const member = await requireIn(tx, cause.caller, cause.caller.user.id);
        await end(tx, cause, member, "member.leave", "member left");
      }),
  };
}
