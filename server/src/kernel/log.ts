/** Fields of a log line. Never put a secret, an `Authorization` header or a function's data in one. */
export type LogFields = Record<string, unknown>;

/** Structured logging as rooms see it; pino implements it. */
export type Log = {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
};
