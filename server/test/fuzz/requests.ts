import { toJsonSchemas } from "@latchkey/contract/json-schemas";
import type { RouteDescription } from "@latchkey/contract/route";
import type { Dice } from "./dice.ts";
import { createValues } from "./values.ts";

/** What the requests may name that exists, so that they get further than the first check. */
export type Known = {
  /** By the name of the path parameter. */
  readonly params: Readonly<Record<string, readonly string[]>>;
  /** `Authorization` headers by what a route asks for, beside those that are none. */
  readonly credentials: Readonly<Record<RouteDescription["credential"], readonly string[]>>;
};

export type FuzzRequest = {
  readonly method: string;
  readonly bytes: Buffer;
  /** Sent, and then hung up on: what it announces never comes. */
  readonly isCutOff: boolean;
  /** Whether it breaks HTTP itself, so that no route is there to answer it. */
  readonly isBroken: boolean;
};

const METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS"] as const;
const SEGMENTS = [
  ...["_", "hello", "sample", "bound", "none", "default", "x".repeat(257), "x".repeat(3000), "0", "a+b", "A"],
  ...["%00", "%ff", "%", "%2", "%zz", "%2F", "%2e%2e", "..", ".", "%20", "a%20", "__proto__", "constructor", ":"],
  ...["%C3%A9", "*", "{name}", "a;b", "a,b", "a'b", "%0d%0a", "0".repeat(32), "Z".repeat(32), "", "%25", "~", "a.json"],
] as const satisfies readonly [string, ...string[]];
const EXTENSIONS = ["", "", "", ".http", ".json", ".html", ".text", ".svg", ".zip", "."] as const;
const QUERY_VALUES = [
  "true",
  "false",
  "0",
  "1",
  "-1",
  "201",
  "9".repeat(40),
  "x",
  "",
  "%00",
  "%",
  "1e3",

  "+",
  "[]",
] as const;
const QUERY_NAMES = ["__proto__", "limit", "skip", "a[b]", "a%5B%5D", "", "%", "constructor", "x"] as const;
const NO_CREDENTIALS = [
  ...["", "Basic", "Basic ", "Basic %%%", "Basic Og==", `Basic ${"A".repeat(6000)}`, "Bearer", "Bearer ", "Digest x"],
  ...[
    "Basic ZG9mX3YxXzA6",
    "Basic ZG9mX3YxXw==",
    "Bearer dop_v1_x",
    "basic eDp5",
    "BEARER x y z",
    "\u00e9",
    "Basic eDp5Onp6",
  ],
] as const satisfies readonly [string, ...string[]];
const TYPES = [
  ...["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/problem+json"],
  ...[
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "nonsense",
    ";",
    "application/json;;",
    "*/*",
  ],
] as const satisfies readonly [string, ...string[]];
const HEADERS = [
  ...[
    "x-request-id: ",
    "x-request-id: a b c",
    `x-request-id: ${"x".repeat(400)}`,
    "x-request-id: sid_x",
    "accept: nonsense",
  ],
  ...["accept: text/html;q=x", "accept-encoding: zip, *;q=9", "x-forwarded-for: 1.2.3.4, ::", "x-forwarded-proto: ftp"],
  ...["__proto__: x", "constructor: x", "cookie: ;;=;", "expect: 100-continue", "range: bytes=0-0", "if-none-match: *"],
  ...[
    "origin: null",
    "access-control-request-headers: \u00e9",
    "x-require-whisk-auth: x",
    "upgrade: websocket",
    "te: trailers",
  ],
] as const satisfies readonly [string, ...string[]];
/** Whole requests that HTTP does not allow, or barely. */
const BROKEN = [
  ...[
    "\r\n\r\nx\r\n\r\n",
    "GET\r\n\r\n",
    "GET / HTTP/9.9\r\nhost: x\r\n\r\n",
    "GET /\u00c3\u00a9 HTTP/1.1\r\nhost: x\r\n\r\n",
    "GET /a b HTTP/1.1\r\nhost: x\r\n\r\n",
    "\u0000\u0001\u0002\r\n\r\n",
  ],
  ...["BREW / HTTP/1.1\r\nhost: x\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n"],
  ...[
    "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n",
  ],
  ...["POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
  ...[
    "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n",
    "GET http://[ HTTP/1.1\r\nhost: x\r\n\r\n",
  ],
  ...["GET * HTTP/1.1\r\nhost: x\r\n\r\n", `GET /${"x".repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`],
  ...[`GET / HTTP/1.1\r\nhost: x\r\na: ${"x".repeat(20_000)}\r\n\r\n`, "CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n"],
] as const satisfies readonly [string, ...string[]];

/** Requests to every described route, and to functions on the web, each wrong in some ways or, now and then, in none. */
export function createRequests(dice: Dice, routes: readonly RouteDescription[], known: Known) {
  const [firstRoute, ...otherRoutes] = routes;
  if (firstRoute === undefined) throw new Error("there are no routes");
  const schemas = toJsonSchemas(routes);
  const values = createValues(dice, schemas);
  const oneOf = (
    list: readonly string[] | undefined,
    otherwise: readonly [string, ...string[]],
    likely = 0.6,
  ): string => {
    const [first, ...rest] = list ?? [];
    return first !== undefined && dice.happens(likely) ? dice.pick([first, ...rest]) : dice.pick(otherwise);
  };

  /** Of a function on the web, more often than not. */
  const webPathOf = (): string => {
    const { namespace, package: packages = [], name } = known.params;
    const rest = dice.happens(0.2) ? `/${dice.pick(SEGMENTS)}` : "";
    const place = `${oneOf(namespace, SEGMENTS)}/${oneOf(["default", ...packages], SEGMENTS)}`;
    return `/api/v1/web/${place}/${oneOf(name, SEGMENTS)}${dice.pick(EXTENSIONS)}${rest}`;
  };

  const pathOf = ({ path }: RouteDescription): string => {
    if (dice.happens(0.05)) return webPathOf();
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => oneOf(known.params[name], SEGMENTS));
    return dice.happens(0.05) ? `${filled}/${dice.pick(SEGMENTS)}` : filled;
  };

  const queryOf = (route: RouteDescription): string => {
    const names = Object.keys(schemas.at(route, "query")?.properties ?? {});
    const said = names.filter(() => dice.happens(0.4)).map((name) => `${name}=${dice.pick(QUERY_VALUES)}`);
    while (dice.happens(0.1)) said.push(`${dice.pick(QUERY_NAMES)}=${dice.pick(QUERY_VALUES)}`);
    return said.length === 0 ? "" : `?${said.join(dice.happens(0.95) ? "&" : "&&")}`;
  };

  /** What becomes of JSON on a bad day. */
  const spoilt = (text: string): string | Buffer => {
    switch (dice.below(9)) {
      case 0:
        return text.slice(0, dice.below(text.length + 1));
      case 1:
        return `${text}${text}`;
      case 2:
        return `\ufeff${text}`;
      case 3:
        return Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe, 0])]);
      case 4:
        return text.replace(/[:,]/, dice.pick([";", "", "::", "\u0000"]));
      case 5:
        return `${"[".repeat(5000)}${"]".repeat(5000)}`;
      case 6:
        return text.replace(/\d+/, dice.pick(["1e999", "-", "01", "NaN", "9".repeat(400)]));
      case 7:
        return text.replace(/"(?=[:,}])/, dice.pick(['\\ud800"', "\\", '\\x"', '\n"']));
      default:
        return dice.pick(["", " \n", "null", "true", '"', "{", "[]", "undefined", "a=1&b=2", "<xml/>"]);
    }
  };

  const bodyOf = (route: RouteDescription): Buffer => {
    const schema = schemas.at(route, "body");
    if (schema === undefined && dice.happens(0.85)) return Buffer.alloc(0);
    const text = JSON.stringify(values.valueFor(schema ?? { type: "object", additionalProperties: {} }));
    return Buffer.from(dice.happens(0.3) ? spoilt(text) : text);
  };

  const headersOf = (route: RouteDescription, body: Buffer): string[] => {
    const authorization = oneOf(known.credentials[route.credential], NO_CREDENTIALS, 0.9);
    const lines = ["host: latchkey.test"];
    if (dice.happens(0.95)) lines.push(`authorization: ${authorization}`);
    if (body.length > 0 || dice.happens(0.2))
      lines.push(`content-type: ${dice.happens(0.7) ? TYPES[0] : dice.pick(TYPES)}`);
    while (dice.happens(0.15)) lines.push(dice.pick(HEADERS));
    return lines;
  };

  return {
    next(): FuzzRequest {
      if (dice.happens(0.02))
        return { method: "GET", bytes: Buffer.from(dice.pick(BROKEN), "latin1"), isCutOff: false, isBroken: true };
      const route = dice.pick([firstRoute, ...otherRoutes]);
      const method = dice.happens(0.9) ? route.method : dice.pick(METHODS);
      const body = method === "GET" || method === "HEAD" ? Buffer.alloc(0) : bodyOf(route);
      const lines = headersOf(route, body);
      const isCutOff = body.length > 0 && dice.happens(0.02);
      const isChunked = body.length > 0 && dice.happens(0.1);
      if (isChunked) lines.push("transfer-encoding: chunked");
      else if (body.length > 0 || method !== "GET") lines.push(`content-length: ${body.length + (isCutOff ? 10 : 0)}`);
      const framed = isChunked
        ? [`${body.length.toString(16)}\r\n`, body, isCutOff ? "\r\n" : "\r\n0\r\n\r\n"]
        : [body];
      const head = `${method} ${pathOf(route)}${queryOf(route)} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
      const bytes = Buffer.concat([Buffer.from(head), ...framed.map((part) => Buffer.from(part))]);
      return { method, bytes, isCutOff, isBroken: false };
    },
  };
}
