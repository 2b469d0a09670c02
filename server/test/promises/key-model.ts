/** What a credential gets: an answer that depends on the owner's role, or a refusal with a reason. */
export type Outcome = "may deploy" | "may look" | "invalid" | "revoked" | "left" | "expired" | "suspended";

export type Role = "owner" | "member" | "viewer";
type ModelSecret = { readonly secret: string; endsAt: number | null };
export type ModelKey = {
  readonly id: string;
  readonly namespace: number;
  readonly owner: number;
  readonly expiresAt: number | null;
  readonly secrets: ModelSecret[];
  name: string;
  isDeleted: boolean;
  isSuspended: boolean;
};

const HOUR_MS = 3_600_000;
const wholeSecond = (instant: number): number => Math.floor(instant / 1000) * 1000;

/** The whole of what ought to be true of access keys, as plainly as it can be said. */
export class KeyModel {
  now: number;
  /** What each person is to the team; null for somebody who is out of it. */
  readonly roles: (Role | null)[];
  readonly namespaces: { isDeleted: boolean }[] = [];
  readonly keys: ModelKey[] = [];

  constructor(now: number, roles: Role[]) {
    this.now = now;
    this.roles = roles;
  }

  /** The status of a change that this person tries to make, if nothing else stands in its way. */
  mayChange(person: number, otherwise: number): number {
    const role = this.roles[person] ?? null;
    if (role === null) return 401;
    return role === "viewer" ? 403 : otherwise;
  }

  isNameTaken(namespace: number, name: string, except: ModelKey | null = null): boolean {
    return this.keys.some(
      (key) => key !== except && key.namespace === namespace && !key.isDeleted && key.name === name,
    );
  }

  expiryAfter(hours: number | null): number | null {
    return hours === null ? null : wholeSecond(this.now) + hours * HOUR_MS;
  }

  isActive(key: ModelKey): boolean {
    return !key.isDeleted && !key.isSuspended && (key.expiresAt === null || this.now < key.expiresAt);
  }

  rotate(key: ModelKey, overlapHours: number, secret: string): void {
    const end = wholeSecond(this.now) + overlapHours * HOUR_MS;
    for (const old of key.secrets) if (old.endsAt === null || old.endsAt > end) old.endsAt = end;
    key.secrets.push({ secret, endsAt: null });
  }

  deleteNamespace(namespace: number): void {
    const found = this.namespaces[namespace];
    if (found !== undefined) found.isDeleted = true;
    for (const key of this.keys) if (key.namespace === namespace) key.isDeleted = true;
  }

  outcome(key: ModelKey, { endsAt }: ModelSecret): Outcome {
    const role = this.roles[key.owner] ?? null;
    if (endsAt !== null && this.now >= endsAt) return "invalid";
    if (key.isDeleted) return "revoked";
    if (role === null) return "left";
    if (key.expiresAt !== null && this.now >= key.expiresAt) return "expired";
    if (key.isSuspended) return "suspended";
    return role === "viewer" ? "may look" : "may deploy";
  }
}
