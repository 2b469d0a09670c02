import { z } from "zod";
import { route } from "./route.ts";

/** Answers as soon as requests are served. */
export const getHealth = route({
  id: "operations.health",
  summary: "Say that the server is up",
  method: "GET",
  path: "/healthz",
  dialect: "digitalocean",
  credential: "none",
  answers: { 200: z.object({ status: z.literal("ok") }) },
  errors: [],
});
