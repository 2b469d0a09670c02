import type { z } from "zod";
import type { Permission } from "./permissions.ts";

/** Verbs that the described API uses. */
export type HttpMethod = "GET" | "POST" | "PUT" | "DELETE";

/**
 * How errors of a route look on the wire: DigitalOcean's `{ id, message, request_id }` or OpenWhisk's `{ error, code }`
 * where `code` is the request id.
 */
export type Dialect = "digitalocean" | "openwhisk";

/** What the caller presents: a bearer API token or session, an access key in HTTP Basic, or nothing. */
export type Credential = "token" | "access_key" | "none";

/** DigitalOcean's scopes for this product; `function:admin` implies the others. */
export const SCOPES = [
  "function:read",
  "function:create",
  "function:update",
  "function:delete",
  "function:admin",
] as const;
export type Scope = (typeof SCOPES)[number];

/** One route, described once: types, validation, OpenAPI, the typed client and the redaction list all come from it. */
export type RouteDescription = {
  /** Stable name, `<thing>.<verb>`; also OpenAPI's operationId. */
  readonly id: string;
  readonly summary: string;
  readonly method: HttpMethod;
  /** Path with parameters in braces. */
  readonly path: string;
  readonly dialect: Dialect;
  readonly credential: Credential;
  /** Any one of these suffices; absent, any credential will do. Only for `credential: "token"`. */
  readonly scopes?: readonly Scope[];
  /** What the caller's role must allow. Needed with `credential: "token"`. */
  readonly permission?: Permission;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Largest accepted body in bytes; the server's default where absent. */
  readonly bodyLimitBytes?: number;
  /** Answers by status; `null` is an empty body. */
  readonly answers: { readonly [status: number]: z.ZodType | null };
  /** Error statuses a caller has to expect beside 401, 429 and 500. */
  readonly errors: readonly number[];
};

/** Declares a route; the identity function that keeps the literal types. */
export function route<const R extends RouteDescription>(description: R): R {
  return description;
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
/** What a handler reads after validation. */
export type RouteParams<R extends RouteDescription> = Parsed<R["params"]>;
export type RouteQuery<R extends RouteDescription> = Parsed<R["query"]>;
export type RouteBody<R extends RouteDescription> = Parsed<R["body"]>;

/** What a client sends. */
type Sent<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;
export type RouteInput<R extends RouteDescription> = {
  params: Sent<R["params"]>;
  query: Sent<R["query"]>;
  body: Sent<R["body"]>;
};

/** Every answer the route may give, as a union discriminated by status. */
export type RouteAnswer<R extends RouteDescription> = {
  [Status in keyof R["answers"] & number]: R["answers"][Status] extends z.ZodType
    ? { status: Status; body: z.input<R["answers"][Status]>; headers?: Record<string, string> }
    : { status: Status; headers?: Record<string, string> };
}[keyof R["answers"] & number];
