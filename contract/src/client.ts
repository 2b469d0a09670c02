import type { z } from "zod";
import {
  InvalidRequestError,
  parseJson,
  readApiError,
  readErrorBody,
  UnreachableError,
  unreachable,
} from "./client-errors.ts";
import {
  BAD_BASE_URL,
  type ClientCredential,
  parseBaseUrl,
  writeHeaders,
  writePath,
  writeQuery,
} from "./client-request.ts";
import type { Credential, RouteDescription } from "./route.ts";

export type ClientOptions<C extends ClientCredential> = {
  /** Where the API is: for the data plane a namespace's `api_host`, which may end in a path. */
  readonly baseUrl: string;
  readonly credential: C;
  readonly fetch?: typeof globalThis.fetch;
  /** Browsers send their own. */
  readonly userAgent?: string;
};

/** A client changes nothing of what it is given, so it need not be given anything that can be changed. */
type Frozen<Value> = Value extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Value extends object
    ? { readonly [Name in keyof Value]: Frozen<Value[Name]> }
    : Value;
type Optional<Name extends string, Value> = { readonly [N in Name]?: Frozen<Value> };
type Required<Name extends string, Value> = { readonly [N in Name]: Frozen<Value> };
type Part<Name extends string, Schema> = Schema extends z.ZodType
  ? unknown extends z.input<Schema>
    ? Required<Name, z.input<Schema>>
    : undefined extends z.input<Schema>
      ? Optional<Name, z.input<Schema>>
      : Partial<z.input<Schema>> extends z.input<Schema>
        ? Optional<Name, z.input<Schema>>
        : Required<Name, z.input<Schema>>
  : unknown;

/** What a call of this route has to be given: its parameters, query and body, as far as it has them. */
export type CallInput<R extends RouteDescription> = Part<"params", R["params"]> &
  Part<"query", R["query"]> &
  Part<"body", R["body"]>;

/** Every answer this route may give, as a union discriminated by status. Empty bodies are `null`. */
export type CallAnswer<R extends RouteDescription> = {
  [Status in keyof R["answers"] & number]: {
    readonly status: Status;
    readonly body: R["answers"][Status] extends z.ZodType ? z.input<R["answers"][Status]> : null;
    readonly headers: Headers;
  };
}[keyof R["answers"] & number];

/** A route whose answer comes piece by piece (`streamed`). */
type Streaming = { readonly answers: { readonly 200: z.ZodType<AsyncIterable<string>> } };
type Callable<C extends ClientCredential> = RouteDescription & {
  readonly credential: Extract<Credential, C["kind"] | "none">;
};
type Input<R extends RouteDescription> =
  Record<never, never> extends CallInput<R> ? [input?: CallInput<R>] : [input: CallInput<R>];
type AnyInput = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown };

/** A typed way to call the routes of one API address under one credential. */
export type Client<C extends ClientCredential> = {
  readonly baseUrl: string;
  /**
   * Sends one request and gives the answer, checked against the route's description.
   * @throws ApiError if the API refuses, UnreachableError if nothing of the kind answers.
   */
  call<const R extends Callable<C>>(route: R, ...input: Input<R>): Promise<CallAnswer<R>>;
  /**
   * The same for an answer that comes piece by piece. What it says is not checked; an answer that ends too early throws
   * UnreachableError when that is read.
   */
  stream<const R extends Callable<C> & Streaming>(route: R, ...input: Input<R>): Promise<AsyncIterable<string>>;
};

/** Makes a client; it does no I/O before the first call. */
export function createClient<const C extends ClientCredential>(options: ClientOptions<C>): Client<C> {
  const baseUrl = parseBaseUrl(options.baseUrl);
  if (baseUrl === undefined) throw new InvalidRequestError(BAD_BASE_URL);
  const fetch = options.fetch ?? globalThis.fetch;
  const knownHeaders = writeHeaders(options);

  const ask = async (route: RouteDescription, input: AnyInput): Promise<Response> => {
    const url = baseUrl + writePath(route.path, input.params ?? {}) + writeQuery(input.query ?? {});
    const headers = new Headers(knownHeaders);
    const request: RequestInit = { method: route.method, headers, redirect: "manual" };
    if (input.body !== undefined) {
      headers.set("content-type", "application/json");
      request.body = JSON.stringify(input.body);
    }
    return reaching(baseUrl, () => fetch(url, request));
  };

  return {
    baseUrl,
    async call(route, ...[given]) {
      const response = await ask(route, given ?? {});
      return readAnswer(route, baseUrl, response, await reaching(baseUrl, () => response.text()));
    },
    async stream(route, ...[given]) {
      const response = await ask(route, given ?? {});
      refuseRedirect(baseUrl, response);
      if (!response.ok) throw readApiError(route, response, await reaching(baseUrl, () => response.text()));
      return readPieces(baseUrl, response);
    },
  };
}

async function reaching<Result>(baseUrl: string, what: () => Promise<Result>): Promise<Result> {
  try {
    return await what();
  } catch (thrown) {
    throw unreachable(baseUrl, thrown);
  }
}

async function* readPieces(baseUrl: string, { body }: Response): AsyncGenerator<string, void> {
  const reader = body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reaching(baseUrl, () => reader.read());
      yield decoder.decode(value, { stream: !done });
      if (done) return;
    }
  } finally {
    // Of what has failed, too, the caller has been told.
    await reader.cancel().catch(() => undefined);
  }
}

function readAnswer<R extends RouteDescription>(
  route: R,
  baseUrl: string,
  response: Response,
  text: string,
): CallAnswer<R> {
  refuseRedirect(baseUrl, response);
  const { status, headers } = response;
  const schema = route.answers[status];
  // A function that failed answers 502 too, but with its result and not with an error body.
  if (schema === undefined || (status >= 400 && readErrorBody(text) !== undefined)) {
    if (!response.ok) throw readApiError(route, response, text);
    throw strange(baseUrl, route, `status ${status}`);
  }
  if (schema === null) return { status, headers, body: null } as CallAnswer<R>;
  const body = parseJson(text);
  if (body === undefined) throw strange(baseUrl, route, "not JSON");
  const checked = schema.safeParse(body);
  if (!checked.success) throw strange(baseUrl, route, describeIssue(checked.error.issues[0]));
  // The body as it came, not as parsed: a newer server's additions are the caller's to see.
  return { status, headers, body } as CallAnswer<R>;
}

function refuseRedirect(baseUrl: string, response: Response): void {
  if (response.type !== "opaqueredirect" && (response.status < 300 || response.status > 399)) return;
  const target = response.headers.get("location");
  throw new UnreachableError(
    `${baseUrl} answers with a redirect${target === null ? "" : ` to ${target}`}; use the address where the API itself is`,
    baseUrl,
  );
}

const strange = (baseUrl: string, route: RouteDescription, what: string): UnreachableError =>
  new UnreachableError(`${baseUrl} gave an answer to ${route.id} that is not from this API (${what})`, baseUrl);

function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return "unreadable";
  return [issue.path.join("."), issue.message].filter((part) => part !== "").join(": ");
}
