import { ANSWER, BODY_BYTES_MAX } from "./frames.ts";
import type { JsonObject, JsonValue, RunStatus } from "./model.ts";

/** What an activation came to. The texts are OpenWhisk's and DigitalOcean's, word for word; clients compare them. */
export type Verdict = {
  readonly status: RunStatus;
  readonly result: JsonValue;
  readonly resultBytes: number;
  readonly timedOut: boolean;
};

/** What a process was asked when it ended: to load the function, or to run it. */
export type Phase = "init" | "run";

/** A result nested deeper than this is refused: writing it out again later would exhaust the server's stack. */
const NESTING_MAX = 1000;
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE, QUOTE, BACKSLASH] = Buffer.from('[]{}"\\');

/** A failure with the given text. */
export function failure(status: Exclude<RunStatus, "success">, text: JsonValue): Verdict {
  const result = { error: text };
  return { status, result, resultBytes: Buffer.byteLength(JSON.stringify(result)), timedOut: false };
}

/** Verdicts on activations whose process did not answer. */
export const verdicts = {
  timedOut: (phase: Phase, timeoutMs: number): Verdict => {
    const when = phase === "init" ? " during initialization" : "";
    const text = `The action exceeded its time limits of ${timeoutMs} milliseconds${when}.`;
    return { ...failure("developer_error", text), timedOut: true };
  },
  exited: (phase: Phase): Verdict =>
    failure(
      "developer_error",
      phase === "init" ? "The action did not initialize and exited unexpectedly." : "command exited",
    ),
  outOfMemory: (): Verdict => failure("developer_error", "The action exhausted its memory and was aborted."),
  notProvisioned: (): Verdict => failure("internal_error", "Failed to provision resources to run the action."),
  shutDown: (): Verdict => failure("internal_error", "The action was stopped because the server is shutting down."),
} as const;

/** The verdict in a cell's answer to `run`; undefined when the answer is not one that our launchers give. */
export function judgeAnswer(type: number, body: Buffer): Verdict | undefined {
  const answered = parseBody(body);
  switch (type) {
    case ANSWER.result:
      return isObject(answered) ? judgeResult(answered, body.length) : undefined;
    case ANSWER.failed:
      return typeof answered === "string" ? failure("developer_error", answered) : undefined;
    case ANSWER.tooLong:
      return isObject(answered) ? judgeTooLong(answered) : undefined;
    default:
      return undefined;
  }
}

/** The text in a cell's refusal to `init`. */
export function parseRefusal(body: Buffer): string | undefined {
  const answered = parseBody(body);
  return typeof answered === "string" ? answered : undefined;
}

/** A present `error` makes it an application error, and then nothing else is kept. */
function judgeResult(result: JsonObject, resultBytes: number): Verdict {
  if (Object.hasOwn(result, "error")) return failure("application_error", result["error"] ?? null);
  return { status: "success", result, resultBytes, timedOut: false };
}

function judgeTooLong({ bytes, prefix }: JsonObject): Verdict | undefined {
  if (typeof bytes !== "number" || typeof prefix !== "string") return undefined;
  return failure(
    "application_error",
    `The action produced a response that exceeded the allowed length: ${bytes} > ${BODY_BYTES_MAX} bytes. The truncated response was: ${prefix}`,
  );
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseBody(body: Buffer): JsonValue | undefined {
  if (nestsTooDeep(body)) return undefined;
  try {
    return JSON.parse(body.toString("utf8")) as JsonValue;
  } catch {
    return undefined;
  }
}

function nestsTooDeep(json: Buffer): boolean {
  if (json.length <= 2 * NESTING_MAX) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      if (depth > NESTING_MAX) return true;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
    }
  }
  return false;
}
