/** What the process says of itself when it ends: done, failed, or asked for something that makes no sense. */
export const EXIT = { done: 0, failed: 1, misused: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An expected failure, in a sentence, with what to try next. */
export class CliError extends Error {
  override readonly name: string = "CliError";
  /** Commands to run or things to do, one per line; never empty, because every error ends with what to try next. */
  readonly next: readonly string[];
  readonly exitCode: ExitCode;

  constructor(
    message: string,
    next: readonly [string, ...string[]],
    details: { exitCode?: ExitCode; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.next = next;
    this.exitCode = details.exitCode ?? EXIT.failed;
  }
}

/** The command line itself is wrong; nothing was sent. */
export class UsageError extends CliError {
  override readonly name = "UsageError";

  constructor(message: string, ...next: string[]) {
    const [first = "Add --help to the command to see what it takes", ...rest] = next;
    super(message, [first, ...rest], { exitCode: EXIT.misused });
  }
}
