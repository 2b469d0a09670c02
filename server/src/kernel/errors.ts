/** What a catalogue says of one error: the HTTP status and the sentence a caller may read. */
export type ErrorEntry = {
  readonly status: number;
  readonly says: string;
  /** Whether it keeps somebody from what they may not do, and not from what cannot be done. As is a 403, unless said. */
  readonly isRefusal?: boolean;
};

/** What one throw may add. `log` is for operators and never leaves the server; `headers` do. */
export type ErrorDetails = {
  /** Replaces the catalogue's sentence where a wire format prescribes a text with values in it. Public. */
  says?: string;
  log?: Record<string, unknown>;
  headers?: Record<string, string>;
  cause?: unknown;
};

/** An expected failure: it has a stable code, a status, and a text that is safe to show to the caller. */
export class LatchkeyError extends Error {
  readonly code: string;
  readonly status: number;
  readonly says: string;
  readonly isRefusal: boolean;
  readonly log: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(code: string, entry: ErrorEntry, details: ErrorDetails = {}) {
    const says = details.says ?? entry.says;
    super(`${code}: ${says}`, details.cause === undefined ? {} : { cause: details.cause });
    this.name = "LatchkeyError";
    this.code = code;
    this.status = entry.status;
    this.says = says;
    this.isRefusal = entry.isRefusal ?? entry.status === 403;
    this.log = details.log ?? {};
    this.headers = details.headers ?? {};
  }
}

type Thrower = ((details?: ErrorDetails) => LatchkeyError) & ErrorEntry & { readonly code: string };
/** A room's errors, by name: `throw errors.not_found({ log: { id } })`. */
export type ErrorCatalogue<Names extends string> = { readonly [Name in Names]: Thrower };

/** Declares a room's catalogue; codes are `<room>.<name>` and never change once released. */
export function defineErrors<const Entries extends Record<string, ErrorEntry>>(
  room: string,
  entries: Entries,
): ErrorCatalogue<keyof Entries & string> {
  const throwers = Object.entries(entries).map(([name, entry]) => {
    const code = `${room}.${name}`;
    const make = (details?: ErrorDetails) => new LatchkeyError(code, entry, details);
    return [name, Object.assign(make, entry, { code })] as const;
  });
  return Object.fromEntries(throwers) as ErrorCatalogue<keyof Entries & string>;
}
