import { z } from "zod";
import { Lifetime } from "./access-keys.ts";
import { GivenName } from "./people.ts";
import { route, SCOPES } from "./route.ts";
import { AnswerableOwner, Timestamp } from "./shapes.ts";

const own = {
  dialect: "digitalocean",
  credential: "token",
  scopes: ["function:admin"],
  permission: "account.manage",
} as const;
const TokenParams = z.object({ token_id: z.string() });
const missingName = "Invalid request payload: missing name field";

const tokenFields = {
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  owner: AnswerableOwner,
  created_at: Timestamp,
  expires_at: Timestamp.nullable(),
  last_used_at: Timestamp.nullable(),
};
/** An API token as lists show it: everything but the token itself. */
export const ApiTokenShape = z.object(tokenFields).meta({ id: "ApiToken" });
export type ApiTokenShape = z.infer<typeof ApiTokenShape>;

/** An API token in the one answer that shows it. */
export const ApiTokenWithSecretShape = z
  .object({
    ...tokenFields,
    secret: z.string().meta({
      description: "The token itself. Shown this one time; only a keyed hash of it is stored.",
      "x-secret": true,
    }),
  })
  .meta({ id: "ApiTokenWithSecret" });

export const CreateApiTokenBody = z
  .object(
    {
      name: GivenName,
      scopes: z
        .array(z.enum(SCOPES, { error: `Invalid request payload: scopes must be some of ${SCOPES.join(", ")}` }), {
          error: "Invalid request payload: missing scopes field",
        })
        .min(1, "Invalid request payload: scopes must not be empty")
        .transform((scopes) => SCOPES.filter((scope) => scopes.includes(scope))),
      expires_in: Lifetime.optional().transform((seconds) => seconds ?? null),
    },
    { error: missingName },
  )
  .meta({ id: "CreateApiToken" });

/** What `doctl auth init --token-validation-server` asks (do-functions-api 1.4). */
export const getTokenInfo = route({
  id: "token.info",
  summary: "Say what the presented token is",
  method: "GET",
  path: "/v1/oauth/token/info",
  dialect: "digitalocean",
  credential: "token",
  permission: "account.manage",
  answers: {
    200: z.object({
      resource_owner_id: z.int(),
      scopes: z.array(z.string()),
      expires_in_seconds: z.int().nullable(),
      application: z.object({ uid: z.string() }),
      created_at: z.int().meta({ description: "Unix time in seconds." }),
    }),
  },
  errors: [],
});

export const createApiToken = route({
  ...own,
  id: "apiToken.create",
  summary: "Create an API token of your own; the answer shows it, once",
  method: "POST",
  path: "/v2/tokens",
  body: CreateApiTokenBody,
  answers: { 201: z.object({ api_token: ApiTokenWithSecretShape }) },
  errors: [400, 403, 422],
});

export const listApiTokens = route({
  ...own,
  id: "apiToken.list",
  summary: "List your API tokens in this team; an owner may list everybody's",
  method: "GET",
  path: "/v2/tokens",
  query: z.object({
    all: z
      .enum(["true", "false"], { error: "all must be true or false" })
      .default("false")
      .transform((text) => text === "true")
      .meta({ description: "Everybody's, service identities' included; for owners." }),
  }),
  answers: { 200: z.object({ api_tokens: z.array(ApiTokenShape) }) },
  errors: [400, 403],
});

export const renameApiToken = route({
  ...own,
  id: "apiToken.rename",
  summary: "Rename an API token of yours",
  method: "PUT",
  path: "/v2/tokens/{token_id}",
  params: TokenParams,
  body: z.object({ name: GivenName }, { error: missingName }).meta({ id: "RenameApiToken" }),
  answers: { 200: z.object({ api_token: ApiTokenShape }) },
  errors: [400, 403, 404],
});

export const deleteApiToken = route({
  ...own,
  id: "apiToken.delete",
  summary: "Delete an API token, at once and for good; an owner may delete anybody's",
  method: "DELETE",
  path: "/v2/tokens/{token_id}",
  params: TokenParams,
  answers: { 204: null },
  errors: [403, 404],
});
