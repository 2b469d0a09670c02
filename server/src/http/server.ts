import { Readable } from "node:stream";
import type { RouteDescription } from "@latchkey/contract/route";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Clock } from "../kernel/clock.ts";
import type { LatchkeyError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Random } from "../kernel/random.ts";
import { type Authenticators, createAdmission } from "./admission.ts";
import type { BoundRoute } from "./call.ts";
import { httpErrors } from "./errors.ts";
import { createExchanges, JSON_TYPE, type Refused } from "./exchange.ts";
import { parseJsonBody } from "./json-body.ts";
import { isBelow, type OpenRoute, serveOpenRoute } from "./open-route.ts";
import { dialectOf, METHODS, methodsByPath, toFastifyPath, withoutApiHostSegment } from "./paths.ts";
import { createRateLimiter, type RateLimits } from "./rate-limit.ts";
import { tooLarge } from "./raw-body.ts";
import { createUnreadable } from "./unreadable.ts";
import { validateBody, validateQuery, verifyAnswer } from "./validate.ts";

export type HttpDeps = {
  clock: Clock;
  random: Random;
  log: Log;
  authenticate: Authenticators;
  routes: readonly BoundRoute[];
  /** Addresses that no contract describes. */
  openRoutes: readonly OpenRoute[];
  rateLimits: RateLimits;
  /** Told of everything that somebody known was not allowed to do. */
  refused: (refused: Refused) => void;
  /** Believe the last address of `X-Forwarded-For`, which the proxy in front of this server added: only where there is one. */
  trustProxy: boolean;
  /** Check every answer against the contract. For tests: it costs time and only finds our own mistakes. */
  verifyAnswers?: boolean;
};

/** Anything JSON, or a `File`, which knows its own type, or pieces of a text whose type the headers say. */
type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

const DEFAULT_BODY_LIMIT_BYTES = 1_048_576;
/** For a request to arrive whole, 48 MiB of code over a slow line included; the framework would wait for ever. */
const LONGEST_REQUEST_MS = 300_000;
const SWEEP_EVERY_MS = 100;

const noCompiler = (): never => {
  throw new Error("routes are described in the contract, not in Fastify's schemas");
};

/**
 * The HTTP server: Fastify behind the contract's route descriptions. Order of checks (do-functions-api 1.3): authenticate (401),
 * rate limit (429), scope (403), body syntax (400); look-ups and field validation are the handler's.
 */
export function createHttp(deps: HttpDeps): FastifyInstance {
  const limiter = createRateLimiter({ clock: deps.clock, limits: deps.rateLimits });
  const { begin, done, fail } = createExchanges({ ...deps, limiter });
  const { admit, admitStill, isJudged, recognise } = createAdmission({ ...deps, limiter });

  const app = Fastify({
    logger: false,
    // One hop: what stands before the address that our own proxy added, its caller may have made up.
    trustProxy: deps.trustProxy && ((_address, hop) => hop === 0),
    requestTimeout: LONGEST_REQUEST_MS,
    // Node would refuse it without a word.
    http: { requireHostHeader: false },
    bodyLimit: DEFAULT_BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 2048 },
    forceCloseConnections: "idle",
    // The contract validates and JSON.stringify serialises; Fastify's own compilers would only take memory and time to load.
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    clientErrorHandler: createUnreadable(deps),
    rewriteUrl: (request) => withoutApiHostSegment(request.url ?? "/"),
    frameworkErrors: (_error, request, reply) => refuse(request, reply, httpErrors.malformed_url()),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, parsed) => parsed(null, body));
  app.decorateRequest("exchange");
  // Not the framework's handler for what it does not find, which is asked when the body has been read and maybe refused.
  app.addHook("onRequest", (request, reply, next) => {
    if (lacksHost(request)) refuse(request, reply, httpErrors.unreadable());
    else if (request.is404) refuseUnknown(request, reply);
    else next();
  });
  // Whatever else somebody expects of a server may be left out (RFC 9110, section 10.1.1); Node would refuse that without a word, too.
  app.server.on("checkExpectation", app.routing);
  // Closing looks for idle connections once. One whose request was refused while its body was still arriving gets idle later,
  // and would then be waited for as long as connections are kept alive.
  app.addHook("preClose", (next) => {
    const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_EVERY_MS).unref();
    app.server.once("close", () => clearInterval(sweep));
    next();
  });

  /** For what no route is asked about. */
  function refuse(request: FastifyRequest, reply: FastifyReply, error: LatchkeyError): void {
    begin(request, reply, dialectOf(request.url), "none");
    fail(request, reply, error);
  }

  function refuseOversized(request: FastifyRequest, route: RouteDescription): void {
    const limit = route.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES;
    const announced = Number(request.headers["content-length"] ?? 0);
    if (announced <= limit) return;
    throw route.dialect === "openwhisk" ? tooLarge(announced, limit) : httpErrors.body_too_large();
  }

  function callHandler(request: FastifyRequest, { route, handle }: BoundRoute): Answer | Promise<Answer> {
    const { exchange } = request;
    const rawBody = parseJsonBody(route.dialect, request.headers["content-type"], request.body as Buffer | undefined);
    const call = {
      caller: exchange.caller,
      params: request.params,
      query: validateQuery(route.dialect, route.query, request.query as Record<string, string>),
      body: () => validateBody(route.dialect, route.body, rawBody),
      rawBody,
      headers: request.headers,
      requestId: exchange.requestId,
      address: exchange.address,
      userAgent: exchange.userAgent,
    };
    return handle(call as never);
  }

  function send(request: FastifyRequest, reply: FastifyReply, route: RouteDescription, answer: Answer): void {
    if (deps.verifyAnswers === true) verifyAnswer(route, answer);
    reply.code(answer.status);
    if (answer.headers !== undefined) reply.headers(answer.headers);
    done(request.exchange, answer.status);
    if (answer.body === undefined) reply.send();
    else if (answer.body instanceof File) sendFile(reply, answer.body);
    else if (isStreamed(answer.body)) reply.send(Readable.from(answer.body).on("error", brokeOff(request)));
    else reply.header("content-type", JSON_TYPE).send(JSON.stringify(answer.body));
  }

  /** The caller's connection is cut then: the status has been sent, and the end must not look like one. */
  const brokeOff =
    ({ exchange }: FastifyRequest) =>
    (error: Error): void =>
      deps.log.error({ error, requestId: exchange.requestId, route: exchange.route }, "an answer broke off");

  // Hooks and handlers are callbacks, not async functions: promises are made only where something is waited for.
  for (const bound of deps.routes) {
    const { route } = bound;
    app.route({
      method: route.method,
      url: toFastifyPath(route.path),
      bodyLimit: route.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
      onRequest(request, reply, next) {
        begin(request, reply, route.dialect, route.id);
        // The control plane reads every body as JSON, whatever its type; the framework would refuse a type that it cannot read.
        if (route.dialect === "digitalocean") request.raw.headers["content-type"] = undefined;
        try {
          const admitted = admit(request, reply, route);
          if (admitted === undefined) {
            refuseOversized(request, route);
            next();
          } else {
            admitted
              .then(() => refuseOversized(request, route))
              .then(
                () => next(),
                (error) => fail(request, reply, error),
              );
          }
        } catch (error) {
          fail(request, reply, error);
        }
      },
      handler(request, reply) {
        try {
          const answer = isJudged(request)
            ? callHandler(request, bound)
            : admitStill(request, route).then(() => callHandler(request, bound));
          if (!(answer instanceof Promise)) send(request, reply, route, answer);
          else answer.then((value) => send(request, reply, route, value)).catch((error) => fail(request, reply, error));
        } catch (error) {
          fail(request, reply, error);
        }
      },
    });
  }

  for (const [path, { methods, credential, dialect }] of methodsByPath(deps.routes)) {
    const allowed = methods.join(", ");
    const says = `HTTP method not allowed, supported methods: ${allowed}`;
    app.route({
      method: METHODS.filter((method) => !methods.includes(method) && !(method === "HEAD" && methods.includes("GET"))),
      url: toFastifyPath(path),
      // Before anything of a body is read: it makes no difference here.
      onRequest(request, reply) {
        begin(request, reply, dialect, "none");
        if (request.method === "OPTIONS" && dialect === "openwhisk") reply.code(200).send();
        else {
          recognise(request, credential)
            .then(() => Promise.reject(httpErrors.method_not_allowed({ says, headers: { allow: allowed } })))
            .catch((error) => fail(request, reply, error));
        }
      },
      handler: () => Promise.reject(httpErrors.unexpected()),
    });
  }

  for (const route of deps.openRoutes) {
    serveOpenRoute(app, route, { begin, done, fail, isJudged, authenticate: deps.authenticate });
  }

  function refuseUnknown(request: FastifyRequest, reply: FastifyReply): void {
    const dialect = dialectOf(request.url);
    begin(request, reply, dialect, "none");
    if (isBelow(deps.openRoutes, request.url)) {
      fail(request, reply, httpErrors.no_route());
      return;
    }
    if (request.method === "OPTIONS" && dialect === "openwhisk") {
      reply.code(200).send();
      return;
    }
    const isApi = /^\/(api\/v1|v2)\//.test(request.url);
    recognise(request, isApi ? (dialect === "openwhisk" ? "access_key" : "token") : "none")
      .then(() => Promise.reject(httpErrors.no_route()))
      .catch((error) => fail(request, reply, error));
  }

  app.setErrorHandler((error, request, reply) => fail(request, reply, error));
  return app;
}

/** RFC 9112, section 3.2. */
const lacksHost = ({ raw }: FastifyRequest): boolean => raw.headers.host === undefined && raw.httpVersion === "1.1";

const isStreamed = (body: unknown): body is AsyncIterable<string> =>
  typeof body === "object" && body !== null && Symbol.asyncIterator in body;

/** Streamed, so that a large file is never in memory whole. A Node stream, the only kind Fastify can answer HEAD from. */
function sendFile(reply: FastifyReply, file: File): void {
  reply.headers({ "content-type": file.type, "content-length": file.size }).send(Readable.fromWeb(file.stream()));
}
