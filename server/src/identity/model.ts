import { SCOPES, type Scope } from "@latchkey/contract/route";
import type { Brand } from "../kernel/brand.ts";

export type { Scope };
export { SCOPES };

export type UserId = Brand<string, "UserId">;
export type TeamId = Brand<string, "TeamId">;
export type ApiTokenId = Brand<string, "ApiTokenId">;

export const ROLES = ["owner", "member", "viewer"] as const;
/** What a user is to a team. */
export type Role = (typeof ROLES)[number];

/** The most that a token of a person in this role can do, whatever its own scopes say. */
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
  /** A schedule acts in the name of whoever set it up. */
  readonly credentialKind: "token" | "access_key" | "schedule";
  readonly credentialId: string;
};

/** The caller as the audit log names it. */
export const actorOf = ({ user, credentialKind, credentialId }: Principal) => ({
  id: user.id,
  kind: user.kind,
  name: user.name,
  credential: { kind: credentialKind, id: credentialId },
});

/** A caller of the control plane. `scopes` are already what the token and the role have in common. */
export type TeamPrincipal = Principal & { readonly scopes: ReadonlySet<Scope> };

/** What a token may do: its scopes, as far as the owner's role reaches. `function:admin` implies every other scope. */
export function effectiveScopes(role: Role, tokenScopes: readonly Scope[]): ReadonlySet<Scope> {
  const granted = tokenScopes.includes("function:admin") ? SCOPES : tokenScopes;
  return new Set(granted.filter((scope) => ROLE_SCOPES[role].includes(scope)));
}

const TOKEN = /^dop_v1_[0-9a-f]{64}$/;

/** The secret part of a token that has a token's shape; undefined spares the look-up for anything else. */
export function parseApiToken(text: string): string | undefined {
  return TOKEN.test(text) ? text : undefined;
}
