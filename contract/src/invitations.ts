import { z } from "zod";
import { Lifetime } from "./access-keys.ts";
import { Email, GivenName, LinkSecret, NewPassword, RoleField } from "./people.ts";
import { route } from "./route.ts";
import { Timestamp } from "./shapes.ts";
import { OwnTeamShape } from "./team.ts";

const owners = {
  dialect: "digitalocean",
  credential: "token",
  scopes: ["function:admin"],
  permission: "member.manage",
} as const;
const InvitationParams = z.object({ invitation_id: z.string() });

const DAY_SECONDS = 86_400;
const DEFAULT_DAYS = 7;
const LONGEST_DAYS = 30;
const badLifetime = `Invalid request payload: expires_in must be a whole number of hours or days, ${LONGEST_DAYS}d at most`;

const invitationFields = {
  id: z.string(),
  email: z.string(),
  role: RoleField,
  invited_by: z.object({ id: z.string(), name: z.string() }),
  created_at: Timestamp,
  expires_at: Timestamp,
};
export const InvitationShape = z.object(invitationFields).meta({ id: "Invitation" });
export type InvitationShape = z.infer<typeof InvitationShape>;

/** An invitation in an answer that may have to carry its link. */
export const InvitationWithLinkShape = z
  .object({
    ...invitationFields,
    link: z.string().nullable().meta({
      description: "To be passed on to the person; null when it was sent by e-mail. Shown this one time.",
      "x-secret": true,
    }),
  })
  .meta({ id: "InvitationWithLink" });

export const createInvitation = route({
  ...owners,
  id: "invitation.create",
  summary: "Invite somebody to the team by e-mail",
  method: "POST",
  path: "/v2/team/invitations",
  body: z
    .object(
      {
        email: Email,
        role: RoleField,
        expires_in: z
          .preprocess(
            (value) => value ?? `${DEFAULT_DAYS}d`,
            Lifetime.refine((seconds) => seconds !== null && seconds <= LONGEST_DAYS * DAY_SECONDS, badLifetime),
          )
          .optional()
          .transform((seconds) => seconds ?? DEFAULT_DAYS * DAY_SECONDS)
          .meta({ type: "string", description: "Hours or days: 12h, 7d (unless said), 30d at most.", example: "7d" }),
      },
      { error: "Invalid request payload: missing email field" },
    )
    .meta({ id: "CreateInvitation" }),
  answers: { 201: z.object({ invitation: InvitationWithLinkShape }) },
  errors: [400, 403, 409],
});

export const listInvitations = route({
  ...owners,
  id: "invitation.list",
  summary: "List the invitations that nobody has accepted yet",
  method: "GET",
  path: "/v2/team/invitations",
  answers: { 200: z.object({ invitations: z.array(InvitationShape) }) },
  errors: [403],
});

export const resendInvitation = route({
  ...owners,
  id: "invitation.resend",
  summary: "Send an invitation again, with a new link; the old one ends",
  method: "POST",
  path: "/v2/team/invitations/{invitation_id}/resend",
  params: InvitationParams,
  answers: { 200: z.object({ invitation: InvitationWithLinkShape }) },
  errors: [403, 404],
});

export const cancelInvitation = route({
  ...owners,
  id: "invitation.cancel",
  summary: "Cancel an invitation; its link ends",
  method: "DELETE",
  path: "/v2/team/invitations/{invitation_id}",
  params: InvitationParams,
  answers: { 204: null },
  errors: [403, 404],
});

/** Somebody new chooses a name and a password; somebody who is in another team already proves theirs. */
export const acceptInvitation = route({
  id: "invitation.accept",
  summary: "Accept an invitation with the secret of its link",
  method: "POST",
  path: "/v2/invitations/accept",
  dialect: "digitalocean",
  credential: "none",
  body: z
    .object(
      { secret: LinkSecret, name: GivenName.optional(), password: NewPassword },
      { error: "Invalid request payload: missing secret field" },
    )
    .meta({ id: "AcceptInvitation" }),
  answers: { 201: z.object({ team: OwnTeamShape, email: z.string() }) },
  errors: [400, 401, 404, 409],
});

/** It takes the secret out of its own address and posts it, with what is typed there, to `invitation.accept`. */
export const getInvitationPage = route({
  id: "invitation.page",
  summary: "Accept an invitation in a browser: where its link leads",
  method: "GET",
  path: "/invitations",
  dialect: "digitalocean",
  credential: "none",
  answers: { 200: z.file().mime("text/html") },
  errors: [],
});
