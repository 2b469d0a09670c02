import type { EpochMs } from "../../kernel/clock.ts";
import { randomHex } from "../../kernel/random.ts";
import { Secret } from "../../kernel/secret.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import { identityErrors } from "../errors.ts";
import {
  type ApiTokenId,
  impliedScopes,
  type Permission,
  type Person,
  parseBearer,
  type Role,
  SCOPES,
  type ServiceIdentity,
  type TeamId,
  type TeamPrincipal,
  type UserId,
} from "../model.ts";
import { prepareBearerByHash } from "../queries/bearers.ts";
import { findRole, insertMembership, listOwners } from "../queries/members.ts";
import { findPerson, hasTeam, insertPerson, insertTeam } from "../queries/people.ts";
import { findIdentity } from "../queries/service-identities.ts";
import { insertApiToken } from "../queries/tokens.ts";
import { type Ground, requireStanding } from "./ground.ts";
import { createMembers } from "./members.ts";
import { createRemoval } from "./removal.ts";

export type FirstTeam = {
  readonly team: { readonly id: TeamId; readonly name: string };
  readonly user: { readonly id: UserId; readonly name: string; readonly email: string };
  /** Shown once; only its hash is stored. */
  readonly token: Secret;
};

/** A caller of the control plane together with what `/v1/oauth/token/info` says of the credential. */
export type RecognisedBearer = TeamPrincipal & { readonly expiresAt: EpochMs | null; readonly createdAt: EpochMs };

/** What a bearer's secret is hashed together with. */
const CONTEXTS = { token: "api_token", session: "session" } as const;

/** People, teams, and the tokens and sessions that stand for them: who somebody is, and what they are to a team. */
export function createIdentity(ground: Ground) {
  const { store, clock, random, hasher, audit } = ground;
  const bearerByHash = prepareBearerByHash(store.committed);
  const removal = createRemoval();
  const members = createMembers(ground, removal);

  return {
    members,

    /** Rooms that keep something of somebody in a team register here what to take with their place in it. */
    onRemove: removal.onRemove,

    /** For other rooms' transactions: what the caller may still do, now. Throws `identity.unauthenticated`, `identity.not_permitted`. */
    requireStandingIn: (tx: Tx, caller: TeamPrincipal, permission: Permission): Promise<void> =>
      requireStanding(tx, caller, permission),

    /** What a user, person or service identity, is to a team; null: nothing. */
    roleIn: (db: Db | Tx, teamId: TeamId, userId: UserId): Promise<Role | null> => findRole(db, teamId, userId),

    /** The caller's own team's service identity. Throws `identity.service_identity_not_found`. */
    async requireServiceIdentityIn(db: Db | Tx, caller: TeamPrincipal, id: string): Promise<ServiceIdentity> {
      const found = await findIdentity(db, caller.teamId, id);
      if (found === undefined) throw identityErrors.service_identity_not_found();
      return found;
    },

    /** A person's name and address; undefined for a service identity. */
    personIn: (db: Db | Tx, userId: UserId): Promise<Person | undefined> => findPerson(db, userId),

    /** Those who are told what concerns the team. */
    ownersIn: (db: Db | Tx, teamId: TeamId): Promise<Person[]> => listOwners(db, teamId),

    hasTeam: (): Promise<boolean> => hasTeam(store.db),

    /** Sets an empty store up: a team, its owner, and a token of theirs with every scope. Throws `identity.already_set_up`. */
    createFirstTeam(input: { teamName: string; email: string; name: string }): Promise<FirstTeam> {
      const at = clock.now();
      const team = { id: random.uuid() as TeamId, name: input.teamName };
      const user = { id: random.uuid() as UserId, name: input.name, email: input.email.trim().toLowerCase() };
      const tokenId = random.uuid() as ApiTokenId;
      const token = new Secret(`dop_v1_${randomHex(random, 32)}`);
      return store.transaction(async (tx) => {
        if (await hasTeam(tx)) throw identityErrors.already_set_up();
        await insertTeam(tx, { ...team, at });
        await insertPerson(tx, { ...user, at });
        await insertMembership(tx, { teamId: team.id, userId: user.id, role: "owner", at });
        const secret = hasher.hash([CONTEXTS.token, token.reveal()]);
        await insertApiToken(tx, {
          id: tokenId,
          teamId: team.id,
          userId: user.id,
          name: "first token",
          secret,
          scopes: SCOPES,
          expiresAt: null,
          at,
        });
        const actor = { id: null, kind: "system", name: "set-up", credential: null } as const;
        const details = { team: team.name, owner: user.id, token: tokenId };
        await audit.record(tx, {
          teamId: team.id,
          actor,
          verb: "team.create",
          target: { kind: "team", id: team.id },
          origin: null,
          details,
        });
        return { team, user, token };
      });
    },

    /**
     * Who an `Authorization: Bearer` header belongs to. Read from the database each time, so that a removed member, a demotion
     * or an expiry bites on the next request. Throws `identity.unauthenticated`, the same for every reason.
     */
    recognise(header: string | undefined): RecognisedBearer {
      const bearer = parseBearer(header ?? "");
      const record = bearer && bearerByHash(bearer.kind, hasher.hash([CONTEXTS[bearer.kind], bearer.secret]).hash);
      if (bearer === undefined || record === undefined || record.role === null) throw identityErrors.unauthenticated();
      if (record.expiresAt !== null && clock.now() >= record.expiresAt) throw identityErrors.unauthenticated();
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
  };
}

export type Identity = ReturnType<typeof createIdentity>;
