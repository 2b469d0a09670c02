import type { EpochMs } from "../kernel/clock.ts";
import type { Secret } from "../kernel/secret.ts";

/** What JSON text can hold. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
/** A JSON object, as functions take and give them. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** The bounds of one activation. */
export type ActionLimits = {
  /** For initialising and for running, each on its own. */
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** Log bytes kept per activation, timestamps included; 0 keeps none. */
  readonly logsBytes: number;
};

/** What to run. A process never serves two revisions, so `revision` must change whenever anything here does. */
export type ActionToRun = {
  readonly namespaceId: string;
  /** `/namespace/package/function`, or `/namespace/function`. */
  readonly qualifiedName: string;
  readonly version: string;
  readonly revision: string;
  readonly kind: string;
  /** `function` or `file.function`; empty for the default, `main`. */
  readonly main: string;
  /** Whether the code is the base64 of a zip archive. */
  readonly binary: boolean;
  /** Called on a cold start only. */
  loadCode(): Promise<string>;
  /** The init parameters, already text. */
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: ActionLimits;
};

/** One activation to be. */
export type RunRequest = {
  readonly activationId: string;
  readonly transactionId: string;
  readonly apiHost: string;
  /** What the function calls the server with, `id:secret`; null if it is given nothing. */
  readonly apiKey: Secret | null;
  /** The function's argument: an object, or an array between the parts of a sequence. */
  readonly value: JsonValue;
  /**
   * Called when a process is ready, before anything of the function runs for this activation, and waited for. If it rejects,
   * nothing runs, and `run` rejects with the same. Null if nobody wants to know.
   */
  readonly begin: (() => Promise<void>) | null;
};

/** How an activation ended, in OpenWhisk's four words. */
export type RunStatus = "success" | "application_error" | "developer_error" | "internal_error";

/** What became of one activation. */
export type RunOutcome = {
  readonly status: RunStatus;
  /** The function's object; `{ error }` for everything but success. */
  readonly result: JsonValue;
  /** Bytes of `result` as JSON text. */
  readonly resultBytes: number;
  /** When initialising began on a cold start, otherwise when the run did. */
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
  /** From the call of `run` to `startedAt`. */
  readonly waitMs: number;
  /** Null when a warm process served the call. */
  readonly initMs: number | null;
  readonly timedOut: boolean;
  /** OpenWhisk's log lines. Never rejects; resolves after the result, so that no answer waits for logs. */
  readonly logs: Promise<readonly string[]>;
};

/** A kind of action this host can run, as the info document lists it. */
export type RuntimeKind = {
  readonly family: string;
  readonly kind: string;
  /** Whether `family:default` means this kind; true for one kind of a family. */
  readonly default: boolean;
  readonly deprecated: boolean;
  readonly image: string;
  readonly requireMain: boolean;
  readonly attached: boolean;
};

/** The pool at one instant, and what it has done since it was created. */
export type RuntimeStats = {
  /** Live processes: starting, idle and busy ones. */
  readonly cells: number;
  readonly starting: number;
  readonly idle: number;
  readonly busy: number;
  /** Calls that wait for a process. */
  readonly queued: number;
  /** Sum of the memory limits of the live processes. */
  readonly memoryMb: number;
  readonly started: number;
  readonly evicted: number;
};

/** How much of the machine functions may take. */
export type RuntimeConfig = {
  /** An existing directory in which each process gets a private one while it lives. */
  readonly scratchDirectory: string;
  /** Processors that functions may keep busy. */
  readonly cores: number;
  readonly cellsMax: number;
  readonly cellsPerActionMax: number;
  /** What the memory limits of all live processes may add up to. */
  readonly memoryMbMax: number;
  /** Processes that may be starting at the same time. */
  readonly startingMax: number;
  /** Calls that may wait for a process before more are refused. */
  readonly queuedMax: number;
  /** How long an unused process is kept warm. */
  readonly idleTtlMs: number;
};

/** Runs actions; knows nothing of people or HTTP. */
export type Runtime = {
  /** The kinds this host can run. */
  kinds(): readonly RuntimeKind[];
  /**
   * Runs one activation. Whatever the function does ends in an outcome; rejects only with an error of
   * `runtimeErrors`, or with what `loadCode` or `begin` threw, and then nothing of the function has run.
   */
  run(action: ActionToRun, request: RunRequest): Promise<RunOutcome>;
  /** Lets go of the processes of an updated or deleted action: idle ones now, busy ones when they finish. */
  retire(namespaceId: string, qualifiedName: string): void;
  /** Refuses new calls, lets accepted ones finish for `graceMs`, then kills what is left. */
  drain(graceMs: number): Promise<void>;
  stats(): RuntimeStats;
};
