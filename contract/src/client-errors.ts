import { DigitalOceanError, OpenWhiskError } from "./errors.ts";
import type { RouteDescription } from "./route.ts";

/** What an answer's status says about a request that was refused; one word, whichever plane refused it. */
export type ApiErrorKind =
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "invalid"
  | "unprocessable"
  | "too_large"
  | "rate_limited"
  | "unavailable"
  | "server_error";

const KINDS = new Map<number, ApiErrorKind>([
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not_found"],
  [409, "conflict"],
  [413, "too_large"],
  [422, "unprocessable"],
  [429, "rate_limited"],
  [502, "unavailable"],
  [503, "unavailable"],
  [504, "unavailable"],
]);

type Refusal = {
  readonly route: Pick<RouteDescription, "id" | "credential">;
  readonly status: number;
  readonly requestId: string | null;
  readonly retryAfterSeconds?: number | null;
};

/** The API answered, and the answer is no. */
export class ApiError extends Error {
  /** What was asked. */
  readonly route: Refusal["route"];
  readonly status: number;
  readonly kind: ApiErrorKind;
  /** Quote it when asking for help; null if whatever answered sent none. */
  readonly requestId: string | null;
  /** How long the server asks to wait before the next try; null where it does not say. */
  readonly retryAfterSeconds: number | null;

  constructor(message: string, { route, status, requestId, retryAfterSeconds = null }: Refusal) {
    super(message);
    this.name = "ApiError";
    this.route = route;
    this.status = status;
    this.kind = KINDS.get(status) ?? (status >= 500 ? "server_error" : "invalid");
    this.requestId = requestId;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** No answer came, or one that is not from this API. The message names the address and the reason, without a full stop. */
export class UnreachableError extends Error {
  readonly baseUrl: string;
  /** The system's name for the reason, such as `ECONNREFUSED`; null in browsers, which keep it to themselves. */
  readonly code: string | null;

  constructor(message: string, baseUrl: string, details: { code?: string | null; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = "UnreachableError";
    this.baseUrl = baseUrl;
    this.code = details.code ?? null;
  }
}

/** Values that cannot make a request, such as a name of `..`, which would turn it into a request for something else. */
export class InvalidRequestError extends Error {
  override readonly name = "InvalidRequestError";
}

/** What an error answer says. A proxy's page of HTML says nothing worth repeating. */
export function readApiError(route: RouteDescription, response: Response, text: string): ApiError {
  const { status, headers } = response;
  const said = readErrorBody(text);
  const retryAfter = /^\d+$/.exec(headers.get("retry-after") ?? "");
  const message = said?.message ?? `the server answered ${[status, response.statusText].join(" ").trim()}`;
  return new ApiError(message, {
    route,
    status,
    requestId: said?.requestId ?? headers.get("x-request-id"),
    retryAfterSeconds: retryAfter === null ? null : Number(retryAfter[0]),
  });
}

/** DigitalOcean's schema makes the request id optional, so what stands in front of a server may leave it out. */
const AnyDigitalOceanError = DigitalOceanError.partial({ id: true, request_id: true });

/** An error body of either plane; `undefined` for anything else, a function's own result included. */
export function readErrorBody(text: string): { message: string; requestId: string | null } | undefined {
  const body = parseJson(text);
  const openWhisk = OpenWhiskError.safeParse(body);
  if (openWhisk.success) return { message: openWhisk.data.error, requestId: openWhisk.data.code };
  const digitalOcean = AnyDigitalOceanError.safeParse(body);
  if (!digitalOcean.success) return undefined;
  return { message: digitalOcean.data.message, requestId: digitalOcean.data.request_id ?? null };
}

/** The value of a JSON text; `undefined`, which JSON cannot say, if it is not one. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const REASONS: { readonly [code: string]: string } = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was closed",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the host name could not be looked up",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no network",
  ETIMEDOUT: "it took too long to answer",
  UND_ERR_CONNECT_TIMEOUT: "it took too long to answer",
  UND_ERR_HEADERS_TIMEOUT: "it took too long to answer",
  UND_ERR_BODY_TIMEOUT: "it stopped answering",
  UND_ERR_SOCKET: "the connection was closed",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by an authority that is not trusted here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by an authority that is not trusted here",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host name",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS; is it http:// rather than https://?",
};

/** What `fetch` threw, in words. Node hides the reason in `cause`; browsers give none. */
export function unreachable(baseUrl: string, thrown: unknown): UnreachableError {
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  const code = readCode(cause);
  const reason = (code === null ? undefined : REASONS[code]) ?? (cause instanceof Error ? cause.message : "no answer");
  return new UnreachableError(`Cannot reach ${baseUrl}: ${reason}`, baseUrl, { code, cause: thrown });
}

function readCode(cause: unknown): string | null {
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return null;
  return typeof cause.code === "string" ? cause.code : null;
}
