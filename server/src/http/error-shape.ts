import type { Dialect } from "@latchkey/contract/route";
import type { LatchkeyError } from "../kernel/errors.ts";
import { httpErrors } from "./errors.ts";

const DIGITALOCEAN_IDS: Readonly<Record<number, string>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  408: "request_timeout",
  409: "conflict",
  413: "payload_too_large",
  415: "unsupported_media_type",
  422: "unprocessable_entity",
  429: "too_many_requests",
  431: "headers_too_large",
  500: "server_error",
  503: "service_unavailable",
};

/** OpenWhisk's words where the transport's catalogue has DigitalOcean's (spec: openwhisk-api 1.3 and 1.4). */
const OPENWHISK_WORDS: ReadonlyMap<string, string> = new Map([
  [httpErrors.missing_body.says, "Request entity expected but not supplied"],
  [httpErrors.no_route.says, "The requested resource could not be found."],
  [httpErrors.body_too_large.says, "The request is larger than the server is willing or able to process."],
  [httpErrors.unsupported_media_type.says, "The request's Content-Type is not supported. Expected:\napplication/json"],
  [httpErrors.unexpected.says, "There was an internal server error."],
]);

/** The one place that turns an error into a body. The error's `log` part and its cause never enter it. */
export function errorBody(dialect: Dialect, error: LatchkeyError, requestId: string): Record<string, string> {
  if (dialect === "openwhisk") return { error: OPENWHISK_WORDS.get(error.says) ?? error.says, code: requestId };
  return { id: DIGITALOCEAN_IDS[error.status] ?? "server_error", message: error.says, request_id: requestId };
}
