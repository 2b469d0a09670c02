import { expect } from "vitest";
import { startTestLatchkey, type TestLatchkeyOptions } from "../start-test-latchkey.ts";
import { publishedAnswer, publishedStatuses } from "./published-contract.ts";

/** What a request says beside method and path. */
export type Sending = {
  /** Null for no credential; the first team's owner's token unless given. */
  token?: string | null;
  /** A body to be sent as JSON. */
  json?: unknown;
  /** A body to be sent as it is, without a content type of its own. */
  text?: string;
  /** As clients send it, unless given: `application/json`. */
  accept?: string;
  headers?: Readonly<Record<string, string>>;
};

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const WHOLE_NUMBER = /^\d+$/;
const SECRET = /dofs_v1_\w+|dop_v1_\w+/;
const SHOWS_A_SECRET = /^POST \S+\/keys(\/\w+\/rotate)?$/;

/**
 * A server on a socket of its own and a way to call its control plane. Every answer, in every test, is held against what holds
 * for all of them: `checkAnswer`.
 */
export async function startControlPlane(options: TestLatchkeyOptions = {}) {
  const latchkey = await startTestLatchkey(options);
  const send = async (method: string, path: string, sending: Sending = {}): Promise<Answer> => {
    const { token = latchkey.token, json, text, accept = "application/json", headers = {} } = sending;
    const response = await fetch(latchkey.url + path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        accept,
        ...headers,
      },
      // Bytes, because of a text `fetch` would say that it is text.
      body: json === undefined && text === undefined ? null : new TextEncoder().encode(text ?? JSON.stringify(json)),
    });
    const received = await response.text();
    const body: unknown = received === "" ? undefined : JSON.parse(received);
    const answer = { status: response.status, headers: response.headers, text: received, body };
    checkAnswer(method, path.replace(/\?.*/, ""), accept, answer);
    return answer;
  };
  return { ...latchkey, send };
}

export type ControlPlane = Awaited<ReturnType<typeof startControlPlane>>;

/** Holds an answer against the rules for all answers (do-functions-api 2.1, 2.2) and against DigitalOcean's document. */
function checkAnswer(method: string, path: string, accept: string, { status, headers, text, body }: Answer): void {
  const what = `${method} ${path}: ${status}`;
  for (const name of ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"])
    expect(headers.get(name), `${what}, header ${name}`).toMatch(WHOLE_NUMBER);
  const requestId = headers.get("x-request-id");
  expect(requestId, `${what}, header x-request-id`).toMatch(UUID);
  // Functions' pages have this origin, too: a cookie would open to them what it opens (docs/adr/0007).
  expect(headers.get("set-cookie"), `${what}, cookies`).toBeNull();
  expect(headers.get("content-type"), `${what}, content type`).toBe(
    body === undefined ? null : "application/json; charset=utf-8",
  );

  if (status >= 400) {
    const error = {
      id: expect.stringMatching(/^[a-z_]+$/),
      message: expect.stringMatching(/./),
      request_id: requestId,
    };
    expect(body, what).toEqual(error);
  }
  if (!SHOWS_A_SECRET.test(`${method} ${path}`)) expect(text, what).not.toMatch(SECRET);

  const published = publishedAnswer(method, path, status);
  if (published.kind === "empty") expect(text, what).toBe("");
  if (published.kind === "body" && body !== undefined)
    expect([published.validate(body), published.validate.errors], what).toEqual([true, null]);
  if (published.kind !== "unknown" && status < 400 && accept.includes("application/json"))
    expect(publishedStatuses(method, path), what).toContain(status);
}
