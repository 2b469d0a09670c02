import { getTokenInfo } from "@latchkey/contract/identity";
import { type BoundRoute, implement } from "../../http/call.ts";
import type { Clock } from "../../kernel/clock.ts";
import { scopesOf } from "../model.ts";
import type { RecognisedBearer } from "../service/identity.ts";

export function identityRoutes(deps: { clock: Clock }): BoundRoute[] {
  return [
    implement<RecognisedBearer, typeof getTokenInfo>(getTokenInfo, ({ caller }) => ({
      status: 200,
      body: {
        // Clients decode an integer: the first 48 bits of the user's UUID are one, and stay the same for a user.
        resource_owner_id: Number.parseInt(caller.user.id.replaceAll("-", "").slice(0, 12), 16),
        scopes: [...scopesOf(caller)],
        expires_in_seconds: caller.expiresAt === null ? null : Math.floor((caller.expiresAt - deps.clock.now()) / 1000),
        application: { uid: "latchkey" },
        created_at: Math.floor(caller.createdAt / 1000),
      },
    })),
  ];
}
