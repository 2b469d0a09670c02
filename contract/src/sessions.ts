import { z } from "zod";
import { GivenEmail, GivenPassword } from "./people.ts";
import { route } from "./route.ts";
import { Timestamp } from "./shapes.ts";
import { OwnTeamShape } from "./team.ts";

const own = {
  dialect: "digitalocean",
  credential: "token",
  scopes: ["function:admin"],
  permission: "account.manage",
} as const;

const sessionFields = {
  id: z.string(),
  address: z.string().meta({ description: "From where you signed in." }),
  user_agent: z.string(),
  created_at: Timestamp,
  expires_at: Timestamp,
  last_used_at: Timestamp.nullable(),
  is_current: z.boolean().meta({ description: "Whether it is the one that asks." }),
};
export const SessionShape = z.object(sessionFields).meta({ id: "Session" });
export type SessionShape = z.infer<typeof SessionShape>;

export const createSession = route({
  id: "session.create",
  summary: "Sign in with e-mail and password",
  method: "POST",
  path: "/v2/sessions",
  dialect: "digitalocean",
  credential: "none",
  body: z
    .object(
      {
        email: GivenEmail,
        password: GivenPassword,
        team: z
          .string()
          .max(255)
          .optional()
          .meta({ description: "Id or name of the team; needed by who belongs to several." }),
      },
      { error: "Invalid request payload: missing email field" },
    )
    .meta({ id: "CreateSession" }),
  answers: {
    201: z.object({
      session: z.object({
        id: z.string(),
        secret: z.string().meta({
          description: "To be sent as `Authorization: Bearer …`, as an API token is. Shown this one time.",
          "x-secret": true,
        }),
        expires_at: Timestamp,
      }),
      team: OwnTeamShape,
    }),
  },
  errors: [400, 401, 403, 409, 503],
});

export const listSessions = route({
  ...own,
  id: "session.list",
  summary: "List your sessions in this team",
  method: "GET",
  path: "/v2/sessions",
  answers: { 200: z.object({ sessions: z.array(SessionShape) }) },
  errors: [403],
});

export const deleteSession = route({
  ...own,
  id: "session.delete",
  summary: "End one of your sessions in this team; `current` is the one that asks",
  method: "DELETE",
  path: "/v2/sessions/{session_id}",
  params: z.object({ session_id: z.string() }),
  answers: { 204: null },
  errors: [403, 404],
});
