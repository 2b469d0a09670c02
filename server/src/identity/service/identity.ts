import type { EpochMs } from "../../kernel/clock.ts";
import type { Which } from "../../kernel/paced.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import { identityErrors } from "../errors.ts";
import {
  impliedScopes,
  type Permission,
  type Person,
  type Role,
  type TeamId,
  type TeamPrincipal,
  type UserId,
} from "../model.ts";
import { prepareBearerByHash } from "../queries/bearers.ts";
import { findRole, listOwners } from "../queries/members.ts";
import { findPerson, hasTeam } from "../queries/people.ts";
import { hashedParts, parseBearer } from "../secrets.ts";
import { createAccounts } from "./accounts.ts";
import { createFoundSecrets } from "./found-secrets.ts";
import { type AttemptLimits, createGate } from "./gate.ts";
import { type Ground, requireStanding } from "./ground.ts";
import { createHoldings } from "./holdings.ts";
import { createInvitations } from "./invitations.ts";
import { createMembers } from "./members.ts";
import { createPasswords } from "./passwords.ts";
import { createRemoval } from "./removal.ts";
import { createServiceIdentities } from "./service-identities.ts";
import { createSessions } from "./sessions.ts";
import { createSetUp } from "./set-up.ts";
import { createTeams } from "./teams.ts";
import { createTokens } from "./tokens.ts";
import { createUses } from "./uses.ts";

/** A caller of the control plane together with what `/v1/oauth/token/info` says of the credential. */
export type RecognisedBearer = TeamPrincipal & {
  readonly credentialKind: "token" | "session";
  readonly expiresAt: EpochMs | null;
  readonly createdAt: EpochMs;
};

export type IdentityDeps = Ground & { readonly sessionLifetimeMs: number; readonly attemptLimits: AttemptLimits };

/** People, teams, and the tokens and sessions that stand for them: who somebody is, and what they are to a team. */
export function createIdentity(deps: IdentityDeps) {
  const { store, clock, hasher } = deps;
  const bearerByHash = prepareBearerByHash(store.committed);
  const uses = createUses(store.activity);
  const gate = createGate(deps, deps.attemptLimits);
  const removal = createRemoval(uses);
  const members = createMembers(deps, removal);
  const sessions = createSessions(deps, { gate, uses, lifetimeMs: deps.sessionLifetimeMs });
  const passwords = createPasswords(deps, { gate, uses, limits: deps.attemptLimits });

  return {
    teams: createTeams(deps),
    accounts: createAccounts(deps, gate),
    members,
    invitations: createInvitations(deps, gate),
    serviceIdentities: createServiceIdentities(deps, removal),
    tokens: createTokens(deps, uses),
    sessions,
    passwords,
    lastUses: uses.last,

    /** What of a member's would end with their place in the team. Throws `identity.member_not_found`. */
    holdingsOf: createHoldings(deps, members.requireIn),

    /** Rooms that keep something of somebody in a team register here what to take with their place in it. */
    onRemove: removal.onRemove,

    /** For other rooms' transactions: what the caller may still do, now. Throws `identity.unauthenticated`, `identity.not_permitted`. */
    requireStandingIn: (tx: Tx, caller: TeamPrincipal, permission: Permission): Promise<void> =>
      requireStanding(tx, caller, permission),

    /** What a user, person or service identity, is to a team; null: nothing. */
    roleIn: (db: Db | Tx, teamId: TeamId, userId: UserId): Promise<Role | null> => findRole(db, teamId, userId),

    /** A person's name and address; undefined for a service identity. */
    personIn: (db: Db | Tx, userId: UserId): Promise<Person | undefined> => findPerson(db, userId),

    /** Those who are told what concerns the team. */
    ownersIn: (db: Db | Tx, teamId: TeamId): Promise<Person[]> => listOwners(db, teamId),

    /** Ends the token or session that this is the secret of; false if it is that of none. Having it is proof enough. */
    endFound: createFoundSecrets(deps, { uses, find: bearerByHash }),

    hasTeam: (): Promise<boolean> => hasTeam(store.db),
    ...createSetUp(deps),

    /**
     * Who an `Authorization: Bearer` header belongs to. Read from the database each time, so that a removed member, a demotion
     * or an expiry bites on the next request. Throws `identity.unauthenticated`, the same for every reason.
     */
    recognise(header: string | undefined): RecognisedBearer {
      const bearer = parseBearer(header ?? "");
      const record = bearer && bearerByHash(bearer.kind, hasher.hash(hashedParts(bearer.kind, bearer.secret)).hash);
      if (bearer === undefined || record === undefined || record.role === null) throw identityErrors.unauthenticated();
      const now = clock.now();
      if (record.expiresAt !== null && now >= record.expiresAt) throw identityErrors.unauthenticated();
      uses.note(record.id, now);
      return {
        user: record.user,
        teamId: record.teamId,
        role: record.role,
        credentialKind: bearer.kind,
        credentialId: record.id,
        scopes: impliedScopes(record.scopes),
        expiresAt: record.expiresAt,
        createdAt: record.createdAt,
      };
    },

    /** Writes behind what has gathered: uses of tokens and sessions, and one audit entry per person that somebody failed to be. */
    async writeBehind(which: Which = "due"): Promise<void> {
      uses.write();
      await passwords.settled();
      await gate.recordFailures(which);
    },
  };
}

export type Identity = ReturnType<typeof createIdentity>;
