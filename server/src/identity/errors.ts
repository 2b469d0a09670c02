import { defineErrors } from "../kernel/errors.ts";

export const identityErrors = defineErrors("identity", {
  unauthenticated: { status: 401, says: "Unable to authenticate you." },
  not_permitted: { status: 403, says: "You do not have permission to perform this action." },
  already_set_up: {
    status: 409,
    says: "This data folder already has a team. Its owner creates further tokens; a lost token cannot be shown again. For one more team, say --another.",
  },

  sign_in_refused: { status: 401, says: "E-mail or password is wrong." },
  no_team: { status: 403, says: "You belong to no team any more. Ask an owner of a team to invite you." },
  which_team: { status: 409, says: "You belong to several teams. Say which." },
  too_many_attempts: {
    status: 429,
    says: "Too many failed attempts. Wait a minute, then try again.",
    isRefusal: true,
  },
  busy: { status: 503, says: "Too many people are signing in at the moment. Try again in a few seconds." },
  session_not_found: { status: 404, says: "session not found" },

  wrong_password: { status: 403, says: "The current password is missing or wrong." },
  email_taken: { status: 409, says: "This e-mail address cannot be yours here. Choose another one." },
  no_account_for_machines: {
    status: 422,
    says: "A service identity has no account of its own. An owner of its team changes what it is called.",
  },
  no_password_for_machines: { status: 422, says: "A service identity signs in nowhere, so it has no password." },
  link_not_found: { status: 404, says: "This link is not valid, has expired or has been used. Ask for a new one." },
  person_not_found: { status: 404, says: "Nobody here has this e-mail address." },

  member_not_found: { status: 404, says: "member not found" },
  last_owner: {
    status: 422,
    says: "The team would be left without an owner. Make somebody else an owner first.",
  },
  already_member: { status: 409, says: "Somebody with this e-mail address is a member of the team already." },
  already_invited: {
    status: 409,
    says: "Somebody with this e-mail address has been invited already. Send that invitation again, or cancel it.",
  },
  invitation_not_found: { status: 404, says: "invitation not found" },

  token_not_found: { status: 404, says: "API token not found" },
  scope_exceeded: { status: 403, says: "A token cannot create one with scopes that it does not have itself." },
  token_outlives_maker: {
    status: 422,
    says: "A token cannot create one that lives longer than it was made to live itself.",
  },

  service_identity_not_found: { status: 404, says: "service identity not found" },
  service_identity_name_taken: { status: 409, says: "The team already has a service identity of that name." },
});
