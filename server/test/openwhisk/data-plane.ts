import { expect } from "vitest";
import { basic, createCaller } from "../caller.ts";
import { startTestLatchkey, type TestLatchkeyOptions } from "../start-test-latchkey.ts";

/** What a request says beside method and path. */
export type Sending = {
  /** Null for none; the namespace's own key unless given. */
  readonly authorization?: string | null;
  /** A body to be sent as JSON. */
  readonly json?: unknown;
  /** A body to be sent as it is, without a content type of its own. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What the JSON says; undefined for an empty body. */
  readonly body: unknown;
};

/** A request and what has to come of it. Paths go on from `/api/v1`. */
export type Case = Sending & {
  readonly ask: `${string} /${string}` | `${string} `;
  readonly status: number;
  /** The text of the error body. */
  readonly error?: string | RegExp;
  /** What the body has to contain; an array has to be as long, too. */
  readonly body?: unknown;
};

const ACTIVATION_ID = /^[0-9a-f]{32}$/;

/**
 * A server on a socket of its own with two namespaces, each with a key, and a way to call its data plane. Every answer, in
 * every test, is held against what holds for all of them: `checkAnswer`.
 */
export async function startDataPlane(options: TestLatchkeyOptions = {}) {
  const latchkey = await startTestLatchkey(options);
  const caller = createCaller(latchkey.url, latchkey.token);
  const namespace = await caller.addNamespace("demo");
  const other = await caller.addNamespace("other");
  const key = await caller.addKey(namespace);
  const otherKey = await caller.addKey(other);

  const send = async (ask: string, sending: Sending = {}): Promise<Answer> => {
    const answer = await sendTo(latchkey.url, ask, { authorization: basic(key), ...sending });
    for (const { secret } of [key, otherKey]) expect(answer.text, ask).not.toContain(secret);
    return answer;
  };
  const deploy = async (name: string, code: string, fields: object = {}): Promise<void> => {
    const exec = { kind: "nodejs:default", code };
    const { status, text } = await send(`PUT /namespaces/_/actions/${name}?overwrite=true`, {
      json: { exec, ...fields },
    });
    expect([name, status, text]).toEqual([name, 200, expect.any(String)]);
  };
  return { ...latchkey, caller, namespace, other, key, otherKey, send, deploy };
}

export type DataPlane = Awaited<ReturnType<typeof startDataPlane>>;

/** Sends one request over a socket and holds the answer against the rules for all of them. */
export async function sendTo(url: string, ask: string, sending: Sending): Promise<Answer> {
  const [method = "", path = ""] = ask.split(/ (.*)/s);
  const { authorization = null, json, text, headers = {} } = sending;
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    redirect: "manual",
    headers: {
      ...(authorization === null ? {} : { authorization }),
      ...(json === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    // Bytes, because of a text `fetch` would say that it is text.
    body: json === undefined && text === undefined ? null : new TextEncoder().encode(text ?? JSON.stringify(json)),
  });
  const received = await response.text();
  const isWeb = path.startsWith("/web/");
  const isJson = /^application\/json/.test(response.headers.get("content-type") ?? "");
  const answer: Answer = {
    status: response.status,
    headers: response.headers,
    text: received,
    body: received === "" || (isWeb && !isJson) ? undefined : JSON.parse(received),
  };
  checkAnswer(method, isWeb, ask, answer);
  return answer;
}

/** Holds an answer against the rules for all answers (openwhisk-api 1.4, 1.6, 14). */
function checkAnswer(method: string, isWeb: boolean, ask: string, { status, headers, text, body }: Answer): void {
  const what = `${ask}: ${status} ${text.slice(0, 500)}`;
  const requestId = headers.get("x-request-id");
  expect(requestId, what).toMatch(/./);
  const activationId = headers.get("x-openwhisk-activation-id");
  if (activationId !== null) expect(activationId, what).toMatch(ACTIVATION_ID);
  if (isWeb) return;
  // Functions' pages have this origin, too: a cookie would open to them what it opens (docs/adr/0007).
  expect(headers.get("set-cookie"), what).toBeNull();
  expect(headers.get("access-control-allow-origin"), what).toBe("*");
  expect(headers.get("access-control-allow-methods"), what).toBe("GET, DELETE, POST, PUT, HEAD");
  if (text !== "") expect(headers.get("content-type"), what).toBe("application/json; charset=utf-8");
  if (status === 401) expect(headers.get("www-authenticate"), what).toBe('Basic realm="OpenWhisk secure realm"');
  const said = Object(body);
  // A failed function is told from a refusal by the `code` that it lacks.
  if (activationId !== null) expect(said, what).not.toHaveProperty("code");
  else if (status >= 400 && method !== "HEAD")
    expect(body, what).toEqual({ error: expect.stringMatching(/./), code: requestId });
  if (activationId !== null && typeof said.activationId === "string")
    expect(said.activationId, what).toBe(activationId);
}

/** Sends the cases one after the other and holds every answer against what its case says. */
export async function expectCases(
  send: (ask: string, sending: Sending) => Promise<Answer>,
  cases: readonly Case[],
): Promise<void> {
  for (const { ask, status, error, body, ...sending } of cases) {
    const answer = await send(ask, sending);
    const said = `${ask}: ${answer.text.slice(0, 500)}`;
    expect(answer.status, said).toBe(status);
    if (typeof error === "string") expect(Object(answer.body).error, said).toBe(error);
    if (error instanceof RegExp) expect(Object(answer.body).error, said).toMatch(error);
    if (body !== undefined) expect(answer.body, said).toMatchObject(Object(body));
  }
}

/** Waits until a request is answered as `isDone` wants it: records come into being a moment after their answer. */
export async function eventually(ask: () => Promise<Answer>, isDone: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (isDone(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
