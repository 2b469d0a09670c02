import type { Readable } from "node:stream";
import type { Environment } from "./config.ts";
import type { Operator } from "./operator.ts";

/** A stream that the command line writes to. */
export type Sink = {
  readonly isTTY?: boolean;
  /** False when it has enough for now, and says `drain` when it takes more. */
  write(text: string): unknown;
  once?(event: "drain" | "close", listener: () => void): unknown;
};

/** Everything that a run of the command line takes from outside and changes outside, so that a test can stand in for it. */
export type World = {
  readonly arguments: readonly string[];
  readonly environment: Environment;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Loads the server: most commands do without it, and it is most of the program. */
  readonly loadOperator: () => Promise<Operator>;
};
