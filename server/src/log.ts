import { type Level, pino } from "pino";
import type { Log } from "./kernel/log.ts";

/** One JSON line per event on standard error; standard output belongs to what a command prints. */
export function createLog(level: Level | "silent"): Log {
  // Lines are gathered for a moment: a write for each would cost more than answering the request did.
  return pino({ level, base: null }, pino.destination({ fd: 2, sync: true, minLength: 8192, periodicFlush: 200 }));
}
