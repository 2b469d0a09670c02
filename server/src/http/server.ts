import type { Dialect, RouteDescription, Scope } from "@latchkey/contract/route";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Clock } from "../kernel/clock.ts";
import { LatchkeyError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Random } from "../kernel/random.ts";
import type { BoundRoute, Origin } from "./call.ts";
import { errorBody } from "./error-shape.ts";
import { httpErrors } from "./errors.ts";
import { parseJsonBody } from "./json-body.ts";
import { methodsByPath, OTHER_METHODS, toFastifyPath, withoutApiHostSegment } from "./paths.ts";
import { createRateLimiter, type RateLimits, type RateStanding } from "./rate-limit.ts";
import { createRequestIds } from "./request-id.ts";
import { validateBody, validateQuery } from "./validate.ts";

type Awaitable<T> = T | Promise<T>;
/** What every kind of caller has: the id of the credential it came with, for limits and the log. */
export type AnyCaller = { readonly credentialId: string };

/** Turns an `Authorization` header into a caller, or throws a 401 `LatchkeyError`. One per kind of credential. */
export type Authenticators = {
  token(header: string | undefined, origin: Origin): Awaitable<AnyCaller & { readonly scopes: ReadonlySet<Scope> }>;
  access_key(header: string | undefined, origin: Origin): Awaitable<AnyCaller>;
};

export type HttpDeps = {
  clock: Clock;
  random: Random;
  log: Log;
  authenticate: Authenticators;
  routes: readonly BoundRoute[];
  rateLimits: RateLimits;
  /** Believe `X-Forwarded-For`: only behind a proxy that sets it. */
  trustProxy: boolean;
  /** Check every answer against the contract. For tests: it costs time and only finds our own mistakes. */
  verifyAnswers?: boolean;
};

/** Per-request state between the hook that authenticates and the handler that answers. */
type Progress = { requestId: string; startedMs: number; caller: AnyCaller | null; answered: number };

const DEFAULT_BODY_LIMIT_BYTES = 1_048_576;
const JSON_TYPE = "application/json; charset=utf-8";

/** openwhisk-api 1.6: on every answer of the REST API. */
const CORS_HEADERS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent",
  "Access-Control-Allow-Methods": "GET, DELETE, POST, PUT, HEAD",
};

declare module "fastify" {
  interface FastifyRequest {
    progress: Progress;
  }
}

const dialectOf = (url: string): Dialect => (/^\/(api\/v1)?(\/|\?|$)/.test(url) ? "openwhisk" : "digitalocean");

/**
 * The HTTP server: Fastify behind the contract's route descriptions. Order of checks (do-functions-api 1.3): authenticate (401),
 * rate limit (429), scope (403), body syntax (400); look-ups and field validation are the handler's.
 */
export function createHttp(deps: HttpDeps): FastifyInstance {
  const { clock, log, authenticate } = deps;
  const requestIds = createRequestIds(deps.random);
  const limiter = createRateLimiter({ clock, limits: deps.rateLimits });
  const app = Fastify({
    logger: false,
    trustProxy: deps.trustProxy,
    bodyLimit: DEFAULT_BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 2048 },
    forceCloseConnections: "idle",
    rewriteUrl: (request) => withoutApiHostSegment(request.url ?? "/"),
    frameworkErrors: (_error, request, reply) => {
      begin(request, reply, dialectOf(request.url));
      fail(request, reply, dialectOf(request.url), httpErrors.malformed_url());
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.decorateRequest("progress");

  const rateHeaders = (reply: FastifyReply, standing: RateStanding): void => {
    reply.header("ratelimit-limit", standing.limit);
    reply.header("ratelimit-remaining", standing.remaining);
    reply.header("ratelimit-reset", standing.resetSeconds);
    if (standing.retryAfterSeconds !== null) reply.header("retry-after", standing.retryAfterSeconds);
  };

  function begin(request: FastifyRequest, reply: FastifyReply, dialect: Dialect): void {
    const requestId = requestIds(dialect, request.headers["x-request-id"]);
    request.progress = { requestId, startedMs: clock.monotonicMs(), caller: null, answered: 0 };
    reply.header("X-Request-ID", requestId);
    if (dialect === "openwhisk") reply.headers(CORS_HEADERS);
    else rateHeaders(reply, limiter.uncounted());
  }

  const originOf = (request: FastifyRequest): Origin => ({
    requestId: request.progress.requestId,
    address: request.ip,
    userAgent: request.headers["user-agent"] ?? "",
  });

  function logLine(request: FastifyRequest, route: string, status: number, extra: Record<string, unknown>): void {
    const { requestId, caller, startedMs } = request.progress;
    const ms = Math.round((clock.monotonicMs() - startedMs) * 10) / 10;
    const fields = { requestId, caller: caller?.credentialId ?? null, route, status, ms, ...extra };
    if (status >= 500) log.error(fields, "request failed");
    else log.info(fields, "request");
  }

  function fail(
    request: FastifyRequest,
    reply: FastifyReply,
    dialect: Dialect,
    thrown: unknown,
    route = "none",
  ): FastifyReply {
    const error = asLatchkeyError(thrown);
    const unexpected = error.code === httpErrors.unexpected.code ? { cause: thrown } : {};
    logLine(request, route, error.status, { error: error.code, ...error.log, ...unexpected });
    if (error.status === 401 && dialect === "openwhisk") {
      reply.header("WWW-Authenticate", 'Basic realm="OpenWhisk secure realm"');
    }
    return reply
      .code(error.status)
      .headers(error.headers)
      .header("content-type", JSON_TYPE)
      .send(JSON.stringify(errorBody(dialect, error, request.progress.requestId)));
  }

  async function admit(request: FastifyRequest, reply: FastifyReply, route: RouteDescription): Promise<void> {
    if (route.credential === "none") return;
    const caller = await authenticate[route.credential](request.headers.authorization, originOf(request));
    request.progress.caller = caller;
    if (route.credential !== "token") return;
    const standing = limiter.take(caller.credentialId);
    rateHeaders(reply, standing);
    if (!standing.allowed) throw httpErrors.too_many_requests();
    const scopes: ReadonlySet<Scope> = "scopes" in caller && caller.scopes instanceof Set ? caller.scopes : new Set();
    if (route.scopes !== undefined && !route.scopes.some((scope) => scopes.has(scope)))
      throw httpErrors.missing_scope();
  }

  function refuseOversized(request: FastifyRequest, route: RouteDescription): void {
    const limit = route.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES;
    const announced = Number(request.headers["content-length"] ?? 0);
    if (announced <= limit) return;
    throw httpErrors.body_too_large(
      route.dialect === "openwhisk" ? { says: `Request larger than allowed: ${announced} > ${limit} bytes.` } : {},
    );
  }

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    { route, handle }: BoundRoute,
  ): Promise<FastifyReply> {
    const rawBody = parseJsonBody(route.dialect, request.headers["content-type"], request.body as Buffer | undefined);
    const call = {
      caller: request.progress.caller,
      params: request.params,
      query: validateQuery(route.dialect, route.query, request.query as Record<string, string>),
      body: () => validateBody(route.dialect, route.body, rawBody),
      rawBody,
      headers: request.headers,
      ...originOf(request),
    };
    const result = await handle(call as never);
    if (deps.verifyAnswers === true) verifyAnswer(route, result);
    reply.code(result.status);
    if (result.headers !== undefined) reply.headers(result.headers);
    logLine(request, route.id, result.status, {});
    if (result.body === undefined) return reply.send();
    return reply.header("content-type", JSON_TYPE).send(JSON.stringify(result.body));
  }

  for (const bound of deps.routes) {
    const { route } = bound;
    app.route({
      method: route.method,
      url: toFastifyPath(route.path),
      bodyLimit: route.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
      onRequest: async (request, reply) => {
        begin(request, reply, route.dialect);
        try {
          await admit(request, reply, route);
          refuseOversized(request, route);
        } catch (error) {
          return fail(request, reply, route.dialect, error, route.id);
        }
      },
      handler: async (request, reply) => {
        try {
          return await answer(request, reply, bound);
        } catch (error) {
          return fail(request, reply, route.dialect, error, route.id);
        }
      },
    });
  }

  for (const [path, { methods, credential, dialect }] of methodsByPath(deps.routes)) {
    const others = OTHER_METHODS.filter(
      (method) => !methods.includes(method) && !(method === "HEAD" && methods.includes("GET")),
    );
    app.route({
      method: others,
      url: toFastifyPath(path),
      handler: async (request, reply) => {
        begin(request, reply, dialect);
        if (request.method === "OPTIONS" && dialect === "openwhisk") return reply.code(200).send();
        try {
          if (credential !== "none") await authenticate[credential](request.headers.authorization, originOf(request));
        } catch (error) {
          return fail(request, reply, dialect, error);
        }
        const allowed = methods.join(", ");
        const says = `HTTP method not allowed, supported methods: ${allowed}`;
        return fail(request, reply, dialect, httpErrors.method_not_allowed({ says, headers: { allow: allowed } }));
      },
    });
  }

  app.setNotFoundHandler(async (request, reply) => {
    const dialect = dialectOf(request.url);
    begin(request, reply, dialect);
    if (request.method === "OPTIONS" && dialect === "openwhisk") return reply.code(200).send();
    try {
      const kind = dialect === "openwhisk" ? "access_key" : "token";
      if (/^\/(api\/v1|v2)\//.test(request.url))
        await authenticate[kind](request.headers.authorization, originOf(request));
    } catch (error) {
      return fail(request, reply, dialect, error);
    }
    return fail(request, reply, dialect, httpErrors.no_route());
  });

  app.setErrorHandler((error, request, reply) =>
    fail(request, reply, dialectOf(request.url), error, request.routeOptions.url),
  );
  return app;
}

/** Expected failures as they are, the framework's by their meaning, everything else as one fixed sentence. */
function asLatchkeyError(thrown: unknown): LatchkeyError {
  if (thrown instanceof LatchkeyError) return thrown;
  const code = typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : undefined;
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return httpErrors.body_too_large({ cause: thrown });
  if (code === "FST_ERR_CTP_INVALID_CONTENT_LENGTH") return httpErrors.malformed_body({ cause: thrown });
  return httpErrors.unexpected({ cause: thrown });
}

function verifyAnswer(route: RouteDescription, result: { status: number; body?: unknown }): void {
  if (!(result.status in route.answers))
    throw new Error(`${route.id} answered ${result.status}, which its contract does not list`);
  const schema = route.answers[result.status];
  if (schema === null || schema === undefined) {
    if (result.body !== undefined) throw new Error(`${route.id} answered ${result.status} with a body`);
    return;
  }
  schema.parse(result.body);
}
