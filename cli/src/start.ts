import { processEnvironment } from "./config.ts";
import { main } from "./main.ts";
import type { Operator } from "./operator.ts";

/** Runs this process's command line. `loadOperator` is how to get at the server's code. */
export async function start(loadOperator: () => Promise<Operator>): Promise<void> {
  // A reader that has seen enough, such as `head`, closes its end; that is no error of ours.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  process.exitCode = await main({
    arguments: process.argv.slice(2),
    environment: processEnvironment(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    loadOperator,
  });
}
