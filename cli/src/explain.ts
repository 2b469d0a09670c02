import { ApiError, type ApiErrorKind, InvalidRequestError, UnreachableError } from "@latchkey/contract/client-errors";
import { CliError, EXIT, type ExitCode } from "./failure.ts";
import { ProjectError } from "./project/errors.ts";

/** An error as the user reads it. */
export type Explanation = {
  readonly message: string;
  /** What to try next. */
  readonly next: readonly string[];
  readonly exitCode: ExitCode;
};

/** Turns whatever was thrown into words. */
export function explain(error: unknown): Explanation {
  if (error instanceof CliError) return error;
  if (error instanceof ApiError) return failed(describeRefusal(error), adviceFor(error));
  if (error instanceof UnreachableError) return failed(error.message, adviceForSilence(error));
  if (error instanceof ProjectError) return failed(error.message, ["Correct the project, then run the command again"]);
  if (error instanceof InvalidRequestError) {
    return { message: error.message, next: ["Add --help to the command to see what it takes"], exitCode: EXIT.misused };
  }
  if (hasSentence(error)) return failed(error.says, []);
  if (isSystemError(error))
    return failed(error.message, ["Check that the file or folder exists and that you may use it"]);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return failed(`something unexpected happened\n${stack}`, [
    "Please report this as a bug in latchkey, with the lines above",
  ]);
}

const failed = (message: string, next: readonly string[]): Explanation => ({ message, next, exitCode: EXIT.failed });

/** The server's own errors say what happened and what to do in one text. */
const hasSentence = (error: unknown): error is { says: string } =>
  error instanceof Error && "says" in error && typeof error.says === "string";

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "code" in error;

/** A refusal in one line; the request id is what an operator finds in the server's log. */
export const describeRefusal = ({ message, requestId }: ApiError): string =>
  requestId === null ? message : `${message} (request ${requestId})`;

/** How to see what there is, by the thing that was asked for. */
const LISTS: { readonly [thing: string]: string } = {
  accessKey: "latchkey key list",
  namespace: "latchkey namespaces list",
  schedule: "latchkey triggers list",
  package: "latchkey packages list",
  action: "latchkey functions list",
  packagedAction: "latchkey functions list",
  activation: "latchkey activations list",
  member: "latchkey team members",
  invitation: "latchkey team invitations",
  apiToken: "latchkey token list",
  serviceIdentity: "latchkey identity list",
};

const ANOTHER_OWNER = "Make somebody an owner: latchkey team set-role MEMBER owner";
const THE_POLICY = "See what is demanded of keys: latchkey policy show --namespace NAMESPACE";

/** What to try after a refusal of which the kind alone says too little, or the wrong thing. */
const ADVICE: { readonly [routeId: string]: { readonly [kind in ApiErrorKind]?: string } } = {
  "invitation.accept": {
    unauthorized: "You are here already: give the password you have. Lost it? latchkey password forgot ADDRESS",
    not_found: "Ask whoever invited you for a new one",
    conflict: "Log in: latchkey login",
  },
  "invitation.create": {
    conflict: "See who is in, and who is invited: latchkey team members, latchkey team invitations",
  },
  "member.remove": { unprocessable: ANOTHER_OWNER },
  "member.setRole": { unprocessable: ANOTHER_OWNER },
  "team.leave": { unprocessable: ANOTHER_OWNER },
  "accessKey.create": { unprocessable: THE_POLICY },
  "serviceAccessKey.create": { unprocessable: THE_POLICY },
  "apiToken.create": { unprocessable: "Ask for less, or log in and create it then: latchkey login" },
  "passwordReset.redeem": { not_found: "Ask for a new one: latchkey password forgot ADDRESS" },
  "account.update": {
    forbidden: "Give the password you have, with a login or a token of the scope function:admin",
    conflict: "Give another address",
  },
  "account.setPassword": {
    forbidden: "Give the password you have, with a login or a token of the scope function:admin",
  },
};

function adviceFor({ kind, route, retryAfterSeconds }: ApiError): string[] {
  const special = ADVICE[route.id]?.[kind];
  if (special !== undefined) return [special];
  const byToken = route.credential === "token";
  const list = LISTS[route.id.split(".")[0] ?? ""];
  switch (kind) {
    case "unauthorized":
      return byToken
        ? [
            "Log in again: latchkey login",
            "Or check LATCHKEY_TOKEN (or DIGITALOCEAN_ACCESS_TOKEN): a token may be mistyped, expired or revoked",
          ]
        : ["Connect with a key that is still good: latchkey connect", "See which keys there are: latchkey key list"];
    case "forbidden":
      return byToken
        ? ["Use a token with the scope function:admin, or ask an owner of the team"]
        : ["Use a key that may do this; see what a key may do: latchkey key get <key-id>"];
    case "not_found":
      return [list === undefined ? "Check the name" : `See what there is: ${list}`];
    case "conflict":
      return [`Choose another name${list === undefined ? "" : `, or see what there is: ${list}`}`];
    case "rate_limited":
      return [`Try again in ${retryAfterSeconds ?? 60} seconds`];
    case "too_large":
      return ["Send less at a time"];
    case "unprocessable":
      // What was asked for was understood, so how to ask for it is not the question.
      return list === undefined ? [] : [`See what there is: ${list}`];
    case "invalid":
      return ["Add --help to the command to see what it takes"];
    case "unavailable":
    case "server_error":
      return ["Try again; if it stays like this, look for the request in the server's log"];
  }
}

const LOOPBACK = /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/;

function adviceForSilence({ baseUrl, code }: UnreachableError): string[] {
  const elsewhere = "If it is somewhere else, say where: --api-url URL, or LATCHKEY_API_URL";
  return code === "ECONNREFUSED" && LOOPBACK.test(baseUrl)
    ? ["Is the server running? Start it with: latchkey serve", elsewhere]
    : ["Check the address, and that the server is running", elsewhere];
}
