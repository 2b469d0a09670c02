/** What a credential gets: an answer that depends on the owner's role, or a refusal with a reason. */
export type Outcome = "may deploy" | "may look" | "invalid" | "revoked" | "left" | "expired" | "suspended";

export type Role = "owner" | "member" | "viewer";
type ModelSecret = {
  readonly secret: string;
  readonly createdAt: number;
  endsAt: number | null;
  lastUsedAt: number | null;
};
/** `by`: whose doing it was; null for somebody's tool, which leaves no name. */
type Suspension = { readonly by: number | null };
export type ModelKey = {
  readonly id: string;
  readonly namespace: number;
  readonly owner: number;
  /** When it was made among all that was made and cut off. */
  readonly turn: number;
  readonly secrets: ModelSecret[];
  name: string;
  expiresAt: number | null;
  suspension: Suspension | null;
  isGone: boolean;
  /** When its owner's removal took it; null once nothing can bring it back. */
  takenAt: number | null;
};
export type CutOff = { readonly kind: "team" | "namespace" | "user"; readonly target: number };

const HOUR_MS = 3_600_000;
const RESTORE_WITHIN_MS = 24 * HOUR_MS;
const wholeSecond = (instant: number): number => Math.floor(instant / 1000) * 1000;

/** The whole of what ought to be true of access keys, as plainly as it can be said. */
export class KeyModel {
  now: number;
  /** What each person is to the team; null for somebody who is out of it. The last is a service identity. */
  readonly roles: (Role | null)[];
  /** Whether the token that each person calls with is still there. */
  readonly hasToken: boolean[];
  readonly namespaces: { isDeleted: boolean }[] = [];
  readonly keys: ModelKey[] = [];
  readonly cutOffs: (CutOff & { turn: number })[] = [];
  private turns = 0;

  constructor(now: number, roles: Role[]) {
    this.now = now;
    this.roles = roles;
    this.hasToken = roles.map(() => true);
  }

  /** Who the service identity is among those who own keys. */
  get service(): number {
    return this.roles.length - 1;
  }

  /** The status of a change that this person tries to make, if nothing else stands in its way. */
  mayChange(person: number, otherwise: number): number {
    const role = this.roles[person] ?? null;
    if (role === null || this.hasToken[person] !== true) return 401;
    return role === "viewer" ? 403 : otherwise;
  }

  /** The same for what only owners of the team may do. */
  mayAsOwner(person: number, otherwise: number): number {
    const allowed = this.mayChange(person, otherwise);
    return allowed === 401 || this.roles[person] === "owner" ? allowed : 403;
  }

  /** Whether somebody may do to a key what shows its secret. */
  isOwn(person: number, key: ModelKey): boolean {
    return key.owner === person || (key.owner === this.service && this.roles[person] === "owner");
  }

  isNameTaken(namespace: number, name: string, except: ModelKey | null = null): boolean {
    return this.keys.some(
      (key) => key !== except && key.namespace === namespace && this.isListed(key) && key.name === name,
    );
  }

  expiryAfter(hours: number | null): number | null {
    return hours === null ? null : wholeSecond(this.now) + hours * HOUR_MS;
  }

  private isCutOff(key: ModelKey): boolean {
    return this.cutOffs.some(({ kind, target, turn }) => {
      const concerns = kind === "team" || target === (kind === "namespace" ? key.namespace : key.owner);
      return concerns && turn > key.turn;
    });
  }

  /** Whether the key is still there, for its team to see and to change. */
  isListed(key: ModelKey): boolean {
    return !key.isGone && !this.isCutOff(key);
  }

  isActive(key: ModelKey): boolean {
    return this.isListed(key) && key.suspension === null && (key.expiresAt === null || this.now < key.expiresAt);
  }

  mayResume(person: number, key: ModelKey): boolean {
    return this.roles[person] === "owner" || (this.isOwn(person, key) && key.suspension?.by === person);
  }

  /** Whether a suspension that the key's owner could undo becomes this person's. */
  mayTakeOver(person: number, key: ModelKey): boolean {
    return this.roles[person] === "owner" && key.suspension?.by === key.owner && key.owner !== person;
  }

  create(given: Pick<ModelKey, "id" | "namespace" | "owner" | "name" | "expiresAt">, secret: string): void {
    this.turns += 1;
    const first = { secret, createdAt: wholeSecond(this.now), endsAt: null, lastUsedAt: null };
    const states = { suspension: null, isGone: false, takenAt: null };
    this.keys.push({ ...given, ...states, turn: this.turns, secrets: [first] });
  }

  rotate(key: ModelKey, overlapHours: number, secret: string): void {
    const end = wholeSecond(this.now) + overlapHours * HOUR_MS;
    for (const old of key.secrets) if (old.endsAt === null || old.endsAt > end) old.endsAt = end;
    key.secrets.push({ secret, createdAt: this.now, endsAt: null, lastUsedAt: null });
    const living = key.secrets.filter(({ endsAt }) => endsAt === null || this.now < endsAt);
    for (const old of living.slice(0, -5)) old.endsAt = this.now;
  }

  /** What is left of a key that was handed over. */
  windDown(key: ModelKey, overlapHours: number, name: string): void {
    const end = wholeSecond(this.now) + overlapHours * HOUR_MS;
    key.expiresAt = key.expiresAt === null ? end : Math.min(key.expiresAt, end);
    if (overlapHours === 0) key.isGone = true;
    else key.name = name;
  }

  /** Somebody showed a secret of the key and wants it ended: also that of a key which could be given back. */
  report(key: ModelKey, secret: ModelSecret): void {
    const isDead = this.isCutOff(key) || (key.isGone && key.takenAt === null);
    if (isDead || (secret.endsAt !== null && this.now >= secret.endsAt)) return;
    if (secret.endsAt === null) Object.assign(key, { isGone: true, takenAt: null });
    else secret.endsAt = this.now;
  }

  /** Rotations that nobody needs any more end before their time. */
  endIdleSecrets(): void {
    for (const key of this.keys.filter((each) => this.isListed(each))) {
      const current = key.secrets.at(-1);
      if (current === undefined || current.lastUsedAt === null) continue;
      for (const old of key.secrets) {
        if (old.endsAt === null || this.now >= old.endsAt) continue;
        const idleSince = Math.max(old.lastUsedAt ?? 0, current.createdAt);
        if (this.now - idleSince >= (old.endsAt - current.createdAt) / 4) old.endsAt = this.now;
      }
    }
  }

  deleteNamespace(namespace: number): void {
    const found = this.namespaces[namespace];
    if (found !== undefined) found.isDeleted = true;
    for (const key of this.keys) if (key.namespace === namespace) key.isGone = true;
  }

  cutOff(cut: CutOff): void {
    this.turns += 1;
    this.cutOffs.push({ ...cut, turn: this.turns });
  }

  remove(person: number): void {
    this.roles[person] = null;
    this.hasToken[person] = false;
    for (const key of this.keys) {
      if (key.owner !== person) continue;
      key.takenAt = this.isListed(key) ? this.now : null;
      key.isGone = true;
    }
  }

  /** What giving somebody's keys back would give back. */
  restorable(person: number): ModelKey[] {
    return this.keys.filter(
      (key) =>
        key.owner === person &&
        key.takenAt !== null &&
        this.now - key.takenAt < RESTORE_WITHIN_MS &&
        this.namespaces[key.namespace]?.isDeleted === false &&
        !this.isCutOff(key),
    );
  }

  outcome(key: ModelKey, { endsAt }: Pick<ModelSecret, "endsAt">): Outcome {
    const role = this.roles[key.owner] ?? null;
    if (endsAt !== null && this.now >= endsAt) return "invalid";
    if (!this.isListed(key)) return "revoked";
    if (role === null) return "left";
    if (key.expiresAt !== null && this.now >= key.expiresAt) return "expired";
    if (key.suspension !== null) return "suspended";
    return role === "viewer" ? "may look" : "may deploy";
  }
}
