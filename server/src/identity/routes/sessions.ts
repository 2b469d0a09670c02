import { createSession, deleteSession, listSessions } from "@latchkey/contract/sessions";
import { type BoundRoute, implement } from "../../http/call.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";
import type { TeamPrincipal } from "../model.ts";
import type { Identity } from "../service/identity.ts";
import { ownTeamShape } from "./team.ts";

export function sessionRoutes({ identity }: { identity: Identity }): BoundRoute[] {
  const { sessions } = identity;
  return [
    implement<null, typeof createSession>(createSession, async (call) => {
      const { email, password, team: wanted } = call.body();
      const { id, secret, expiresAt, team } = await sessions.signIn({ email, password, team: wanted ?? null }, call);
      const session = { id, secret: secret.reveal(), expires_at: toTimestamp(expiresAt) };
      return { status: 201, body: { session, team: ownTeamShape(team) } };
    }),
    implement<TeamPrincipal, typeof listSessions>(listSessions, async ({ caller }) => {
      const list = await sessions.list(caller);
      const uses = await identity.lastUses(list.map(({ id }) => id));
      const shape = (session: (typeof list)[number]) => {
        const lastUsedAt = uses.get(session.id);
        return {
          id: session.id,
          address: session.address,
          user_agent: session.userAgent,
          created_at: toTimestamp(session.createdAt),
          expires_at: toTimestamp(session.expiresAt),
          last_used_at: lastUsedAt === undefined ? null : toTimestamp(lastUsedAt),
          is_current: session.id === caller.credentialId,
        };
      };
      return { status: 200, body: { sessions: list.map(shape) } };
    }),
    implement<TeamPrincipal, typeof deleteSession>(deleteSession, async (call) => {
      await sessions.end({ caller: call.caller, origin: call }, call.params.session_id);
      return { status: 204 };
    }),
  ];
}
