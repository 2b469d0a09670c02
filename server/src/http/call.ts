import type { RouteAnswer, RouteBody, RouteDescription, RouteParams, RouteQuery } from "@latchkey/contract/route";

/** One request as a handler sees it: who calls, validated input, and where it came from. Nothing of the framework. */
export type Call<R extends RouteDescription, Caller> = {
  readonly caller: Caller;
  readonly params: RouteParams<R>;
  readonly query: RouteQuery<R>;
  /**
   * The body, validated against the contract. A function because handlers look things up first: an unknown namespace is
   * a 404 even when the body is wrong as well. JSON syntax has been checked before the handler runs.
   */
  body(): RouteBody<R>;
  /** The parsed JSON body before validation; undefined for an empty one. */
  readonly rawBody: unknown;
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Request id: in the X-Request-ID header of the answer, in error bodies, in the log. */
  readonly requestId: string;
  /** The caller's network address as far as it can be trusted (`--trust-proxy`). */
  readonly address: string;
  readonly userAgent: string;
};

/** Where a call came from, for the audit log. */
export type Origin = { readonly requestId: string; readonly address: string; readonly userAgent: string };

type Awaitable<T> = T | Promise<T>;
export type Handler<R extends RouteDescription, Caller> = (call: Call<R, Caller>) => Awaitable<RouteAnswer<R>>;

/** A described route together with its handler, ready for `createHttp`. */
export type BoundRoute = {
  readonly route: RouteDescription;
  // A handler's parameter type depends on its route; the list of all routes cannot express that, the adapter guarantees it.
  readonly handle: (call: never) => Awaitable<{ status: number; body?: unknown; headers?: Record<string, string> }>;
};

/** Joins a described route with its implementation. `Caller` is what the route's credential resolves to. */
export function implement<Caller, const R extends RouteDescription>(route: R, handle: Handler<R, Caller>): BoundRoute {
  return { route, handle };
}
