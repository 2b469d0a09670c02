import { z } from "zod";
import { route } from "./route.ts";

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
