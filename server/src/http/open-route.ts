import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Authenticators, Awaitable } from "./admission.ts";
import type { Origin } from "./call.ts";
import { httpErrors } from "./errors.ts";
import type { Exchanges } from "./exchange.ts";
import { METHODS } from "./paths.ts";
import { hasBody, readBody, refuseAnnounced } from "./raw-body.ts";

/** A request to an address below which no contract says what is asked and answered. */
export type OpenCall<Caller> = Origin & {
  readonly method: string;
  /** The whole path as it was sent: nothing decoded, without the query. */
  readonly path: string;
  /** As it was sent, without the `?`. */
  readonly query: string;
  /** Lower-case names; a repeated header's values in one text. */
  readonly headers: Readonly<Record<string, string>>;
  readonly protocol: string;
  /** Headers of every answer from now on, errors included. */
  always(headers: Readonly<Record<string, string>>): void;
  /** Whose access key the `Authorization` header holds. Throws what authentication throws. */
  recognise(): Awaitable<Caller>;
  /** Throws `http.body_too_large` if the request says that its body is. */
  refuseOversized(): void;
};

/** Any answer: headers may be repeated. The server adds what frames it: length, connection, date. */
export type OpenAnswer = {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | null;
};

/** What a request comes to: an answer at once, or what to do with the body, which has not been read before. */
export type Reception = OpenAnswer | ((body: Buffer) => Promise<OpenAnswer>);

/** An address where requests of any method, path and body are answered in words of their own; errors are OpenWhisk's. */
export type OpenRoute = {
  /** For the log. */
  readonly id: string;
  /** Everything under this path, which ends with a slash. */
  readonly below: string;
  readonly bodyBytesMax: number;
  // What `recognise` gives depends on the route; the list of all routes cannot express that, the adapter guarantees it.
  readonly receive: (call: never) => Awaitable<Reception>;
};

/** Whether an address belongs to one of these, be it with a method that none of them answers. */
export const isBelow = (routes: readonly OpenRoute[], url: string): boolean =>
  routes.some(({ below }) => `${url.split("?", 1)[0]}/`.startsWith(below));

/**
 * Serves an open route. The framework parses nothing of the body: it is read once `receive` wants it, so that who is refused
 * is refused before sending much.
 */
export function serveOpenRoute(
  app: FastifyInstance,
  route: OpenRoute,
  deps: Pick<Exchanges, "begin" | "done" | "fail"> & {
    authenticate: Authenticators;
    /** Whether what was judged when the headers came still holds. */
    isJudged: (request: FastifyRequest) => boolean;
  },
): void {
  const { begin, done, fail, authenticate, isJudged } = deps;

  const recognise = async ({ exchange, raw }: FastifyRequest) => {
    exchange.caller = await authenticate.access_key(raw.headers.authorization, exchange);
    return exchange.caller;
  };

  const toCall = (request: FastifyRequest, reply: FastifyReply): OpenCall<unknown> => {
    const { exchange, raw } = request;
    const [path = "", ...query] = request.url.split("?");
    const { requestId, address, userAgent } = exchange;
    return {
      ...{ requestId, address, userAgent },
      method: request.method,
      path,
      query: query.join("?"),
      headers: joined(raw.headers),
      protocol: request.protocol,
      always: (headers) => void reply.headers(headers),
      recognise: () => recognise(request),
      refuseOversized: () => refuseAnnounced(raw, route.bodyBytesMax),
    };
  };

  /** Reads the body. Whoever was recognised is looked at again if that took its time: what was revoked meanwhile opens nothing. */
  const readAll = async (request: FastifyRequest) => {
    const body = await readBody(request.raw, route.bodyBytesMax);
    if (request.exchange.caller !== null && !isJudged(request)) await recognise(request);
    return body;
  };

  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const reception = await route.receive(toCall(request, reply) as never);
    const { status, headers, body } =
      typeof reception === "function" ? await reception(await readAll(request)) : reception;
    reply.code(status);
    const own = reply.getHeaders();
    let contentType: string | null = null;
    for (const [name, value] of headers) {
      if (name.toLowerCase() === "content-type") contentType = value;
      // Not through the framework, which keeps headers in an object: `__proto__` is a header's name like any other.
      else if (!Object.hasOwn(own, name.toLowerCase())) reply.raw.appendHeader(name, value);
    }
    done(request.exchange, status);
    if (body === null) reply.send();
    else reply.header("content-type", contentType ?? "application/octet-stream").send(body);
  };

  app.route({
    // TRACE would show a function what the browser keeps from the page that sent it (RFC 9110, section 9.3.8).
    method: METHODS.filter((method) => method !== "TRACE"),
    url: `${route.below}*`,
    onRequest(request, reply) {
      begin(request, reply, "openwhisk", route.id, "own");
      answer(request, reply).catch((error) => {
        // What of a refused body is still on its way is not worth reading.
        if (hasBody(request.raw) && !request.raw.complete) reply.header("connection", "close");
        fail(request, reply, error);
      });
    },
    handler: () => Promise.reject(httpErrors.unexpected()),
  });
}

function joined(headers: FastifyRequest["raw"]["headers"]): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
  );
  return Object.fromEntries(entries);
}
