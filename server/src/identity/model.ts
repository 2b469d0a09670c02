import { isPermitted, type Permission, type Role } from "@latchkey/contract/permissions";
import { SCOPES, type Scope } from "@latchkey/contract/route";
import type { Brand } from "../kernel/brand.ts";
import type { EpochMs } from "../kernel/clock.ts";

export type { Permission, Role, Scope };
export { isPermitted, SCOPES };

export type UserId = Brand<string, "UserId">;
export type TeamId = Brand<string, "TeamId">;
export type ApiTokenId = Brand<string, "ApiTokenId">;
export type SessionId = Brand<string, "SessionId">;
export type InvitationId = Brand<string, "InvitationId">;

/** What of a credential's scopes a role leaves (do-functions-api 8.2): for telling. What is allowed, the permission table says. */
const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  owner: SCOPES,
  member: SCOPES,
  viewer: ["function:read"],
};

/** A person, or a service identity that a team owns. */
export type User = { readonly id: UserId; readonly kind: "person" | "service"; readonly name: string };

/** A person with the address that messages for them go to. */
export type Person = { readonly id: UserId; readonly name: string; readonly email: string };

/** A person's place in a team. Service identities are no members, although they have a role. */
export type Member = {
  readonly user: User;
  readonly email: string;
  readonly role: Role;
  readonly joinedAt: EpochMs;
};

export type ServiceRole = Exclude<Role, "owner">;

/** The person who answers for a service identity; `isMember` is false once they have left, until somebody else is named. */
export type Responsible = { readonly id: UserId; readonly name: string; readonly isMember: boolean };

/** A user that belongs to the team itself, for machines that must outlive any person. */
export type ServiceIdentity = {
  readonly user: User;
  readonly role: ServiceRole;
  readonly responsible: Responsible;
  readonly createdAt: EpochMs;
};

/** Why somebody's place in a team ended; it is what their access keys say of their end. */
export type RemovalReason = "member removed" | "member left" | "service identity deleted";

/** Somebody's end in a team, as told to the rooms that keep something of theirs. */
export type Removal = {
  readonly teamId: TeamId;
  readonly userId: UserId;
  readonly reason: RemovalReason;
  readonly at: EpochMs;
};

/** Who is calling and through what: the answer of authentication, on either plane. */
export type Principal = {
  readonly user: User;
  readonly teamId: TeamId;
  readonly role: Role;
  /** A schedule acts in the name of whoever set it up. */
  readonly credentialKind: "token" | "session" | "access_key" | "schedule";
  readonly credentialId: string;
};

/** The caller as the audit log names it. */
export const actorOf = ({
  user,
  credentialKind,
  credentialId,
}: Pick<Principal, "credentialKind" | "credentialId"> & { readonly user: Omit<User, "id"> & { id: string } }) => ({
  id: user.id,
  kind: user.kind,
  name: user.name,
  credential: { kind: credentialKind, id: credentialId },
});

/** A caller of the control plane. `scopes` are the credential's own, those that `function:admin` implies included. */
export type TeamPrincipal = Principal & { readonly scopes: ReadonlySet<Scope> };

/** Whether the caller's role has the permission; the scopes of its credential are asked at the door. */
export const may = ({ role }: Principal, permission: Permission): boolean => isPermitted(role, permission);

/** A token's scopes with what they imply: `function:admin` is every other one, too. */
export const impliedScopes = (scopes: readonly Scope[]): ReadonlySet<Scope> =>
  new Set(scopes.includes("function:admin") ? SCOPES : scopes);

/** The scopes that a credential has and a role leaves it, in the order of the contract. */
export const scopesOf = ({ role, scopes }: TeamPrincipal): readonly Scope[] =>
  ROLE_SCOPES[role].filter((scope) => scopes.has(scope));
