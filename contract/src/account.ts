import { z } from "zod";
import { Email, GivenEmail, GivenName, GivenPassword, LinkSecret, NewPassword, RoleField } from "./people.ts";
import { route, SCOPES } from "./route.ts";
import { Timestamp } from "./shapes.ts";
import { TeamShape } from "./team.ts";

export const AccountShape = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(["person", "service"]),
    email: z.string().nullable().meta({ description: "Null for a service identity." }),
    has_password: z.boolean(),
    team: TeamShape,
    role: RoleField,
    credential: z.object({
      kind: z.enum(["token", "session"]),
      id: z.string(),
      scopes: z.array(z.enum(SCOPES)).meta({ description: "What the credential's scopes and the role allow both." }),
      expires_at: Timestamp.nullable(),
    }),
  })
  .meta({ id: "Account" });
export type AccountShape = z.infer<typeof AccountShape>;

export const getAccount = route({
  id: "account.get",
  summary: "Say who you are, in which team, through what",
  method: "GET",
  path: "/v2/account",
  dialect: "digitalocean",
  credential: "token",
  permission: "account.manage",
  answers: { 200: z.object({ account: AccountShape }) },
  errors: [],
});

/** What is left out stays as it is. */
export const updateAccount = route({
  id: "account.update",
  summary: "Change your name or your e-mail address",
  method: "PUT",
  path: "/v2/account",
  dialect: "digitalocean",
  credential: "token",
  scopes: ["function:admin"],
  permission: "account.manage",
  body: z
    .object(
      {
        name: GivenName.optional(),
        email: Email.optional().meta({ description: "What you sign in with, and where mail for you goes." }),
        current_password: GivenPassword.optional().meta({
          description: "Needed with an address, once you have a password.",
          "x-secret": true,
        }),
      },
      { error: "Invalid request payload: nothing to change" },
    )
    .refine(({ name, email }) => name !== undefined || email !== undefined, {
      error: "Invalid request payload: nothing to change",
    })
    .meta({ id: "UpdateAccount" }),
  answers: { 200: z.object({ account: AccountShape }) },
  errors: [400, 403, 409, 422, 503],
});

/** Your other sessions end, in every team. */
export const setPassword = route({
  id: "account.setPassword",
  summary: "Set or change your password",
  method: "PUT",
  path: "/v2/account/password",
  dialect: "digitalocean",
  credential: "token",
  scopes: ["function:admin"],
  permission: "account.manage",
  body: z
    .object(
      {
        current_password: GivenPassword.optional().meta({
          description: "Needed once there is one.",
          "x-secret": true,
        }),
        new_password: NewPassword,
      },
      { error: "Invalid request payload: missing new_password field" },
    )
    .meta({ id: "SetPassword" }),
  answers: { 204: null },
  errors: [400, 403, 422, 503],
});

/** The answer is the same whether or not there is such a person. */
export const requestPasswordReset = route({
  id: "passwordReset.request",
  summary: "Ask for a link to choose a new password, by e-mail",
  method: "POST",
  path: "/v2/password-resets",
  dialect: "digitalocean",
  credential: "none",
  body: z
    .object({ email: GivenEmail }, { error: "Invalid request payload: missing email field" })
    .meta({ id: "RequestPasswordReset" }),
  answers: { 202: z.object({}) },
  errors: [400],
});

export const redeemPasswordReset = route({
  id: "passwordReset.redeem",
  summary: "Choose a new password with the secret of a link; all your sessions end",
  method: "POST",
  path: "/v2/password-resets/redeem",
  dialect: "digitalocean",
  credential: "none",
  body: z
    .object(
      { secret: LinkSecret, new_password: NewPassword },
      { error: "Invalid request payload: missing secret field" },
    )
    .meta({ id: "RedeemPasswordReset" }),
  answers: { 204: null },
  errors: [400, 404, 503],
});

/** It takes the secret out of its own address and posts it, with the password that is typed there, to `passwordReset.redeem`. */
export const getPasswordResetPage = route({
  id: "passwordReset.page",
  summary: "Choose a new password in a browser: where the link leads",
  method: "GET",
  path: "/password-resets",
  dialect: "digitalocean",
  credential: "none",
  answers: { 200: z.file().mime("text/html") },
  errors: [],
});
