import { z } from "zod";
import { route } from "./route.ts";

/** What operators and the curious ask of any server: nothing of a team's, so no credential is asked for. */
const open = { method: "GET", dialect: "digitalocean", credential: "none" } as const;

/** Answers as soon as requests are served. */
export const getHealth = route({
  ...open,
  id: "operations.health",
  summary: "Say that the server is up",
  path: "/healthz",
  answers: { 200: z.object({ status: z.literal("ok") }) },
  errors: [],
});

/** What load balancers in front of OpenWhisk ask for (openwhisk-api 1.1). */
export const getPing = route({
  ...open,
  id: "operations.ping",
  summary: "Say pong",
  path: "/ping",
  answers: { 200: z.file().mime("text/plain") },
  errors: [],
});

/** Made from the route descriptions by `scripts/write-openapi.ts`. */
export const getApiDocument = route({
  ...open,
  id: "operations.apiDocument",
  summary: "Get this API's description as OpenAPI 3.1",
  path: "/openapi.json",
  answers: { 200: z.looseObject({ openapi: z.string() }) },
  errors: [],
});

export const getApiPage = route({
  ...open,
  id: "operations.apiPage",
  summary: "Read this API's description in a browser",
  path: "/docs/api",
  answers: { 200: z.file().mime("text/html") },
  errors: [],
});

export const getApiPagePart = route({
  ...open,
  id: "operations.apiPagePart",
  summary: "Get a script or style sheet of the page",
  path: "/docs/api/{file}",
  params: z.object({ file: z.string() }),
  answers: { 200: z.file().mime(["text/javascript", "text/css"]) },
  errors: [404],
});
