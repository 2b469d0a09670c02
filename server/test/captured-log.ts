import { inspect } from "node:util";
import type { Log, LogFields } from "../src/kernel/log.ts";

/** A log that keeps all it is told, in every form in which somebody might print it. */
export function createCapturedLog(): Log & { readonly lines: readonly string[] } {
  const lines: string[] = [];
  const keep = (level: string) => (fields: LogFields, message: string) => {
    const all = inspect(fields, { depth: null, showHidden: true, maxArrayLength: null, maxStringLength: null });
    lines.push(`${level} ${message} ${JSON.stringify(fields)} ${all}`);
  };
  return { lines, debug: keep("debug"), info: keep("info"), warn: keep("warn"), error: keep("error") };
}
