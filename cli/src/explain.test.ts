import { ApiError, InvalidRequestError, UnreachableError } from "@latchkey/contract/client-errors";
import { describe, expect, test } from "vitest";
import { explain } from "./explain.ts";
import { EXIT, UsageError } from "./failure.ts";
import { ProjectError } from "./project/errors.ts";

const refusal = (status: number, id = "accessKey.rename", credential: "token" | "access_key" | "none" = "token") =>
  new ApiError("no", {
    route: { id, credential },
    status,
    requestId: "r-1",
    retryAfterSeconds: status === 429 ? 7 : null,
  });

describe("every refusal ends with what to try next", () => {
  test.each([
    { status: 400, next: "--help" },
    { status: 401, next: "LATCHKEY_TOKEN" },
    { status: 403, next: "function:admin" },
    { status: 404, next: "latchkey key list" },
    { status: 409, next: "another name" },
    { status: 413, next: "Send less" },
    { status: 422, next: "latchkey key list" },
    { status: 429, next: "in 7 seconds" },
    { status: 500, next: "server's log" },
    { status: 502, next: "Try again" },
    { status: 503, next: "Try again" },
  ])("$status: $next", ({ status, next }) => {
    const explained = explain(refusal(status));
    expect(explained).toMatchObject({ message: "no (request r-1)", exitCode: EXIT.failed });
    expect(explained.next.join("\n")).toContain(next);
  });

  test("a key that is refused is answered with how to get another", () => {
    expect(explain(refusal(401, "action.invoke", "access_key")).next[0]).toContain("latchkey connect");
    expect(explain(refusal(403, "action.put", "access_key")).next[0]).toContain("latchkey key get");
  });

  test.each([
    { id: "invitation.accept", status: 404, next: "Ask whoever invited you for a new one" },
    { id: "invitation.accept", status: 401, next: "give the password you have" },
    { id: "invitation.accept", status: 409, next: "latchkey login" },
    { id: "passwordReset.redeem", status: 404, next: "latchkey password forgot" },
  ])(
    "whoever has a link and is nobody here yet is told what they can do after a $status of $id",
    ({ id, status, next }) => {
      const advice = explain(refusal(status, id, "none")).next;
      expect(advice).toEqual([expect.stringContaining(next)]);
      expect(advice[0]).not.toMatch(/latchkey (team|connect)/);
    },
  );

  test.each([
    { id: "account.update", status: 403, next: "Give the password" },
    { id: "account.update", status: 409, next: "another address" },
    { id: "account.setPassword", status: 403, next: "Give the password" },
    { id: "accessKey.create", status: 422, next: "latchkey policy show" },
    { id: "team.leave", status: 422, next: "latchkey team set-role" },
    { id: "apiToken.create", status: 422, next: "latchkey login" },
    { id: "invitation.create", status: 409, next: "latchkey team invitations" },
  ])("a $status of $id is answered with $next", ({ id, status, next }) => {
    expect(explain(refusal(status, id)).next).toEqual([expect.stringContaining(next)]);
  });

  test.each([
    { id: "namespace.get", list: "latchkey namespaces list" },
    { id: "packagedAction.get", list: "latchkey functions list" },
    { id: "activation.logs", list: "latchkey activations list" },
  ])("what $id does not find, $list shows", ({ id, list }) => {
    expect(explain(refusal(404, id)).next).toEqual([`See what there is: ${list}`]);
  });
});

describe("no answer", () => {
  test.each([
    { at: "http://127.0.0.1:3233", code: "ECONNREFUSED", next: "latchkey serve" },
    { at: "http://localhost:3233/gw.co", code: "ECONNREFUSED", next: "latchkey serve" },
    { at: "http://[::1]:3233", code: "ECONNREFUSED", next: "latchkey serve" },
    { at: "https://127.0.0.1.example.com", code: "ECONNREFUSED", next: "Check the address" },
    { at: "http://127.0.0.1:3233", code: "ECONNRESET", next: "Check the address" },
    { at: "https://functions.example.com", code: null, next: "Check the address" },
  ])("$code from $at: $next", ({ at, code, next }) => {
    const { message, next: advice } = explain(new UnreachableError(`Cannot reach ${at}: why`, at, { code }));
    expect(message).toBe(`Cannot reach ${at}: why`);
    expect(advice[0]).toContain(next);
    expect(advice[1]).toContain("LATCHKEY_API_URL");
  });
});

test("the server's own errors speak for themselves", () => {
  const error = Object.assign(new Error("start.port_taken: …"), {
    says: "Port 3233 is taken. Choose another with --port.",
  });
  expect(explain(error)).toEqual({
    message: "Port 3233 is taken. Choose another with --port.",
    next: [],
    exitCode: EXIT.failed,
  });
});

test("what is wrong with the command line is misuse, all else is failure", () => {
  expect(explain(new UsageError("bad")).exitCode).toBe(EXIT.misused);
  expect(explain(new InvalidRequestError("'..' cannot be a key id")).exitCode).toBe(EXIT.misused);
  expect(explain(new ProjectError([])).exitCode).toBe(EXIT.failed);
  expect(explain(new TypeError("oops")).exitCode).toBe(EXIT.failed);
  expect(explain("thrown text").message).toContain("thrown text");
});
