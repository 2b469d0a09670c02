import type { Clock } from "../kernel/clock.ts";

/** Where a line came from. */
export type LogStream = "stdout" | "stderr";

/** Gathers what one activation writes. */
export type LogCollector = {
  write(stream: LogStream, chunk: Buffer): void;
  /** The lines, once nothing more can come; an unfinished last line counts. `note` is the platform's own last word. */
  finish(note?: string): readonly string[];
};

const NEWLINE = 0x0a;
/** Timestamp in 30 columns, a space, the stream's name and `: `. */
const PREFIX_BYTES = 39;

/**
 * OpenWhisk's log lines: `<time in 30 columns> <stdout|stderr>: <text>`. At most `limitBytes` of them are kept,
 * timestamps included (so that a flood of empty lines is a flood too); what comes after is dropped as it arrives.
 */
export function createLogCollector(clock: Clock, limitBytes: number): LogCollector {
  const lines: string[] = [];
  const unfinished = { stdout: new GrowingBuffer(), stderr: new GrowingBuffer() };
  let roomBytes = limitBytes;
  let truncated = false;

  function add(stream: LogStream, text: string): void {
    lines.push(`${timestamp(clock.now())} ${stream}: ${text}`);
  }

  /** Adds the line in `bytes`, or as much of it as there is room for. */
  function addLine(stream: LogStream, bytes: Buffer): void {
    if (truncated) return;
    const textRoom = roomBytes - PREFIX_BYTES;
    if (bytes.length <= textRoom) {
      roomBytes = textRoom - bytes.length;
      add(stream, bytes.toString("utf8"));
      return;
    }
    truncated = true;
    if (textRoom > 0) add(stream, wholeCharacters(bytes, textRoom));
  }

  function write(stream: LogStream, chunk: Buffer): void {
    const begun = unfinished[stream];
    let from = 0;
    while (!truncated && from < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, from);
      const piece = chunk.subarray(from, newline === -1 ? chunk.length : newline);
      if (newline !== -1) {
        addLine(stream, begun.length === 0 ? piece : begun.append(piece));
        begun.clear();
        from = newline + 1;
      } else {
        const line = begun.append(piece);
        if (line.length > roomBytes - PREFIX_BYTES) addLine(stream, line);
        return;
      }
    }
  }

  function finish(note?: string): readonly string[] {
    for (const stream of ["stdout", "stderr"] as const) {
      const begun = unfinished[stream];
      if (begun.length > 0) addLine(stream, begun.take());
      begun.clear();
    }
    if (truncated) {
      add("stderr", `Logs were truncated because the total bytes size exceeds the limit of ${limitBytes} bytes.`);
    }
    if (note !== undefined) add("stderr", note);
    return lines;
  }

  return { write, finish };
}

/** A line in the making: appending a byte at a time costs no more than appending it whole. */
class GrowingBuffer {
  #bytes = Buffer.alloc(0);
  length = 0;

  append(piece: Buffer): Buffer {
    const length = this.length + piece.length;
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, this.length);
      this.#bytes = larger;
    }
    piece.copy(this.#bytes, this.length);
    this.length = length;
    return this.take();
  }

  take(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  clear(): void {
    this.#bytes = Buffer.alloc(0);
    this.length = 0;
  }
}

/** The longest beginning of `bytes` that fits into `bytesMax` without cutting a UTF-8 character. */
function wholeCharacters(bytes: Buffer, bytesMax: number): string {
  let end = bytesMax;
  // 10xxxxxx continues a character; one is at most 4 bytes long.
  while (end > bytesMax - 4 && end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}

/** RFC 3339 with nanoseconds, of which the clock gives the first three digits. */
function timestamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replace("Z", "000000Z").padEnd(30);
}
