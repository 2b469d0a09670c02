import type { IncomingMessage } from "node:http";
import type { Dialect } from "@latchkey/contract/route";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../kernel/clock.ts";
import { LatchkeyError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Random } from "../kernel/random.ts";
import type { Origin } from "./call.ts";
import { errorBody } from "./error-shape.ts";
import { httpErrors } from "./errors.ts";
import type { RateLimiter, RateStanding } from "./rate-limit.ts";
import { createRequestIds } from "./request-id.ts";

/** What every kind of caller has: who it is and what it came with, for limits, the log and whoever is told of refusals. */
export type AnyCaller = {
  readonly user: { readonly id: string; readonly kind: "person" | "service"; readonly name: string };
  readonly teamId: string;
  /** A function that runs on a schedule calls back in the name of whoever set the schedule up. */
  readonly credentialKind: "token" | "session" | "access_key" | "schedule";
  readonly credentialId: string;
};

/** Something that somebody known was not allowed to do: 403. */
export type Refused = {
  readonly caller: AnyCaller;
  readonly origin: Origin;
  readonly route: string;
  /** The error's code. */
  readonly reason: string;
};

/** One request on its way to its answer. */
export type Exchange = Origin & {
  readonly dialect: Dialect;
  /** The contract's id of the route; `none` where no described route answers. */
  readonly route: string;
  readonly startedMs: number;
  caller: AnyCaller | null;
};

declare module "fastify" {
  interface FastifyRequest {
    exchange: Exchange;
  }
}

export const JSON_TYPE = "application/json; charset=utf-8";

/** openwhisk-api 1.6: on every answer of the REST API. */
const CORS_HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent",
  "access-control-allow-methods": "GET, DELETE, POST, PUT, HEAD",
};

/** DigitalOcean's three headers, plain integers; `retry-after` only when the burst limit was hit (do-functions-api 2.2). */
export function rateHeaders(reply: FastifyReply, standing: RateStanding): void {
  reply.header("ratelimit-limit", standing.limit);
  reply.header("ratelimit-remaining", standing.remaining);
  reply.header("ratelimit-reset", standing.resetSeconds);
  if (standing.retryAfterSeconds !== null) reply.header("retry-after", standing.retryAfterSeconds);
}

/** How an exchange begins and ends: ids, headers that every answer has, error answers, and the one log line. */
export function createExchanges(deps: {
  clock: Clock;
  random: Random;
  log: Log;
  limiter: RateLimiter;
  refused: (refused: Refused) => void;
}) {
  const { clock, log, limiter } = deps;
  const requestIds = createRequestIds(deps.random);

  const logLine = (exchange: Exchange, status: number, extra: Record<string, unknown> | null): void => {
    const fields: Record<string, unknown> = {
      requestId: exchange.requestId,
      caller: exchange.caller?.credentialId ?? null,
      route: exchange.route,
      status,
      ms: Math.round((clock.monotonicMs() - exchange.startedMs) * 10) / 10,
    };
    if (extra !== null) Object.assign(fields, extra);
    // A function's own failure is a 502 as well, and an answer like any other.
    if (status >= 500 && extra !== null) log.error(fields, "request failed");
    else log.info(fields, "request");
  };

  return {
    /** `cors`: whether the answers are to have the REST API's headers, or the route has rules of its own. */
    begin(
      request: FastifyRequest,
      reply: FastifyReply,
      dialect: Dialect,
      route: string,
      cors: "rest" | "own" = "rest",
    ): Exchange {
      const { headers } = request;
      const exchange: Exchange = {
        requestId: requestIds(dialect, headers["x-request-id"]),
        address: request.ip,
        userAgent: headers["user-agent"] ?? "",
        dialect,
        route,
        startedMs: clock.monotonicMs(),
        caller: null,
      };
      request.exchange = exchange;
      reply.header("x-request-id", exchange.requestId);
      if (dialect === "digitalocean") rateHeaders(reply, limiter.uncounted());
      else if (cors === "rest") reply.headers(CORS_HEADERS);
      return exchange;
    },

    /** Notes a success in the log. */
    done: (exchange: Exchange, status: number): void => logLine(exchange, status, null),

    /** Answers with an error: an expected one as it is, anything else as one fixed sentence and a log line with the cause. */
    fail(request: FastifyRequest, reply: FastifyReply, thrown: unknown): void {
      const { exchange } = request;
      const error = asLatchkeyError(thrown, request.raw);
      if (error.isRefusal && exchange.caller !== null) {
        const { caller, route, requestId, address, userAgent } = exchange;
        deps.refused({ caller, origin: { requestId, address, userAgent }, route, reason: error.code });
      }
      const cause = error.code === httpErrors.unexpected.code ? { cause: thrown } : {};
      logLine(exchange, error.status, { error: error.code, ...error.log, ...cause });
      if (error.status === 401 && exchange.dialect === "openwhisk") {
        reply.header("www-authenticate", 'Basic realm="OpenWhisk secure realm"');
      }
      reply
        .code(error.status)
        .headers(error.headers)
        .header("content-type", JSON_TYPE)
        .send(JSON.stringify(errorBody(exchange.dialect, error, exchange.requestId)));
    },
  };
}

export type Exchanges = ReturnType<typeof createExchanges>;

function asLatchkeyError(thrown: unknown, message: IncomingMessage): LatchkeyError {
  if (thrown instanceof LatchkeyError) return thrown;
  // Who sent it hung up in the middle of the body.
  if (message.destroyed && !message.complete) return httpErrors.malformed_body({ cause: thrown });
  const code = typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : undefined;
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return httpErrors.body_too_large({ cause: thrown });
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return httpErrors.unsupported_media_type({ cause: thrown });
  if (code === "FST_ERR_CTP_INVALID_CONTENT_LENGTH") return httpErrors.malformed_body({ cause: thrown });
  return httpErrors.unexpected({ cause: thrown });
}
