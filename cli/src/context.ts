import type { ControlPlane, DataPlane } from "./api.ts";
import type { Config } from "./config.ts";
import type { ConnectionStore } from "./connections/store.ts";
import type { CliError } from "./failure.ts";
import type { LoginStore } from "./logins/store.ts";
import type { Operator } from "./operator.ts";
import type { Talk } from "./output/terminal.ts";
import type { Prompts } from "./prompts.ts";

/** What a command may use. */
export type Context = Talk & {
  readonly config: Config;
  readonly connections: ConnectionStore;
  readonly logins: LoginStore;
  /** Null where nobody can answer. */
  readonly prompts: Prompts | null;
  /** Whether what is printed is seen by a person and not kept by a program. */
  readonly onTerminal: boolean;
  readStdin(): Promise<string>;
  /** The control plane under the user's token. */
  controlPlane(): ControlPlane;
  /** The data plane of the namespace in use. */
  dataPlane(): Promise<DataPlane>;
  loadOperator(): Promise<Operator>;
  /** Prints data before the command ends, one piece at a time. */
  emit(data: unknown, text: string): void;
  /** Prints a text piece by piece, and nothing else: what `run` gives is not printed any more. */
  pour(pieces: AsyncIterable<string>): Promise<void>;
  /** Prints the data that `run` gives, then fails all the same: a function's failure has a result, too. */
  failAfterwards(error: CliError): void;
  /** Prints the data that `run` gives, then waits for this. */
  stayUntil(done: Promise<void>): void;
};
