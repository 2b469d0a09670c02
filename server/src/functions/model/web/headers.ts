import type { JsonValue } from "../../../runtime/index.ts";
import { isObject } from "./event.ts";

/** What a function asks for: its content type apart, since it decides what becomes of the body. */
export type AskedHeaders = {
  readonly contentType: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
};

/** RFC 9110, sections 5.1 and 5.5: anything else could end the header, or the answer, and begin another. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// Spelt by what it excludes: control characters but the tab.
const ILLEGAL_IN_VALUE = /[^\t\x20-\x7e\u0080-\uffff]/;
const DROPPED = new Set([
  // They say where an answer ends and what becomes of the connection, which only the server knows.
  ...[
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
  ],
  // Browsers take them for the whole host, where other functions are, and pages in which people type secrets: who answers for its other
  // addresses, who is told what they are, how they are reached, what is kept of them. A function speaks for its own answer.
  ...["service-worker-allowed", "nel", "report-to", "alt-svc", "strict-transport-security", "public-key-pins"],
  "clear-site-data",
]);

/** The headers in a function's answer; undefined if they are none (openwhisk-api 9.5). */
export function parseHeaders(value: JsonValue | undefined): AskedHeaders | undefined {
  if (value === undefined) return { contentType: null, headers: [] };
  if (!isObject(value)) return undefined;
  const pairs = Object.entries(value).flatMap(([name, values]) =>
    (isList(values) ? values : [values]).map((each) => [name, toText(each)] as const),
  );
  const headers: [string, string][] = [];
  let contentType: string | null = null;
  for (const [name, text] of pairs) {
    if (!NAME.test(name) || text === undefined) return undefined;
    const lower = name.toLowerCase();
    if (lower === "content-type") contentType = text;
    else if (!DROPPED.has(lower)) headers.push([name, text]);
  }
  return { contentType, headers };
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

/** A header's value as it is sent, its characters being the bytes of its UTF-8; undefined for what is none. */
function toText(value: JsonValue): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string" || ILLEGAL_IN_VALUE.test(value)) return undefined;
  return Buffer.from(value, "utf8").toString("latin1");
}

/** How credentials of this server begin, wherever they stand: ids of keys and of functions' tokens, secrets, API tokens. */
const OURS = /do(?:f|fa|fs|p)_v1_/;

/** Whether an `Authorization` header holds a credential for this server, be it a valid one or not. */
export function isOurCredential(authorization: string): boolean {
  const [, encoded] = /^Basic +(\S+)/i.exec(authorization) ?? [];
  return OURS.test(encoded === undefined ? authorization : Buffer.from(encoded, "base64").toString("latin1"));
}

/**
 * The headers that a function sees. A credential for this server is not among them: a function gets nobody's secret. Where the
 * request came from is what the server knows, not what the request says.
 */
export function shownHeaders(call: {
  readonly headers: Readonly<Record<string, string>>;
  readonly address: string;
  readonly protocol: string;
  readonly requestId: string;
}): Readonly<Record<string, string>> {
  const { authorization, ...headers } = call.headers;
  return {
    accept: "*/*",
    ...headers,
    ...(authorization === undefined || isOurCredential(authorization) ? {} : { authorization }),
    "x-forwarded-for": call.address,
    "x-forwarded-proto": call.protocol,
    "x-request-id": call.requestId,
  };
}
