import type { RemovalReason, Role, TeamId, User, UserId } from "../identity/index.ts";
import type { Brand } from "../kernel/brand.ts";
import type { EpochMs } from "../kernel/clock.ts";
import type { Grant, NamespaceId } from "../namespaces/index.ts";

export type AccessKeyId = Brand<string, "AccessKeyId">;

const ID = /^dof_v1_[0-9a-f]{32}$/;

/** The only way to hold an AccessKeyId: from text that has the shape of one. */
export function parseAccessKeyId(text: string): AccessKeyId | undefined {
  return ID.test(text) ? (text as AccessKeyId) : undefined;
}

/** Why a key was revoked. `all revoked`: with all others of its team, its namespace or its owner. */
export type RevocationReason =
  | "deleted"
  | "namespace deleted"
  | RemovalReason
  | "handed over"
  | "reported as found"
  | "all revoked";

/** States as they are stored or follow from a cut-off; "expired" is none of them: it follows from the clock. */
export type StoredState =
  | { readonly kind: "active" }
  /** `by` is null where the server itself did it. */
  | { readonly kind: "suspended"; readonly reason: string; readonly by: UserId | null }
  | { readonly kind: "revoked"; readonly reason: string; readonly at: EpochMs };

/** The reason of a suspension by the server, for a key that nobody used for longer than the policy allows. */
export const UNUSED = "unused";

/** Of whom or what every key is revoked at once. */
export type CutOffKind = "team" | "namespace" | "user";

/** An access key as its namespace's team sees it. */
export type AccessKey = {
  readonly id: AccessKeyId;
  readonly namespaceId: NamespaceId;
  readonly owner: User;
  readonly name: string;
  readonly grants: readonly Grant[];
  /** CIDR texts; empty for anywhere. */
  readonly allowedNetworks: readonly string[];
  readonly expiresAt: EpochMs | null;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly state: StoredState;
};

/** What judging a request needs: the key, and what its owner is to the team at this moment (null: nothing any more). */
export type KeyRecord = AccessKey & {
  readonly teamId: TeamId;
  readonly ownerRole: Role | null;
  /** From where the policies of team and namespace let keys be used; null for anywhere, and none for nowhere. */
  readonly policyNetworks: readonly string[] | null;
};

/** When and from where a key was last used. */
export type KeyUse = { readonly lastUsedAt: EpochMs; readonly lastAddress: string };

/** Why a key that proved its secret is refused all the same. */
export type Refusal =
  | { readonly kind: "expired"; readonly at: EpochMs }
  | { readonly kind: "revoked"; readonly reason: string; readonly at: EpochMs }
  | { readonly kind: "suspended"; readonly reason: string }
  | { readonly kind: "owner_left" }
  | { readonly kind: "network_not_allowed"; readonly address: string };

export type KeyVerdict = { readonly kind: "accepted" } | Refusal;

/** The state that lists show: the stored one, or `expired` once the clock says so. */
export function shownState(
  key: Pick<AccessKey, "state" | "expiresAt">,
  now: EpochMs,
): "active" | "suspended" | "revoked" | "expired" {
  if (key.state.kind === "active" && isOver(key.expiresAt, now)) return "expired";
  return key.state.kind;
}

/** An instant has come when the clock shows it: the expiry instant itself is already too late. */
export const isOver = (end: EpochMs | null, now: EpochMs): boolean => end !== null && now >= end;

/** Judges a key whose secret has been proved. Pure: the record, the request and the clock decide. */
export function judge(
  key: KeyRecord,
  address: string,
  now: EpochMs,
  inNetworks: (address: string, cidrs: readonly string[]) => boolean,
): KeyVerdict {
  if (key.state.kind === "revoked") return key.state;
  if (key.ownerRole === null) return { kind: "owner_left" };
  if (key.expiresAt !== null && isOver(key.expiresAt, now)) return { kind: "expired", at: key.expiresAt };
  if (key.state.kind === "suspended") return key.state;
  if (key.allowedNetworks.length > 0 && !inNetworks(address, key.allowedNetworks))
    return { kind: "network_not_allowed", address };
  if (key.policyNetworks !== null && !inNetworks(address, key.policyNetworks))
    return { kind: "network_not_allowed", address };
  return { kind: "accepted" };
}
