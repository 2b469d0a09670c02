import type { JsonObject, JsonValue } from "../../../runtime/index.ts";
import { functionErrors, malformed } from "../../errors.ts";
import { parseMediaType } from "./media-type.ts";

/** A web request as it came. */
export type WebRequest = {
  readonly method: string;
  /** What follows the function's name in the address. */
  readonly path: string;
  /** Without the `?`. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The namespace of the caller's access key, if it sent one. */
  readonly user: string | null;
};

/** What a function is called with: the caller's fields, and the server's, which nothing replaces. */
export type WebEvent = { readonly payload: JsonObject; readonly system: JsonObject };

const RESERVED = ["__ow_method", "__ow_headers", "__ow_path", "__ow_user", "__ow_query", "__ow_body"];
const BINARY = "application/octet-stream";
const FORM = "application/x-www-form-urlencoded";

/** The event of a function that gets query and body as fields (openwhisk-api 9.4). Throws `malformed`, `parameters_fixed`. */
export function parsedEvent(request: WebRequest): WebEvent {
  const { fields, rest } = readBody(request);
  const payload = { ...fieldsOf(request.query), ...fields };
  if (RESERVED.some((key) => Object.hasOwn(payload, key))) throw functionErrors.parameters_fixed();
  const { method, path, headers } = request;
  return {
    payload,
    system: { ...common(request), ...(rest === undefined ? {} : { __ow_body: rest }), http: { headers, method, path } },
  };
}

/** The event of a function that gets query and body as they came. JSON is text, as on DigitalOcean. */
export function rawEvent(request: WebRequest): WebEvent {
  const { method, path, headers, query } = request;
  const { text: body, isBase64Encoded } = readText(request);
  return {
    payload: {},
    system: {
      ...common(request),
      __ow_query: query,
      __ow_body: body,
      __ow_isBase64Encoded: isBase64Encoded,
      http: { body, headers, isBase64Encoded, method, path, queryString: query },
    },
  };
}

const common = ({ method, headers, path, user }: WebRequest): JsonObject => ({
  __ow_method: method.toLowerCase(),
  __ow_headers: headers,
  __ow_path: path,
  ...(user === null ? {} : { __ow_user: user }),
});

/** A body without a type is bytes (RFC 9110, section 8.3). */
const typeOf = ({ headers }: WebRequest) => parseMediaType(headers["content-type"] ?? BINARY);

function readText(request: WebRequest): { readonly text: string; readonly isBase64Encoded: boolean } {
  const isBase64Encoded = request.body.length > 0 && typeOf(request)?.isText !== true;
  return { text: request.body.toString(isBase64Encoded ? "base64" : "utf8"), isBase64Encoded };
}

/** What of a body becomes fields; if nothing does, `rest` is all of it. */
function readBody(request: WebRequest): { readonly fields: JsonObject; readonly rest?: JsonValue } {
  if (request.body.length === 0) return { fields: {} };
  const type = typeOf(request);
  const { text } = readText(request);
  if (type?.essence === FORM) return { fields: fieldsOf(text) };
  if (type?.isJson !== true) return { fields: {}, rest: text };
  const value = parseJson(text);
  return isObject(value) ? { fields: value } : { fields: {}, rest: value };
}

/** Of a repeated name the last wins. `fromEntries` makes `__proto__` a name like any other. */
const fieldsOf = (encoded: string): JsonObject => Object.fromEntries(new URLSearchParams(encoded));

function parseJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : "not JSON");
  }
}

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
