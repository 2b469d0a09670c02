import { LatchkeyError } from "../src/kernel/errors.ts";
import { serve } from "../src/operator.ts";

/** A server as a process of its own, without the command line: what it is told comes from the environment. */
try {
  const { url, firstRun } = await serve({}, { createFirstTeam: true });
  process.stdout.write(`${JSON.stringify({ url, token: firstRun?.token ?? null })}\n`);
} catch (error) {
  // Not `process.exit`: a server that failed to start must not keep its process alive.
  process.exitCode = error instanceof LatchkeyError ? 1 : 70;
  process.stderr.write(`${error instanceof LatchkeyError ? error.says : String(error)}\n`);
}
