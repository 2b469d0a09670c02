import type { Secret } from "../../kernel/secret.ts";
import { wholeSecond } from "../../kernel/timestamp.ts";
import type { Db, Tx } from "../../store/transaction.ts";
import { identityErrors } from "../errors.ts";
import { type ApiTokenId, may, type Scope, type TeamPrincipal, type User } from "../model.ts";
import { findIdentity } from "../queries/service-identities.ts";
import {
  type ApiToken,
  deleteToken,
  findToken,
  insertApiToken,
  listTokens,
  updateTokenName,
} from "../queries/tokens.ts";
import { hashedParts, newSecret } from "../secrets.ts";
import { type Cause, type Ground, recordChange, requireStanding } from "./ground.ts";
import type { Uses } from "./uses.ts";

export type NewToken = {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null for a token that never expires. */
  readonly lifetimeSeconds: number | null;
};
export type IssuedToken = { readonly token: ApiToken; readonly secret: Secret };

/** API tokens: what programs present in the name of a person or of a service identity. */
export function createTokens(ground: Ground, uses: Uses) {
  const { store, clock, random, hasher } = ground;

  const issueTo = async (tx: Tx, cause: Cause, owner: User, input: NewToken): Promise<IssuedToken> => {
    const { caller } = cause;
    if (input.scopes.some((scope) => !caller.scopes.has(scope))) throw identityErrors.scope_exceeded();
    await requireNoLonger(tx, caller, input.lifetimeSeconds);
    const at = wholeSecond(clock.now());
    const token: ApiToken = {
      id: random.uuid() as ApiTokenId,
      owner,
      name: input.name,
      scopes: input.scopes,
      expiresAt: input.lifetimeSeconds === null ? null : at + input.lifetimeSeconds * 1000,
      createdAt: at,
    };
    const secret = newSecret("token", random);
    const hash = hasher.hash(hashedParts("token", secret));
    await insertApiToken(tx, { ...token, teamId: caller.teamId, userId: owner.id, secret: hash, at });
    const details = { name: token.name, owner: owner.id, scopes: token.scopes, expires_at: token.expiresAt };
    await record(tx, cause, "api_token.create", token.id, details);
    return { token, secret };
  };

  /**
   * What was given for an hour must not make itself permanent; that it may be made anew for another hour is what rotation needs.
   * So it is the length for which a token was made that counts, not what is left of it.
   */
  const requireNoLonger = async (tx: Tx, caller: TeamPrincipal, lifetimeSeconds: number | null): Promise<void> => {
    if (caller.credentialKind !== "token") return;
    const maker = await findToken(tx, caller.teamId, caller.credentialId);
    if (maker === undefined) throw identityErrors.unauthenticated();
    if (maker.expiresAt === null) return;
    const longest = (maker.expiresAt - maker.createdAt) / 1000;
    if (lifetimeSeconds !== null && lifetimeSeconds <= longest) return;
    throw identityErrors.token_outlives_maker({
      says: `A token cannot create one that lives longer than it was made to live itself: ${longest / 3600}h.`,
    });
  };

  const record = (tx: Tx, cause: Cause, verb: string, id: ApiTokenId, details: Record<string, unknown>) =>
    recordChange(ground, tx, cause, { verb, target: { kind: "api_token", id }, feed: "api_token", details });

  /** One of the caller's own; with `everybodys`, any of the team. What is not theirs to see does not exist. */
  const requireToken = async (
    db: Db | Tx,
    caller: TeamPrincipal,
    id: string,
    everybodys: boolean,
  ): Promise<ApiToken> => {
    const found = await findToken(db, caller.teamId, id);
    if (found === undefined || !(everybodys || found.owner.id === caller.user.id))
      throw identityErrors.token_not_found();
    return found;
  };

  return {
    /** Issues a token to the caller. Throws `identity.scope_exceeded`, `identity.token_outlives_maker`. */
    create: (cause: Cause, input: NewToken): Promise<IssuedToken> =>
      store.transaction(async (tx) => {
        await requireStanding(tx, cause.caller, "account.manage");
        return issueTo(tx, cause, cause.caller.user, input);
      }),

    /** Issues a token to a service identity of the caller's team; throws the same. */
    createFor: (cause: Cause, serviceIdentityId: string, input: NewToken): Promise<IssuedToken> =>
      store.transaction(async (tx) => {
        await requireStanding(tx, cause.caller, "service_identity.manage");
        const identity = await findIdentity(tx, cause.caller.teamId, serviceIdentityId);
        if (identity === undefined) throw identityErrors.service_identity_not_found();
        return issueTo(tx, cause, identity.user, input);
      }),

    /** The caller's own tokens, or the whole team's. Throws `identity.not_permitted`. */
    async list(caller: TeamPrincipal, all: boolean): Promise<ApiToken[]> {
      if (all && !may(caller, "token.manage")) throw identityErrors.not_permitted();
      return listTokens(store.db, caller.teamId, all ? "everybody" : caller.user.id);
    },

    requireOwn: (caller: TeamPrincipal, id: string): Promise<ApiToken> => requireToken(store.db, caller, id, false),

    rename: (cause: Cause, id: string, name: string): Promise<ApiToken> =>
      store.transaction(async (tx) => {
        await requireStanding(tx, cause.caller, "account.manage");
        const token = await requireToken(tx, cause.caller, id, false);
        await updateTokenName(tx, token.id, name);
        await record(tx, cause, "api_token.rename", token.id, { name, previous_name: token.name });
        return { ...token, name };
      }),

    /** Deletes a token: no request that starts after this resolves is accepted with it. */
    async delete(cause: Cause, id: string): Promise<void> {
      const deleted = await store.transaction(async (tx) => {
        const { caller } = cause;
        await requireStanding(tx, caller, "account.manage");
        const token = await requireToken(tx, caller, id, may(caller, "token.manage"));
        await deleteToken(tx, token.id);
        await record(tx, cause, "api_token.delete", token.id, { name: token.name, owner: token.owner.id });
        return token.id;
      });
      uses.forget([deleted]);
    },
  };
}
