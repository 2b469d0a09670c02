import { type JsonSchema, NAMED_SCHEMAS } from "./json-schemas.ts";
import type { Dialect, RouteDescription } from "./route.ts";

/** A response of the API document, or a reference to a shared one. */
export type OpenApiResponse = { readonly [field: string]: unknown };

const header = (description: string, schema: JsonSchema) => ({ description, schema });

/** Headers that many answers carry, by their name on the wire. */
export const SHARED_HEADERS = {
  "ratelimit-limit": header("Requests a token may make in an hour.", { type: "integer" }),
  "ratelimit-remaining": header("How many of them are left.", { type: "integer" }),
  "ratelimit-reset": header("Unix time in seconds at which the oldest counted request stops counting.", {
    type: "integer",
  }),
  "retry-after": header("Seconds to wait. Left out when the hourly limit was reached.", { type: "integer" }),
  "x-request-id": header("Names this request; quote it when asking for help.", { type: "string" }),
  "www-authenticate": header("The scheme of the credential that is missing.", { type: "string" }),
};
type SharedHeader = keyof typeof SHARED_HEADERS;

const EVERY_ANSWER: Readonly<Record<Dialect, readonly SharedHeader[]>> = {
  digitalocean: ["x-request-id", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"],
  openwhisk: ["x-request-id"],
};

/** References to the headers of every answer in this dialect, and to `more`. */
export function headersOf(dialect: Dialect, more: readonly SharedHeader[] = []): OpenApiResponse {
  const names = [...EVERY_ANSWER[dialect], ...more];
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

const MEANINGS: Readonly<Record<number, string>> = {
  400: "The request is malformed, or a field is missing or invalid.",
  401: "No credential, or one that is unknown, expired or revoked.",
  403: "The credential is valid, but does not allow this.",
  404: "There is no such thing, or it is not yours.",
  409: "It conflicts with what is already there.",
  413: "The request is larger than the server accepts.",
  415: "The body is not sent as `application/json`.",
  422: "The request is understood, but a limit or a rule forbids it.",
  429: "Too many requests.",
  500: "The server failed.",
  502: "The function failed.",
  503: "The server cannot answer right now.",
};

const BODIES: Readonly<Record<Dialect, string>> = { digitalocean: "Error", openwhisk: "OpenWhiskError" };

/** The statuses of errors that a caller of this route has to expect, smallest first. */
export function errorStatuses({ credential, errors }: RouteDescription): number[] {
  const always = credential === "none" ? [500] : [401, 429, 500];
  return [...new Set([...errors, ...always])].sort((one, other) => one - other);
}

const nameOf = (dialect: Dialect, status: number | "default"): string => `${dialect}.${status}`;

/** Refers to the shared response for this error. */
export const errorReference = (dialect: Dialect, status: number | "default"): OpenApiResponse => ({
  $ref: `#/components/responses/${nameOf(dialect, status)}`,
});

/** Every error response that the routes refer to, by name. Throws for a status that nobody has given a meaning. */
export function sharedErrors(routes: readonly RouteDescription[]): Record<string, OpenApiResponse> {
  const shared: Record<string, OpenApiResponse> = {};
  for (const route of routes) {
    const { dialect } = route;
    for (const status of errorStatuses(route)) shared[nameOf(dialect, status)] ??= errorResponse(dialect, status);
    shared[nameOf(dialect, "default")] ??= response(dialect, "Any other error, in the shape of them all.", []);
  }
  return shared;
}

function errorResponse(dialect: Dialect, status: number): OpenApiResponse {
  const meaning = MEANINGS[status];
  if (meaning === undefined) throw new Error(`openapi-errors.ts does not say what an error of status ${status} means`);
  if (status === 429) return response(dialect, meaning, ["retry-after"]);
  return response(dialect, meaning, status === 401 && dialect === "openwhisk" ? ["www-authenticate"] : []);
}

const response = (dialect: Dialect, description: string, more: readonly SharedHeader[]): OpenApiResponse => ({
  description,
  headers: headersOf(dialect, more),
  content: { "application/json": { schema: { $ref: `${NAMED_SCHEMAS}${BODIES[dialect]}` } } },
});
