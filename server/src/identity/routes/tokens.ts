import type { AnswerableOwner } from "@latchkey/contract/shapes";
import {
  type ApiTokenShape,
  createApiToken,
  deleteApiToken,
  getTokenInfo,
  listApiTokens,
  renameApiToken,
} from "@latchkey/contract/tokens";
import { type BoundRoute, implement } from "../../http/call.ts";
import type { Clock, EpochMs } from "../../kernel/clock.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";
import { scopesOf, type TeamPrincipal } from "../model.ts";
import type { Identity, RecognisedBearer } from "../service/identity.ts";
import type { IssuedToken } from "../service/tokens.ts";
import { showOwners } from "./owners.ts";

type Token = IssuedToken["token"];

const shape = (token: Token, owner: AnswerableOwner, lastUsedAt: EpochMs | undefined): ApiTokenShape => ({
  id: token.id,
  name: token.name,
  scopes: [...token.scopes],
  owner,
  created_at: toTimestamp(token.createdAt),
  expires_at: token.expiresAt === null ? null : toTimestamp(token.expiresAt),
  last_used_at: lastUsedAt === undefined ? null : toTimestamp(lastUsedAt),
});

/** A token in the one answer that shows it. */
export async function issuedShape(identity: Identity, { token, secret }: IssuedToken) {
  const show = await showOwners(identity, [token.owner]);
  return { ...shape(token, show(token.owner), undefined), secret: secret.reveal() };
}

/** Tokens as lists show them. */
async function tokenShapes(identity: Identity, tokens: readonly Token[]): Promise<ApiTokenShape[]> {
  const uses = await identity.lastUses(tokens.map(({ id }) => id));
  const show = await showOwners(
    identity,
    tokens.map(({ owner }) => owner),
  );
  return tokens.map((token) => shape(token, show(token.owner), uses.get(token.id)));
}

export function tokenRoutes({ identity, clock }: { identity: Identity; clock: Clock }): BoundRoute[] {
  const { tokens } = identity;
  return [
    implement<RecognisedBearer, typeof getTokenInfo>(getTokenInfo, ({ caller }) => ({
      status: 200,
      body: {
        // Clients decode an integer: the first 48 bits of the user's UUID are one, and stay the same for a user.
        resource_owner_id: Number.parseInt(caller.user.id.replaceAll("-", "").slice(0, 12), 16),
        scopes: [...scopesOf(caller)],
        expires_in_seconds: caller.expiresAt === null ? null : Math.floor((caller.expiresAt - clock.now()) / 1000),
        application: { uid: "latchkey" },
        created_at: Math.floor(caller.createdAt / 1000),
      },
    })),
    implement<TeamPrincipal, typeof createApiToken>(createApiToken, async (call) => {
      const { name, scopes, expires_in: lifetimeSeconds } = call.body();
      const issued = await tokens.create({ caller: call.caller, origin: call }, { name, scopes, lifetimeSeconds });
      return { status: 201, body: { api_token: await issuedShape(identity, issued) } };
    }),
    implement<TeamPrincipal, typeof listApiTokens>(listApiTokens, async ({ caller, query }) => {
      const list = await tokens.list(caller, query.all);
      return { status: 200, body: { api_tokens: await tokenShapes(identity, list) } };
    }),
    implement<TeamPrincipal, typeof renameApiToken>(renameApiToken, async (call) => {
      const { id } = await tokens.requireOwn(call.caller, call.params.token_id);
      const token = await tokens.rename({ caller: call.caller, origin: call }, id, call.body().name);
      const [uses, show] = [await identity.lastUses([token.id]), await showOwners(identity, [token.owner])];
      return { status: 200, body: { api_token: shape(token, show(token.owner), uses.get(token.id)) } };
    }),
    implement<TeamPrincipal, typeof deleteApiToken>(deleteApiToken, async (call) => {
      await tokens.delete({ caller: call.caller, origin: call }, call.params.token_id);
      return { status: 204 };
    }),
  ];
}
