import { describe, expect, test } from "vitest";
import { ANSWER } from "./frames.ts";
import { judgeAnswer, parseRefusal } from "./verdict.ts";

const judge = (type: number, json: string) => judgeAnswer(type, Buffer.from(json));
const nested = (depth: number) => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

describe("a result", () => {
  test("without an error is a success, with the size it was sent with", () => {
    expect(judge(ANSWER.result, '{"greeting":"Grüße"}')).toEqual({
      status: "success",
      result: { greeting: "Grüße" },
      resultBytes: 22,
      timedOut: false,
    });
  });

  test.each([
    { what: "an error text", json: '{"error":"no","code":7}', error: "no", bytes: 14 },
    { what: "an error object", json: '{"error":{"statusCode":404}}', error: { statusCode: 404 }, bytes: 28 },
    { what: "an error that is null", json: '{"error":null}', error: null, bytes: 14 },
  ])("with $what is an application error, and nothing else of it is kept", ({ json, error, bytes }) => {
    expect(judge(ANSWER.result, json)).toMatchObject({
      status: "application_error",
      result: { error },
      resultBytes: bytes,
    });
  });

  test("that was too long becomes an application error that shows how it began", () => {
    expect(judge(ANSWER.tooLong, '{"bytes":2000000,"prefix":"{\\"a\\":"}')?.result).toEqual({
      error:
        'The action produced a response that exceeded the allowed length: 2000000 > 1048576 bytes. The truncated response was: {"a":',
    });
  });

  test("may be nested a thousand deep, brackets in texts not counted", () => {
    expect(judge(ANSWER.result, nested(1000))).toMatchObject({ status: "success" });
    expect(judge(ANSWER.result, nested(1001))).toBeUndefined();
    const harmless = JSON.stringify({
      text: `"${"[{".repeat(1000)}\\`,
      wide: Array.from({ length: 1000 }, () => [[]]),
    });
    expect(judge(ANSWER.result, harmless)).toMatchObject({ status: "success" });
  });
});

test("a failure that the launcher reports is a developer error with its text", () => {
  expect(judge(ANSWER.failed, '"The function did not return a dictionary."')).toMatchObject({
    status: "developer_error",
    result: { error: "The function did not return a dictionary." },
  });
});

test.each([
  { what: "no JSON", type: ANSWER.result, json: "{" },
  { what: "a result that is an array", type: ANSWER.result, json: "[]" },
  { what: "a result that is null", type: ANSWER.result, json: "null" },
  { what: "a failure that is no text", type: ANSWER.failed, json: "{}" },
  { what: "a length that is no number", type: ANSWER.tooLong, json: '{"bytes":"1","prefix":""}' },
  { what: "an answer to something else", type: ANSWER.ready, json: "null" },
  { what: "a type that does not exist", type: 99, json: "{}" },
])("$what is not an answer of our launchers", ({ type, json }) => {
  expect(judge(type, json)).toBeUndefined();
});

test("a refusal is a text", () => {
  expect(parseRefusal(Buffer.from('"no main"'))).toBe("no main");
  expect(parseRefusal(Buffer.from("7"))).toBeUndefined();
});
