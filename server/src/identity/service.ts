import type { Audit } from "../audit/index.ts";
import type { Clock, EpochMs } from "../kernel/clock.ts";
import { type Random, randomHex } from "../kernel/random.ts";
import { Secret } from "../kernel/secret.ts";
import type { SecretHasher } from "../kernel/secret-hash.ts";
import type { Store } from "../store/store.ts";
import { identityErrors } from "./errors.ts";
import {
  type ApiTokenId,
  impliedScopes,
  parseApiToken,
  SCOPES,
  type TeamId,
  type TeamPrincipal,
  type UserId,
} from "./model.ts";
import { hasTeam, insertApiToken, insertMembership, insertPerson, insertTeam, prepareTokenByHash } from "./queries.ts";

export type FirstTeam = {
  readonly team: { readonly id: TeamId; readonly name: string };
  readonly user: { readonly id: UserId; readonly name: string; readonly email: string };
  /** Shown once; only its hash is stored. */
  readonly token: Secret;
};

/** A token's caller together with what `/v1/oauth/token/info` says of the token. */
export type RecognisedToken = TeamPrincipal & { readonly expiresAt: EpochMs | null; readonly createdAt: EpochMs };

const BEARER = /^Bearer +(\S+) *$/i;

/** People, teams and API tokens: who somebody is, and what they are to a team. */
export function createIdentity(deps: {
  store: Store;
  clock: Clock;
  random: Random;
  hasher: SecretHasher;
  audit: Audit;
}) {
  const { store, clock, random, hasher, audit } = deps;
  const tokenByHash = prepareTokenByHash(store.committed);

  return {
    hasTeam: (): Promise<boolean> => hasTeam(store.db),

    /** Sets an empty store up: a team, its owner, and a token of theirs with every scope. Throws `identity.already_set_up`. */
    createFirstTeam(input: { teamName: string; email: string; name: string }): Promise<FirstTeam> {
      const at = clock.now();
      const team = { id: random.uuid() as TeamId, name: input.teamName };
      const user = { id: random.uuid() as UserId, name: input.name, email: input.email };
      const tokenId = random.uuid() as ApiTokenId;
      const token = new Secret(`dop_v1_${randomHex(random, 32)}`);
      return store.transaction(async (tx) => {
        if (await hasTeam(tx)) throw identityErrors.already_set_up();
        await insertTeam(tx, { ...team, at });
        await insertPerson(tx, { ...user, at });
        await insertMembership(tx, { teamId: team.id, userId: user.id, role: "owner", at });
        const secret = hasher.hash(["api_token", token.reveal()]);
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
    recognise(header: string | undefined): RecognisedToken {
      const token = parseApiToken(BEARER.exec(header ?? "")?.[1] ?? "");
      const record = token === undefined ? undefined : tokenByHash(hasher.hash(["api_token", token]).hash);
      if (record === undefined || record.role === null) throw identityErrors.unauthenticated();
      if (record.expiresAt !== null && clock.now() >= record.expiresAt) throw identityErrors.unauthenticated();
      return {
        user: record.user,
        teamId: record.teamId,
        role: record.role,
        credentialKind: "token",
        credentialId: record.id,
        scopes: impliedScopes(record.scopes),
        expiresAt: record.expiresAt,
        createdAt: record.createdAt,
      };
    },
  };
}

export type Identity = ReturnType<typeof createIdentity>;
