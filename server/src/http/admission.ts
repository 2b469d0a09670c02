import { isPermitted, type Role } from "@latchkey/contract/permissions";
import type { Credential, RouteDescription, Scope } from "@latchkey/contract/route";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock, EpochMs } from "../kernel/clock.ts";
import { toTimestamp } from "../kernel/timestamp.ts";
import type { Origin } from "./call.ts";
import { httpErrors } from "./errors.ts";
import { type AnyCaller, rateHeaders } from "./exchange.ts";
import type { RateLimiter } from "./rate-limit.ts";

/** At once where it can be: a promise on the hot path costs more than verifying does. */
export type Awaitable<T> = T | Promise<T>;
/** `scopes` are the credential's own; what the caller's role allows is asked of the contract's table. */
export type KeyCaller = AnyCaller & { readonly expiresAt: EpochMs | null };
type TokenCaller = AnyCaller & { readonly scopes: ReadonlySet<Scope>; readonly role: Role };

/** Turns an `Authorization` header into a caller, or throws a 401 `LatchkeyError`. One per kind of credential. */
export type Authenticators = {
  token(header: string | undefined, origin: Origin): Awaitable<TokenCaller>;
  access_key(header: string | undefined, origin: Origin): Awaitable<KeyCaller>;
};

const CREDENTIAL_EXPIRES_AT = "latchkey-credential-expires-at";
/** For how long a judgement holds while the rest of the request is on its way: no longer than a revocation may take anywhere. */
const JUDGED_FOR_MS = 1_000;

/** Who may come in: authentication (401), then the rate limit (429), then scope and role (403). Do-functions-api 1.3. */
export function createAdmission(deps: { clock: Clock; authenticate: Authenticators; limiter: RateLimiter }) {
  const { clock, authenticate, limiter } = deps;

  const requirePermitted = ({ scopes, permission }: RouteDescription, caller: TokenCaller): void => {
    if (scopes !== undefined && !scopes.some((scope) => caller.scopes.has(scope))) throw httpErrors.not_permitted();
    if (permission === undefined || !isPermitted(caller.role, permission)) throw httpErrors.not_permitted();
  };

  const admitToken = (reply: FastifyReply, route: RouteDescription, caller: TokenCaller): void => {
    const standing = limiter.take(caller.credentialId);
    rateHeaders(reply, standing);
    if (!standing.allowed) throw httpErrors.too_many_requests();
    requirePermitted(route, caller);
  };

  const isJudged = ({ exchange }: FastifyRequest): boolean => clock.monotonicMs() - exchange.startedMs < JUDGED_FOR_MS;

  /** Every answer from here on, errors included, says when the credential ends, so that clients can see it coming. */
  const admitKey = ({ exchange }: FastifyRequest, reply: FastifyReply, caller: KeyCaller): void => {
    exchange.caller = caller;
    if (caller.expiresAt !== null) reply.header(CREDENTIAL_EXPIRES_AT, toTimestamp(caller.expiresAt));
  };

  return {
    admit(request: FastifyRequest, reply: FastifyReply, route: RouteDescription): Awaitable<void> {
      const { exchange } = request;
      const { authorization } = request.headers;
      if (route.credential === "access_key") {
        const caller = authenticate.access_key(authorization, exchange);
        if (caller instanceof Promise) return caller.then((known) => admitKey(request, reply, known));
        admitKey(request, reply, caller);
        return;
      }
      if (route.credential === "none") return;
      return Promise.resolve(authenticate.token(authorization, exchange)).then((caller) => {
        exchange.caller = caller;
        admitToken(reply, route, caller);
      });
    },

    /**
     * The same question again, once the body is there, if that took its time: minutes may have gone by since the headers came, and
     * what was revoked meanwhile does nothing any more. It is one request, so it counts once.
     */
    async admitStill(request: FastifyRequest, route: RouteDescription): Promise<void> {
      const { exchange } = request;
      const { authorization } = request.headers;
      if (route.credential === "access_key") exchange.caller = await authenticate.access_key(authorization, exchange);
      if (route.credential !== "token") return;
      const caller = await authenticate.token(authorization, exchange);
      requirePermitted(route, caller);
      exchange.caller = caller;
    },

    /** Whether what was judged when the headers came still holds. */
    isJudged,

    /** Only who it is: for addresses that no described route answers. */
    async recognise(request: FastifyRequest, credential: Credential): Promise<void> {
      if (credential === "none") return;
      request.exchange.caller = await authenticate[credential](request.headers.authorization, request.exchange);
    },
  };
}
