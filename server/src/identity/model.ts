import { isPermitted, type Permission, type Role } from "@latchkey/contract/permissions";
import { SCOPES, type Scope } from "@latchkey/contract/route";
import type { Brand } from "../kernel/brand.ts";

export type { Permission, Role, Scope };
export { isPermitted, SCOPES };

export type UserId = Brand<string, "UserId">;
export type TeamId = Brand<string, "TeamId">;
export type ApiTokenId = Brand<string, "ApiTokenId">;

/** What of a credential's scopes a role leaves (do-functions-api 8.2): for telling. What is allowed, the permission table says. */
const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  owner: SCOPES,
  member: SCOPES,
  viewer: ["function:read"],
};

/** A person, or a service identity that a team owns. */
export type User = { readonly id: UserId; readonly kind: "person" | "service"; readonly name: string };

/** Who is calling and through what: the answer of authentication, on either plane. */
export type Principal = {
  readonly user: User;
  readonly teamId: TeamId;
  readonly role: Role;
  readonly credentialKind: "token" | "session" | "access_key";
  readonly credentialId: string;
};

/** The caller as the audit log names it. */
export const actorOf = ({ user, credentialKind, credentialId }: Principal) => ({
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

const TOKEN = /^dop_v1_[0-9a-f]{64}$/;

/** The secret part of a token that has a token's shape; undefined spares the look-up for anything else. */
export function parseApiToken(text: string): string | undefined {
  return TOKEN.test(text) ? text : undefined;
}
