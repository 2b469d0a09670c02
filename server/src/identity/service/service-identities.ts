import type { Db, Tx } from "../../store/transaction.ts";
import { identityErrors } from "../errors.ts";
import type { Responsible, ServiceIdentity, ServiceRole, TeamPrincipal, User, UserId } from "../model.ts";
import { findMember, insertMembership, updateRole } from "../queries/members.ts";
import {
  findIdentity,
  insertIdentity,
  listIdentities,
  listResponsible,
  updateIdentity,
} from "../queries/service-identities.ts";
import { type Cause, type Ground, recordChange, requireStanding } from "./ground.ts";
import type { RemovalRules } from "./removal.ts";

export type NewServiceIdentity = {
  readonly name: string;
  readonly role: ServiceRole;
  /** Null for the caller. */
  readonly responsibleId: string | null;
};
/** Null leaves a thing as it is. */
export type ServiceIdentityChange = {
  readonly name: string | null;
  readonly role: ServiceRole | null;
  readonly responsibleId: string | null;
};

/** Users that the team itself owns, for machines that must outlive any person. */
export function createServiceIdentities(ground: Ground, removal: RemovalRules) {
  const { store, clock, random } = ground;

  const requireIn = async (
    db: Db | Tx,
    { teamId }: Pick<TeamPrincipal, "teamId">,
    id: string,
  ): Promise<ServiceIdentity> => {
    const found = await findIdentity(db, teamId, id);
    if (found === undefined) throw identityErrors.service_identity_not_found();
    return found;
  };

  const requireFreeName = async (tx: Tx, caller: TeamPrincipal, name: string, except: UserId | null): Promise<void> => {
    const others = await listIdentities(tx, caller.teamId);
    if (others.some(({ user }) => user.name === name && user.id !== except))
      throw identityErrors.service_identity_name_taken();
  };

  /** Only a member can answer for a service identity: somebody whom the team can ask. */
  const requireResponsible = async (tx: Tx, caller: TeamPrincipal, id: string) => {
    const member = await findMember(tx, caller.teamId, id);
    if (member === undefined) throw identityErrors.member_not_found();
    return { id: member.user.id, name: member.user.name, isMember: true };
  };

  const record = (
    tx: Tx,
    cause: Cause,
    verb: string,
    { user, role, responsible }: ServiceIdentity,
    more: Record<string, unknown> = {},
  ) =>
    recordChange(ground, tx, cause, {
      verb,
      target: { kind: "service_identity", id: user.id },
      feed: "membership",
      details: { name: user.name, role, responsible: responsible.id, ...more },
    });

  return {
    requireIn,

    list: (caller: TeamPrincipal): Promise<ServiceIdentity[]> => listIdentities(store.db, caller.teamId),

    get: (caller: TeamPrincipal, id: string): Promise<ServiceIdentity> => requireIn(store.db, caller, id),

    /** Who answers for those of the users who are service identities. */
    async responsibleFor(users: readonly User[]): Promise<ReadonlyMap<UserId, Responsible>> {
      const ids = new Set(users.flatMap(({ kind, id }) => (kind === "service" ? id : [])));
      return new Map(ids.size === 0 ? [] : await listResponsible(store.db, [...ids]));
    },

    create: (cause: Cause, input: NewServiceIdentity): Promise<ServiceIdentity> =>
      store.transaction(async (tx) => {
        const { caller } = cause;
        await requireStanding(tx, caller, "service_identity.manage");
        await requireFreeName(tx, caller, input.name, null);
        const responsible = await requireResponsible(tx, caller, input.responsibleId ?? caller.user.id);
        const id = random.uuid() as UserId;
        const at = clock.now();
        const { teamId } = caller;
        await insertIdentity(tx, { id, teamId, name: input.name, responsibleId: responsible.id, at });
        await insertMembership(tx, { teamId, userId: id, role: input.role, at });
        const user = { id, kind: "service", name: input.name } as const;
        const identity: ServiceIdentity = { user, role: input.role, responsible, createdAt: at };
        await record(tx, cause, "service_identity.create", identity);
        return identity;
      }),

    update: (cause: Cause, id: string, change: ServiceIdentityChange): Promise<ServiceIdentity> =>
      store.transaction(async (tx) => {
        const { caller } = cause;
        await requireStanding(tx, caller, "service_identity.manage");
        const before = await requireIn(tx, caller, id);
        const name = change.name ?? before.user.name;
        await requireFreeName(tx, caller, name, before.user.id);
        const responsible =
          change.responsibleId === null
            ? before.responsible
            : await requireResponsible(tx, caller, change.responsibleId);
        const role = change.role ?? before.role;
        await updateIdentity(tx, before.user.id, { name, responsibleId: responsible.id });
        await updateRole(tx, caller.teamId, before.user.id, role);
        const after: ServiceIdentity = { ...before, user: { ...before.user, name }, role, responsible };
        const previous = { name: before.user.name, role: before.role, responsible: before.responsible.id };
        await record(tx, cause, "service_identity.update", after, { previous });
        return after;
      }),

    /** Deletes it with all its access, as removing a member does. */
    delete: (cause: Cause, id: string): Promise<void> =>
      store.transaction(async (tx) => {
        const { caller } = cause;
        await requireStanding(tx, caller, "service_identity.manage");
        const identity = await requireIn(tx, caller, id);
        const { teamId } = caller;
        const reason = "service identity deleted";
        const ended = await removal.end(tx, { teamId, userId: identity.user.id, reason, at: clock.now() });
        await record(tx, cause, "service_identity.delete", identity, { ended });
      }),
  };
}
