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

const shape = (token: IssuedToken["token"], lastUsedAt: EpochMs | undefined): ApiTokenShape => ({
  id: token.id,
  name: token.name,
  scopes: [...token.scopes],
  owner: token.owner,
  created_at: toTimestamp(token.createdAt),
  expires_at: token.expiresAt === null ? null : toTimestamp(token.expiresAt),
  last_used_at: lastUsedAt === undefined ? null : toTimestamp(lastUsedAt),
});

/** A token in the one answer that shows it. */
export const issuedShape = ({ token, secret }: IssuedToken) => ({
  ...shape(token, undefined),
  secret: secret.reveal(),
});

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
      return { status: 201, body: { api_token: issuedShape(issued) } };
    }),
    implement<TeamPrincipal, typeof listApiTokens>(listApiTokens, async ({ caller, query }) => {
      const list = await tokens.list(caller, query.all);
      const uses = await identity.lastUses(list.map(({ id }) => id));
      return { status: 200, body: { api_tokens: list.map((token) => shape(token, uses.get(token.id))) } };
    }),
    implement<TeamPrincipal, typeof renameApiToken>(renameApiToken, async (call) => {
      const { id } = await tokens.requireOwn(call.caller, call.params.token_id);
      const token = await tokens.rename({ caller: call.caller, origin: call }, id, call.body().name);
      const uses = await identity.lastUses([token.id]);
      return { status: 200, body: { api_token: shape(token, uses.get(token.id)) } };
    }),
    implement<TeamPrincipal, typeof deleteApiToken>(deleteApiToken, async (call) => {
      await tokens.delete({ caller: call.caller, origin: call }, call.params.token_id);
      return { status: 204 };
    }),
  ];
}
