import { defineErrors } from "../kernel/errors.ts";

/** What goes wrong before a room is asked. `says` is DigitalOcean's text; error-shape.ts has OpenWhisk's. */
export const httpErrors = defineErrors("http", {
  unreadable: { status: 400, says: "The request is not valid HTTP." },
  malformed_url: { status: 400, says: "The address is not validly percent-encoded." },
  malformed_body: { status: 400, says: "error parsing request body" },
  malformed_query: { status: 400, says: "A query parameter is malformed." },
  missing_body: { status: 400, says: "Invalid request payload: the request has no body" },
  not_permitted: { status: 403, says: "You do not have permission to perform this action." },
  no_route: { status: 404, says: "The resource you requested could not be found." },
  method_not_allowed: { status: 405, says: "This resource does not answer to that method." },
  too_slow: { status: 408, says: "The request took too long to arrive." },
  body_too_large: { status: 413, says: "The request body is larger than this server accepts." },
  unsupported_media_type: { status: 415, says: "Send the request body as application/json." },
  headers_too_large: { status: 431, says: "The headers of the request are larger than this server accepts." },
  too_many_requests: { status: 429, says: "API rate limit exceeded." },
  unexpected: { status: 500, says: "Unexpected server-side error" },
  secrets_unmarked: {
    status: 500,
    says: "This build of Latchkey does not know which fields of its API hold secrets, so it does not start. Install it again.",
  },
});
