import { type Level, pino } from "pino";
import type { Log } from "./kernel/log.ts";

const { errWithCause } = pino.stdSerializers;

/** One JSON line per event on standard error; standard output belongs to what a command prints. */
export function createLog(level: Level | "silent"): Log {
  // Lines are gathered for a moment: a write for each would cost more than answering the request did.
  const destination = pino.destination({ fd: 2, sync: true, minLength: 8192, periodicFlush: 200 });
  // The last lines before an end, a crash above all, are the ones somebody will look for. Not `flushSync`: where nobody reads
  // standard error any more, it tries for ever.
  process.on("exit", () => destination.end());
  // As JSON an Error is {}: under these names, whatever else they may hold, it is spelt out.
  return pino({ level, base: null, serializers: { cause: errWithCause, error: errWithCause } }, destination);
}
