import type { RecordedEntry } from "../audit/index.ts";
import type { Role, User, UserId } from "../identity/index.ts";
import type { EpochMs } from "../kernel/clock.ts";
import { effectiveGrants, formatGrant, type NamespaceId, parseGrant } from "../namespaces/index.ts";
import { commonNetworks } from "../policy/index.ts";
import { isOver } from "./model.ts";

type Then = {
  readonly id: string;
  readonly namespaceId: string;
  readonly ownerId: string;
  readonly grants: readonly string[];
  /** Of its own; empty for anywhere. */
  readonly networks: readonly string[];
  name: string;
  expiresAt: EpochMs | null;
  isSuspended: boolean;
  /** What ended with its owner's membership can be restored. */
  end: "none" | "with owner" | "for good";
};

/** Everything that decides who can call a team's namespaces, as it was at one moment. */
export type History = {
  readonly people: Map<string, User>;
  readonly roles: Map<string, Role>;
  readonly keys: Map<string, Then>;
  readonly namespaces: Set<string>;
  /** From where policies let keys be used, by the id of the namespace or the team; null for anywhere. */
  readonly networks: Map<string, readonly string[] | null>;
};

/** Before anything was. */
export const noHistory = (): History => ({
  people: new Map(),
  roles: new Map(),
  keys: new Map(),
  namespaces: new Set(),
  networks: new Map(),
});

type Details = RecordedEntry["details"];
/** What of the details is not what it should be counts as not said: the log may be older than this code, or newer. */
const text = (details: Details, field: string): string | null => {
  const value = details[field];
  return typeof value === "string" ? value : null;
};
const instant = (details: Details, field: string): EpochMs | null => {
  const value = details[field];
  return typeof value === "number" ? value : null;
};
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
const objects = (value: unknown): Details[] =>
  Array.isArray(value) ? value.filter((one): one is Details => typeof one === "object" && one !== null) : [];
const role = (details: Details): Role | null => {
  const value = text(details, "role");
  return value === "owner" || value === "member" || value === "viewer" ? value : null;
};

type Step = (history: History, entry: RecordedEntry) => void;

const withKey =
  (change: (key: Then, details: Details) => void): Step =>
  ({ keys }, { targetId, details }) => {
    const key = keys.get(targetId);
    if (key !== undefined) change(key, details);
  };

const endAll = ({ keys }: History, ofWhich: (key: Then) => boolean, end: Then["end"]): void => {
  for (const key of keys.values()) if (key.end !== "for good" && ofWhich(key)) key.end = end;
};

const takeIn: Step = ({ people, roles }, { actorName, targetId, details }) => {
  const joined = role(details);
  people.set(targetId, { id: targetId as UserId, kind: "person", name: actorName });
  if (joined !== null) roles.set(targetId, joined);
};

const putOut: Step = (history, { targetId }) => {
  history.roles.delete(targetId);
  endAll(history, ({ ownerId, end }) => ownerId === targetId && end === "none", "with owner");
};

const setService: Step = ({ people, roles }, { targetId, details }) => {
  people.set(targetId, { id: targetId as UserId, kind: "service", name: text(details, "name") ?? targetId });
  roles.set(targetId, role(details) ?? "viewer");
};

/** People who have left are somebody of that name for good: what they are called since then, their old team is not told. */
const renamePerson: Step = ({ people }, { targetId, details }) => {
  const known = people.get(targetId);
  if (known !== undefined) people.set(targetId, { ...known, name: text(details, "name") ?? known.name });
};

const shorten = withKey((key, details) => {
  key.expiresAt = instant(details, "expires_at");
});
const rename = withKey((key, details) => {
  key.name = text(details, "name") ?? key.name;
});

/** What each verb of the audit log does to who can call. Rotating does nothing to it: the key goes on. */
const STEPS: Readonly<Record<string, Step>> = {
  "team.create": ({ roles }, { details }) => {
    const owner = text(details, "owner");
    if (owner !== null) roles.set(owner, "owner");
  },
  "account.update": renamePerson,
  "invitation.accept": takeIn,
  "member.set_role": ({ roles }, { targetId, details }) => {
    const changed = role(details);
    if (changed !== null) roles.set(targetId, changed);
  },
  "member.remove": putOut,
  "member.leave": putOut,
  "service_identity.create": setService,
  "service_identity.update": setService,
  "service_identity.delete": putOut,
  "namespace.create": ({ namespaces }, { targetId }) => {
    namespaces.add(targetId);
  },
  "namespace.delete": (history, { targetId }) => {
    history.networks.delete(targetId);
    endAll(history, ({ namespaceId }) => namespaceId === targetId, "for good");
  },
  "policy.set": ({ networks }, { targetId, details }) => {
    const [policy] = objects([details["policy"]]);
    const allowed = policy?.["allowed_networks"];
    networks.set(targetId, Array.isArray(allowed) ? texts(allowed) : null);
  },
  "access_key.create": ({ keys, people }, { targetId, actorId, actorKind, actorName, details }) => {
    // Before there were service identities a key was always its creator's, and the entry did not say so.
    const ownerId = text(details, "owner") ?? actorId ?? "";
    if (ownerId === actorId && !people.has(ownerId))
      people.set(ownerId, {
        id: ownerId as UserId,
        kind: actorKind === "service" ? "service" : "person",
        name: actorName,
      });
    keys.set(targetId, {
      id: targetId,
      namespaceId: text(details, "namespace") ?? "",
      ownerId,
      grants: texts(details["grants"]),
      networks: texts(details["allowed_networks"]),
      name: text(details, "name") ?? targetId,
      expiresAt: instant(details, "expires_at"),
      isSuspended: false,
      end: "none",
    });
  },
  "access_key.rename": rename,
  "access_key.shorten": shorten,
  "access_key.hand_over": (history, entry) => {
    rename(history, entry);
    shorten(history, entry);
  },
  "access_key.suspend": withKey((key) => {
    key.isSuspended = true;
  }),
  "access_key.resume": withKey((key) => {
    key.isSuspended = false;
  }),
  "access_key.delete": withKey((key) => {
    key.end = "for good";
  }),
  "access_key.revoke_all": (history, { targetId, details }) => {
    const of = text(details, "of");
    const isConcerned = ({ ownerId, namespaceId }: Then): boolean =>
      of === "team" || (of === "namespace" ? namespaceId === targetId : ownerId === targetId);
    endAll(history, isConcerned, "for good");
  },
  "access_key.restore": ({ keys }, { details }) => {
    for (const restored of objects(details["access_keys"])) {
      const key = keys.get(text(restored, "id") ?? "");
      if (key === undefined) continue;
      key.end = "none";
      key.name = text(restored, "name") ?? key.name;
      key.expiresAt = instant(restored, "expires_at");
    }
  },
};

/** The verbs that decide who can call. */
export const DECISIVE_VERBS: readonly string[] = Object.keys(STEPS);

/** Goes one entry on. Changes the history it is given. */
export function stepOn(history: History, entry: RecordedEntry): void {
  if (entry.outcome === "done") STEPS[entry.verb]?.(history, entry);
}

/** Who could call, through which key, what, from where and until when. */
export type CallerThen = {
  readonly owner: User;
  readonly role: Role;
  readonly key: { readonly id: string; readonly name: string };
  /** What the key's grants and the owner's role allowed together. */
  readonly grants: readonly string[];
  /** Null for anywhere. */
  readonly networks: readonly string[] | null;
  readonly until: EpochMs | null;
};

/** Who could call a namespace at this moment of the history, the oldest key first. */
export function callersOf(history: History, teamId: string, namespaceId: NamespaceId, at: EpochMs): CallerThen[] {
  const { roles, people, networks } = history;
  const ofPolicies = commonNetworks(networks.get(teamId) ?? null, networks.get(namespaceId) ?? null);
  return [...history.keys.values()].flatMap((key): CallerThen[] => {
    const ownerRole = roles.get(key.ownerId);
    if (key.namespaceId !== namespaceId || key.end !== "none" || key.isSuspended || ownerRole === undefined) return [];
    if (isOver(key.expiresAt, at)) return [];
    const from = commonNetworks(key.networks.length === 0 ? null : key.networks, ofPolicies);
    const granted = key.grants.map(parseGrant).filter((grant) => grant !== undefined);
    const grants = effectiveGrants(ownerRole, granted).map(formatGrant);
    if (from?.length === 0 || grants.length === 0) return [];
    const owner = people.get(key.ownerId) ?? { id: key.ownerId as UserId, kind: "person", name: key.ownerId };
    const { id, name } = key;
    return [{ owner, role: ownerRole, key: { id, name }, grants, networks: from, until: key.expiresAt }];
  });
}

/** What is different between two moments, key by key. */
export type Difference = {
  readonly gained: readonly CallerThen[];
  readonly lost: readonly CallerThen[];
  readonly changed: readonly { readonly before: CallerThen; readonly after: CallerThen }[];
};

export function differenceOf(before: readonly CallerThen[], after: readonly CallerThen[]): Difference {
  const earlier = new Map(before.map((caller) => [caller.key.id, caller]));
  const later = new Set(after.map(({ key }) => key.id));
  return {
    gained: after.filter(({ key }) => !earlier.has(key.id)),
    lost: before.filter(({ key }) => !later.has(key.id)),
    changed: after.flatMap((caller) => {
      const was = earlier.get(caller.key.id);
      return was === undefined || isSame(was, caller) ? [] : [{ before: was, after: caller }];
    }),
  };
}

/** Names may change; who could do what, from where and until when is what counts. */
const isSame = (one: CallerThen, other: CallerThen): boolean =>
  one.role === other.role &&
  one.until === other.until &&
  one.grants.join() === other.grants.join() &&
  one.networks?.join() === other.networks?.join();
