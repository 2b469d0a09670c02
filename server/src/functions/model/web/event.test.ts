import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LatchkeyError } from "../../../kernel/errors.ts";
import type { JsonValue } from "../../../runtime/index.ts";
import { parsedEvent, rawEvent, type WebRequest } from "./event.ts";

const request = (some: Partial<WebRequest> & { type?: string; sent?: string | Buffer } = {}): WebRequest => {
  const { type, sent = "", ...rest } = some;
  const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };
  return { method: "POST", path: "", query: "", headers, body: Buffer.from(sent), user: null, ...rest };
};
const PNG = Buffer.from([0x89, 0x50, 0xff, 0x00]);

describe("what becomes of a body, parsed", () => {
  const form = "application/x-www-form-urlencoded";
  test.each<{ type?: string; sent: string | Buffer; fields?: object; body?: JsonValue }>([
    { sent: "" },
    { type: "application/json", sent: "" },
    { type: "application/json", sent: '{"a":[1]}', fields: { a: [1] } },
    { type: "application/json; charset=utf-8", sent: '{"a":1}', fields: { a: 1 } },
    { type: "application/vnd.api+json", sent: '{"a":1}', fields: { a: 1 } },
    { type: "application/json", sent: "[1]", body: [1] },
    { type: "application/json", sent: '"s"', body: "s" },
    { type: "application/json", sent: "5", body: 5 },
    { type: "application/json", sent: "null", body: null },
    { type: form, sent: "a=1&b=x+y%21&a=2", fields: { a: "2", b: "x y!" } },
    { type: "text/plain", sent: "hé", body: "hé" },
    { type: "application/xml", sent: "<a/>", body: "<a/>" },
    { type: "application/octet-stream", sent: PNG, body: PNG.toString("base64") },
    { type: "image/png", sent: PNG, body: PNG.toString("base64") },
    { type: "multipart/form-data; boundary=x", sent: "--x", body: "LS14" },
    { type: "no type at all", sent: "x", body: "eA==" },
    { sent: "x", body: "eA==" },
  ])("$type $sent", ({ type, sent, fields = {}, body }) => {
    const { payload, system } = parsedEvent(request(type === undefined ? { sent } : { type, sent }));
    expect(payload).toEqual(fields);
    expect(Object.hasOwn(system, "__ow_body")).toBe(body !== undefined);
    expect(system["__ow_body"]).toEqual(body);
  });

  test.each(["{", "{'a':1}", '{"a":1}x', "undefined"])("malformed JSON is refused: %s", (sent) => {
    expect(() => parsedEvent(request({ type: "application/json", sent }))).toThrow(
      "The request content was malformed:\n",
    );
  });
});

describe("what becomes of a body, raw", () => {
  test.each([
    { sent: "", body: "", base64: false },
    { type: "application/json", sent: '{"a":1}', body: '{"a":1}', base64: false },
    { type: "application/json", sent: "{", body: "{", base64: false },
    { type: "application/x-www-form-urlencoded", sent: "a=1", body: "a=1", base64: false },
    { type: "text/plain", sent: "hé", body: "hé", base64: false },
    { type: "image/png", sent: PNG, body: PNG.toString("base64"), base64: true },
  ])("$type $sent", ({ sent, body, base64, ...rest }) => {
    const { payload, system } = rawEvent(request({ sent, query: "a=1&__ow_body=x", ...rest }));
    expect(payload).toEqual({});
    expect(system).toMatchObject({ __ow_body: body, __ow_isBase64Encoded: base64, __ow_query: "a=1&__ow_body=x" });
    expect(system["http"]).toMatchObject({ body, isBase64Encoded: base64, queryString: "a=1&__ow_body=x" });
  });
});

test("a function that gets fields is told method, headers and path twice, DigitalOcean's way and OpenWhisk's", () => {
  const headers = { accept: "*/*" };
  expect(parsedEvent(request({ method: "GET", path: "/a%20b", headers, query: "n=1", user: "fn-1" }))).toEqual({
    payload: { n: "1" },
    system: {
      __ow_method: "get",
      __ow_headers: headers,
      __ow_path: "/a%20b",
      __ow_user: "fn-1",
      http: { headers, method: "GET", path: "/a%20b" },
    },
  });
});

test("a body's fields go over the query's, of which the last counts", () => {
  const { payload } = parsedEvent(request({ query: "a=1&a=2&b=3", type: "application/json", sent: '{"b":{}}' }));
  expect(payload).toEqual({ a: "2", b: {} });
});

describe.each(["__ow_method", "__ow_headers", "__ow_path", "__ow_user", "__ow_query", "__ow_body"])("%s", (key) => {
  test.each([
    { where: "query", asked: request({ query: `${key}=1` }) },
    { where: "JSON", asked: request({ type: "application/json", sent: JSON.stringify({ [key]: null }) }) },
    { where: "form", asked: request({ type: "application/x-www-form-urlencoded", sent: `${key}=` }) },
  ])("in the $where is refused", ({ asked }) => {
    expect(() => parsedEvent(asked)).toThrow("parameters that are not allowed");
  });
});

test("__proto__ is a field like any other and changes nothing else", () => {
  for (const asked of [
    request({ query: "__proto__=x" }),
    request({ type: "application/json", sent: '{"__proto__":{"http":1,"__ow_user":"root"}}' }),
  ]) {
    const { payload, system } = parsedEvent(asked);
    const event = { ...payload, ...system };
    expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
    expect(Object.keys(event)).toContain("__proto__");
    expect(event["__ow_user"]).toBeUndefined();
  }
});

test("whatever is sent becomes an event or a 400", () => {
  const types = fc.oneof(
    fc.constantFrom("application/json", "application/x-www-form-urlencoded", "text/plain"),
    fc.string(),
  );
  const bodies = fc.oneof(
    fc.uint8Array(),
    fc.json().map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(types, bodies, fc.string({ unit: "binary" }), (type, sent, query) => {
      const asked = request({ type, sent: Buffer.from(sent), query });
      rawEvent(asked);
      try {
        parsedEvent(asked);
        return true;
      } catch (error) {
        return error instanceof LatchkeyError && error.status === 400;
      }
    }),
  );
});
