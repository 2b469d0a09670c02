import type { Origin } from "../../audit/index.ts";
import type { Secret } from "../../kernel/secret.ts";
import { wholeSecond } from "../../kernel/timestamp.ts";
import { appendChange } from "../../store/changes.ts";
import type { Tx } from "../../store/transaction.ts";
import { identityErrors } from "../errors.ts";
import type { InvitationId, Role, TeamPrincipal, UserId } from "../model.ts";
import {
  deleteInvitation,
  findInvitation,
  findInvitationByHash,
  findInvitationTo,
  type Invitation,
  insertInvitation,
  listInvitations,
  renewInvitation,
} from "../queries/invitations.ts";
import { findRole, insertMembership } from "../queries/members.ts";
import { type Account, findAccountByEmail } from "../queries/passwords.ts";
import { findTeam, insertPerson, type OwnTeam } from "../queries/people.ts";
import { hashedParts, linkFor, newSecret, parseSecret } from "../secrets.ts";
import type { Gate } from "./gate.ts";
import { type Cause, type Ground, recordChange, requireStanding } from "./ground.ts";

export type NewInvitation = { readonly email: string; readonly role: Role; readonly lifetimeSeconds: number };
/** `link` is null where it went by e-mail: then it is for that person's eyes alone. */
export type SentInvitation = { readonly invitation: Invitation; readonly link: Secret | null };
export type Acceptance = { readonly secret: string; readonly name: string | null; readonly password: string };

/** How people come into a team: by a link that is good once and for a while. */
export function createInvitations(ground: Ground, gate: Gate) {
  const { store, clock, random, hasher, audit, notifications } = ground;

  const requireIn = async (tx: Tx, caller: TeamPrincipal, id: string): Promise<Invitation> => {
    const found = await findInvitation(tx, caller.teamId, id);
    if (found === undefined) throw identityErrors.invitation_not_found();
    return found;
  };

  const send = async (tx: Tx, invitation: Invitation, secret: Secret): Promise<SentInvitation> => {
    const link = linkFor(ground.publicUrl(), "invitations", secret);
    if (!notifications.canMail) return { invitation, link };
    const { email: to, role, teamId, invitedBy, expiresAt } = invitation;
    const { name: team } = await findTeam(tx, teamId);
    const mail = { kind: "invitation", to, teamId, team, role, invitedBy: invitedBy.name, link, expiresAt } as const;
    await notifications.enqueue(tx, mail);
    return { invitation, link: null };
  };

  const record = (tx: Tx, cause: Cause, verb: string, { id, email, role, expiresAt }: Invitation) =>
    recordChange(ground, tx, cause, {
      verb,
      target: { kind: "invitation", id },
      feed: null,
      details: { email, role, expires_at: expiresAt },
    });

  /** The invitation of this secret, unless it has run out. */
  const living = async (db: typeof store.db | Tx, text: string): Promise<Invitation | undefined> => {
    const secret = parseSecret("invitation", text);
    const found = secret && (await findInvitationByHash(db, hasher.hash(hashedParts("invitation", secret)).hash));
    return found !== undefined && clock.now() < found.expiresAt ? found : undefined;
  };

  /** A new person, or the one whose password was proved; neither may have become something else meanwhile. */
  const admit = async (tx: Tx, invitation: Invitation, before: Account | undefined, newcomer: Newcomer) => {
    const account = await findAccountByEmail(tx, invitation.email);
    if (account?.password !== before?.password) throw identityErrors.sign_in_refused();
    if (account !== undefined) return account;
    const person = { id: random.uuid() as UserId, email: invitation.email, ...newcomer };
    await insertPerson(tx, { ...person, at: clock.now() });
    return person;
  };

  return {
    /** Invites somebody. Throws `identity.already_member`, `identity.already_invited`. */
    create: (cause: Cause, input: NewInvitation): Promise<SentInvitation> =>
      store.transaction(async (tx) => {
        const { caller } = cause;
        await requireStanding(tx, caller, "member.manage");
        const account = await findAccountByEmail(tx, input.email);
        if (account !== undefined && (await findRole(tx, caller.teamId, account.id)) !== null)
          throw identityErrors.already_member();
        const earlier = await findInvitationTo(tx, caller.teamId, input.email);
        if (earlier !== undefined && clock.now() < earlier.expiresAt) throw identityErrors.already_invited();
        if (earlier !== undefined) await deleteInvitation(tx, earlier.id);
        const createdAt = wholeSecond(clock.now());
        const lifetimeMs = input.lifetimeSeconds * 1000;
        const invitation: Invitation = {
          id: random.uuid() as InvitationId,
          teamId: caller.teamId,
          email: input.email,
          role: input.role,
          invitedBy: { id: caller.user.id, name: caller.user.name },
          lifetimeMs,
          createdAt,
          expiresAt: createdAt + lifetimeMs,
        };
        const secret = newSecret("invitation", random);
        await insertInvitation(tx, invitation, hasher.hash(hashedParts("invitation", secret)));
        await record(tx, cause, "invitation.create", invitation);
        return send(tx, invitation, secret);
      }),

    list: (caller: TeamPrincipal): Promise<Invitation[]> => listInvitations(store.db, caller.teamId),

    /** Sends it again with a new link, good for as long as the first one was; the old link is good no more. */
    resend: (cause: Cause, id: string): Promise<SentInvitation> =>
      store.transaction(async (tx) => {
        const { caller } = cause;
        await requireStanding(tx, caller, "member.manage");
        const earlier = await requireIn(tx, caller, id);
        const invitation: Invitation = {
          ...earlier,
          invitedBy: { id: caller.user.id, name: caller.user.name },
          expiresAt: wholeSecond(clock.now()) + earlier.lifetimeMs,
        };
        const secret = newSecret("invitation", random);
        const hash = hasher.hash(hashedParts("invitation", secret));
        await renewInvitation(tx, { ...invitation, invitedBy: caller.user.id, secret: hash });
        await record(tx, cause, "invitation.resend", invitation);
        return send(tx, invitation, secret);
      }),

    cancel: (cause: Cause, id: string): Promise<void> =>
      store.transaction(async (tx) => {
        await requireStanding(tx, cause.caller, "member.manage");
        const invitation = await requireIn(tx, cause.caller, id);
        await deleteInvitation(tx, invitation.id);
        await record(tx, cause, "invitation.cancel", invitation);
      }),

    /**
     * Takes the place that an invitation offers. Somebody new gets an account with this password; somebody with an account proves
     * theirs, since whoever has the link may be somebody else. Throws `identity.link_not_found` for links that are unknown, used,
     * cancelled or over, `identity.sign_in_refused`.
     */
    async accept(input: Acceptance, origin: Origin): Promise<{ team: OwnTeam; email: string }> {
      const refused = () =>
        gate.refuse(origin, { email: null, isKnown: false, reason: "" }, identityErrors.link_not_found());
      const found = await living(store.db, input.secret);
      if (found === undefined) throw refused();
      const { email } = found;
      const before = await findAccountByEmail(store.db, email);
      const password =
        before === undefined
          ? await gate.hash(origin, input.password)
          : (await gate.requirePassword(origin, email, before, input.password)).password;
      const newcomer = { name: input.name ?? email.split("@")[0] ?? email, password };
      return store.transaction(async (tx) => {
        const invitation = await living(tx, input.secret);
        if (invitation === undefined) throw refused();
        const { id, teamId, role } = invitation;
        const person = await admit(tx, invitation, before, newcomer);
        if ((await findRole(tx, teamId, person.id)) !== null) throw identityErrors.already_member();
        const at = clock.now();
        await insertMembership(tx, { teamId, userId: person.id, role, at });
        await deleteInvitation(tx, id);
        await appendChange(tx, { kind: "membership", targetId: person.id, at });
        await audit.record(tx, {
          teamId,
          actor: { id: person.id, kind: "person", name: person.name, credential: null },
          verb: "invitation.accept",
          target: { kind: "member", id: person.id },
          origin,
          details: { invitation: id, email, role, invited_by: invitation.invitedBy.id },
        });
        return { team: { ...(await findTeam(tx, teamId)), role }, email };
      });
    },
  };
}

type Newcomer = { readonly name: string; readonly password: string | null };
