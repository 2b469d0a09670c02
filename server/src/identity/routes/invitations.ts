import {
  acceptInvitation,
  cancelInvitation,
  createInvitation,
  getInvitationPage,
  type InvitationShape,
  listInvitations,
  resendInvitation,
} from "@latchkey/contract/invitations";
import { type BoundRoute, implement } from "../../http/call.ts";
import { toTimestamp } from "../../kernel/timestamp.ts";
import type { TeamPrincipal } from "../model.ts";
import type { Identity } from "../service/identity.ts";
import type { SentInvitation } from "../service/invitations.ts";
import { invitationPage } from "./link-pages.ts";
import { ownTeamShape } from "./team.ts";

const shape = (invitation: SentInvitation["invitation"]): InvitationShape => ({
  id: invitation.id,
  email: invitation.email,
  role: invitation.role,
  invited_by: { id: invitation.invitedBy.id, name: invitation.invitedBy.name },
  created_at: toTimestamp(invitation.createdAt),
  expires_at: toTimestamp(invitation.expiresAt),
});

const withLink = ({ invitation, link }: SentInvitation) => ({
  invitation: { ...shape(invitation), link: link?.reveal() ?? null },
});

export function invitationRoutes({ identity: { invitations } }: { identity: Identity }): BoundRoute[] {
  return [
    implement<TeamPrincipal, typeof createInvitation>(createInvitation, async (call) => {
      const { email, role, expires_in: lifetimeSeconds } = call.body();
      const sent = await invitations.create({ caller: call.caller, origin: call }, { email, role, lifetimeSeconds });
      return { status: 201, body: withLink(sent) };
    }),
    implement<TeamPrincipal, typeof listInvitations>(listInvitations, async ({ caller }) => ({
      status: 200,
      body: { invitations: (await invitations.list(caller)).map(shape) },
    })),
    implement<TeamPrincipal, typeof resendInvitation>(resendInvitation, async (call) => ({
      status: 200,
      body: withLink(await invitations.resend({ caller: call.caller, origin: call }, call.params.invitation_id)),
    })),
    implement<TeamPrincipal, typeof cancelInvitation>(cancelInvitation, async (call) => {
      await invitations.cancel({ caller: call.caller, origin: call }, call.params.invitation_id);
      return { status: 204 };
    }),
    implement<null, typeof acceptInvitation>(acceptInvitation, async (call) => {
      const { secret, name, password } = call.body();
      const { team, email } = await invitations.accept({ secret, name: name ?? null, password }, call);
      return { status: 201, body: { team: ownTeamShape(team), email } };
    }),
    implement<null, typeof getInvitationPage>(getInvitationPage, async () => ({
      status: 200,
      ...(await invitationPage()),
    })),
  ];
}
