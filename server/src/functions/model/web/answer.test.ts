import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LatchkeyError } from "../../../kernel/errors.ts";
import type { JsonValue } from "../../../runtime/index.ts";
import type { Extension } from "./address.ts";
import { transcode, type WebAnswer } from "./answer.ts";

const HTML = "text/html; charset=UTF-8";
const TEXT = "text/plain; charset=UTF-8";
const JSON_TYPE = "application/json";
const NO_MESSAGE = "Response is not valid 'message/http'.";
const MISMATCH = "Response type in header did not match generated content type.";

type Row = { give: JsonValue; status: number; type?: string; body?: string; says?: string };

const MESSAGES: Row[] = [
  { give: { body: "<h1>x</h1>" }, status: 200, type: HTML, body: "<h1>x</h1>" },
  { give: { body: { a: 1 } }, status: 200, type: JSON_TYPE, body: '{"a":1}' },
  { give: { body: [1, null] }, status: 200, type: JSON_TYPE, body: "[1,null]" },
  { give: { body: 0 }, status: 200, type: JSON_TYPE, body: "0" },
  { give: { body: false, statusCode: 201 }, status: 201, type: JSON_TYPE, body: "false" },
  { give: { greeting: "hi" }, status: 204 },
  { give: {}, status: 204 },
  { give: { body: "" }, status: 204 },
  { give: { body: null, headers: { "content-type": "text/plain" } }, status: 204 },
  { give: { statusCode: 200, headers: { "content-type": "text/plain" } }, status: 200 },
  { give: { statusCode: "418", body: "t" }, status: 418, type: HTML, body: "t" },
  { give: { statusCode: 444, body: "t" }, status: 444, type: HTML, body: "t" },
  { give: { statusCode: 304, body: "never sent" }, status: 304 },
  { give: { headers: { "Content-Type": "text/plain" }, body: "ä" }, status: 200, type: TEXT, body: "ä" },
  {
    give: { headers: { "content-type": "text/css; charset=utf-8" }, body: "a{}" },
    status: 200,
    type: "text/css; charset=utf-8",
    body: "a{}",
  },
  {
    give: { headers: { "content-type": "text/csv; charset=latin1; header=present" }, body: "ä" },
    status: 200,
    type: "text/csv; header=present; charset=UTF-8",
    body: "ä",
  },
  {
    give: { headers: { "content-type": JSON_TYPE }, body: '{"a": 1}' },
    status: 200,
    type: JSON_TYPE,
    body: '{"a": 1}',
  },
  {
    give: { headers: { "content-type": JSON_TYPE }, body: "eyJhIjoxfQ==" },
    status: 200,
    type: JSON_TYPE,
    body: '{"a":1}',
  },
  {
    give: { headers: { "content-type": "application/problem+json" }, body: { a: 1 } },
    status: 200,
    type: "application/problem+json",
    body: '{"a":1}',
  },
  {
    give: { headers: { "content-type": "image/svg+xml" }, body: "<svg/>" },
    status: 200,
    type: "image/svg+xml; charset=UTF-8",
    body: "<svg/>",
  },
  { give: { error: { statusCode: 404, body: "nope" } }, status: 404, type: HTML, body: "nope" },
  { give: { error: {} }, status: 204 },
  { give: { error: "oops" }, status: 400, says: NO_MESSAGE },
  { give: { error: null }, status: 400, says: NO_MESSAGE },
  { give: [1], status: 400, says: NO_MESSAGE },
  ...["x", "", "-1", "2e2", 1.5, 0, 99, 100, 101, 199, 600, 999, 1e9, true, null, [200]].map((statusCode) => ({
    give: { statusCode, body: "t" },
    status: 400,
    says: NO_MESSAGE,
  })),
  ...[5, "a: b", ["a"], null].map((headers) => ({ give: { headers, body: "t" }, status: 400, says: NO_MESSAGE })),
  ...[null, { a: 1 }, [["a"]], [null]].map((value) => ({
    give: { headers: { "x-a": value } },
    status: 400,
    says: NO_MESSAGE,
  })),
  { give: { headers: { "content-type": "image/png" }, body: "not base64!" }, status: 400, says: MISMATCH },
  { give: { headers: { "content-type": "application/pdf" }, body: "abcde" }, status: 400, says: MISMATCH },
  { give: { headers: { "content-type": "text/html" }, body: { a: 1 } }, status: 400, says: MISMATCH },
  { give: { headers: { "content-type": "image/png" }, body: 1 }, status: 400, says: MISMATCH },
  ...["nonsense", "a/b c", "/", 5].map((type) => ({
    give: { headers: { "content-type": type }, body: "t" },
    status: 400,
    says: "Response did not specify a known content-type.",
  })),
];

const EXTENSIONS: (Row & { ext: Extension })[] = [
  { ext: "http", give: { body: "x" }, status: 200, type: HTML, body: "x" },
  {
    ext: "json",
    give: { statusCode: 500, body: 1 },
    status: 200,
    type: JSON_TYPE,
    body: '{"statusCode":500,"body":1}',
  },
  { ext: "json", give: [1], status: 200, type: JSON_TYPE, body: "[1]" },
  { ext: "json", give: { error: { a: 1 } }, status: 200, type: JSON_TYPE, body: '{"a":1}' },
  { ext: "json", give: { error: "oops" }, status: 400, says: "Response is not valid 'application/json'." },
  { ext: "html", give: { html: "<p>" }, status: 200, type: HTML, body: "<p>" },
  { ext: "html", give: { body: "b", html: "<p>" }, status: 200, type: HTML, body: "b" },
  { ext: "html", give: { error: "<p>" }, status: 200, type: HTML, body: "<p>" },
  { ext: "html", give: { html: 1 }, status: 400, says: "Response is not valid 'text/html'." },
  { ext: "html", give: {}, status: 400, says: "Response is not valid 'text/html'." },
  { ext: "svg", give: { svg: "<svg/>" }, status: 200, type: "image/svg+xml", body: "<svg/>" },
  { ext: "svg", give: { body: [] }, status: 400, says: "Response is not valid 'image/svg+xml'." },
  { ext: "text", give: { text: "ä" }, status: 200, type: TEXT, body: "ä" },
  { ext: "text", give: { body: { a: 1 } }, status: 200, type: TEXT, body: '{\n  "a": 1\n}' },
  { ext: "text", give: [1], status: 200, type: TEXT, body: "[\n  1\n]" },
  { ext: "text", give: { body: null, text: "x" }, status: 200, type: TEXT, body: "null" },
  { ext: "text", give: { error: 5 }, status: 200, type: TEXT, body: "5" },
  { ext: "text", give: { a: 1 }, status: 404, says: "Response does not include requested property." },
];

/** A function's result, as the runtime tells of it. */
function activation(result: JsonValue) {
  const failed = typeof result === "object" && result !== null && "error" in result;
  return { status: failed ? "application_error" : "success", result } as const;
}

/** An answer in the words of the tables; a refusal by what it says. */
function shown(give: JsonValue, extension: Extension) {
  try {
    const { status, headers, body } = transcode(activation(give), extension);
    const type = headers.find(([name]) => name === "content-type")?.[1];
    return { status, type, body: body === null ? "" : Buffer.from(body).toString() };
  } catch (error) {
    if (!(error instanceof LatchkeyError)) throw error;
    return { status: error.status, says: error.says };
  }
}

const expected = ({ status, type, body = "", says }: Row) =>
  says === undefined ? { status, type, body } : { status, says };

describe("without an ending, a function's answer is a message", () => {
  test.each(MESSAGES)("$give: $status", (row) => expect(shown(row.give, "http")).toEqual(expected(row)));
});

describe("an ending of the address says what to make of the answer", () => {
  test.each(EXTENSIONS)(".$ext $give: $status", (row) => expect(shown(row.give, row.ext)).toEqual(expected(row)));
});

test.each([
  { "x-a": "1\r\nset-cookie: stolen=1" },
  { "x-a": "1\nb: 2" },
  { "x-a": ["ok", "1\r\n\r\n<script>"] },
  { "x-a": "\u0000" },
  { "x-a": "\u007f" },
  { "x-a\r\nb": "1" },
  { "x a": "1" },
  { "": "1" },
  { "x-ä": "1" },
  { "content-type": "text/plain\r\nset-cookie: a=1" },
])("a header that holds another, or is none, is refused: %j", (headers) => {
  expect(shown(JSON.parse(JSON.stringify({ headers, body: "t" })), "http")).toEqual({ status: 400, says: NO_MESSAGE });
});

/** Results as functions may give them: often nearly right. */
const messages = fc.record(
  {
    statusCode: fc.oneof(fc.integer({ min: -1, max: 1200 }), fc.jsonValue()),
    headers: fc.oneof(
      fc.dictionary(
        fc.oneof(fc.constantFrom("content-type", "Content-Type", "set-cookie", "__proto__"), fc.string()),
        fc.oneof(
          fc.constantFrom("image/png", "application/json", "text/html; charset=x", 'a/b; c="'),
          fc.string({ unit: "binary" }),
          fc.array(fc.string()),
          fc.jsonValue(),
        ),
      ),
      fc.jsonValue(),
    ),
    body: fc.oneof(fc.string(), fc.base64String(), fc.jsonValue()),
  },
  { requiredKeys: [] },
);

test("whatever a function gives becomes an answer that can be sent, or one of the refusals", () => {
  const extensions = fc.constantFrom<Extension>("http", "http", "json", "html", "svg", "text");
  const results = fc.oneof(messages, fc.record({ error: messages }), fc.jsonValue());
  fc.assert(
    fc.property(results, extensions, (result, extension) => {
      let answer: WebAnswer;
      try {
        answer = transcode(activation(result as JsonValue), extension);
      } catch (error) {
        return error instanceof LatchkeyError && error.code.startsWith("function.web_") && error.status < 500;
      }
      const { status, headers, body } = answer;
      return (
        Number.isInteger(status) &&
        status >= 200 &&
        status <= 599 &&
        headers.every(([name, value]) => /^[!-~]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)) &&
        headers.filter(([name]) => name === "content-type").length === (body === null ? 0 : 1)
      );
    }),
    { numRuns: 2000 },
  );
});
