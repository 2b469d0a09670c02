import { functionErrors } from "../errors.ts";

type Range = { readonly min: number; readonly max: number; readonly default: number };

/** What the operator allows functions and those who call them. */
export type FunctionLimits = {
  /** Per namespace and minute of the wall clock. */
  readonly invocationsPerMinute: number;
  /** Firings of triggers, per namespace and minute of the wall clock. */
  readonly firesPerMinute: number;
  /** Per namespace at one time. */
  readonly concurrentInvocations: number;
  /** Accepted invocations that wait for their turn, of all namespaces together. */
  readonly waitingInvocations: number;
  /** Functions that one sequence may run, those of sequences in it counted in; also of a composition. */
  readonly sequenceLength: number;
  readonly timeoutMs: Range;
  readonly memoryMb: Range;
  readonly logsMb: Range;
  /** Of code as it is stored, base64 included. */
  readonly codeBytes: number;
  /** Of what is bound to one entity. */
  readonly parametersBytes: number;
  /** Of what a function or a trigger is called with. */
  readonly payloadBytes: number;
  /** Of what an activation logs within its own limit, how much is kept. */
  readonly logsKeptBytes: number;
  /** How long a blocking invocation is waited for before it is answered with its id alone. */
  readonly blockingWaitMs: number;
  /** How long activations are kept. */
  readonly retentionMs: number;
};

/** DigitalOcean's figures (openwhisk-api 1.5, 4.7 and 5.1; do-functions-api 9). */
export const DEFAULT_LIMITS: FunctionLimits = {
  invocationsPerMinute: 600,
  firesPerMinute: 600,
  concurrentInvocations: 120,
  waitingInvocations: 10_000,
  sequenceLength: 50,
  timeoutMs: { min: 100, max: 900_000, default: 3000 },
  memoryMb: { min: 128, max: 1024, default: 256 },
  logsMb: { min: 0, max: 10, default: 10 },
  codeBytes: 50_331_648,
  parametersBytes: 1_048_576,
  payloadBytes: 1_048_576,
  logsKeptBytes: 262_144,
  blockingWaitMs: 30_000,
  retentionMs: 3 * 24 * 3_600_000,
};

export const ANNOTATIONS_BYTES_MAX = 1_048_576;
/** Of a function's result; the runtime enforces it. */
export const RESULT_BYTES_MAX = 1_048_576;
/** Activations that one process of a function serves at a time. */
export const CONCURRENCY = 1;

/** The limits of one action. */
export type ActionLimits = { readonly timeoutMs: number; readonly memoryMb: number; readonly logsMb: number };
/** What a client asked for; null where it left the choice. */
export type AskedLimits = { readonly [Field in keyof ActionLimits | "concurrency"]: number | null };

/** The stored limits of an action, or the defaults of a new one, with what the client asked for put in. Throws `limit_out_of_range`. */
export function chooseLimits(asked: AskedLimits, stored: ActionLimits | null, limits: FunctionLimits): ActionLimits {
  return {
    timeoutMs: asked.timeoutMs ?? stored?.timeoutMs ?? limits.timeoutMs.default,
    memoryMb: asked.memoryMb ?? stored?.memoryMb ?? limits.memoryMb.default,
    logsMb: asked.logsMb ?? stored?.logsMb ?? limits.logsMb.default,
  };
}

/** Throws `function.limit_out_of_range` with OpenWhisk's text for the first limit that is. */
export function checkLimits(asked: AskedLimits, { timeoutMs, memoryMb, logsMb }: FunctionLimits): void {
  check(asked.timeoutMs, timeoutMs, (value) => `duration ${value} milliseconds`, "milliseconds");
  check(asked.memoryMb, memoryMb, (value) => `memory size ${value} MB`, "MB");
  check(asked.logsMb, logsMb, (value) => `log size ${value} MB`, "MB");
  check(asked.concurrency, { min: CONCURRENCY, max: CONCURRENCY }, (value) => `concurrency ${value}`, "");
}

function check(
  asked: number | null,
  { min, max }: Pick<Range, "min" | "max">,
  describe: (value: number) => string,
  unit: string,
): void {
  if (asked === null) return;
  const refuse = (relation: string, threshold: number) =>
    functionErrors.limit_out_of_range({
      says: `${describe(asked)} ${relation} allowed threshold of ${threshold} ${unit}`.trimEnd(),
    });
  if (asked > max) throw refuse("exceeds", max);
  if (asked < min) throw refuse("below", min);
}

/** Throws `function.too_large` if `bytes` are more than allowed. `what` is OpenWhisk's word for the part of the request. */
export function checkSize(what: "exec" | "parameters" | "annotations", bytes: number, max: number): void {
  if (bytes <= max) return;
  throw functionErrors.too_large({ says: `${what} larger than allowed: ${bytes} > ${max} bytes.` });
}
