/**
 * The frames that the server and a function's process exchange over descriptor 3:
 * u32 body length, u8 type, u32 request id (little endian), body as JSON text.
 */

/** What the server asks of a cell. The next request is sent only after the answer to the one before. */
export const REQUEST = { init: 1, run: 2 } as const;

/** What a cell answers. `hello` comes unasked, once, under id 0. */
export const ANSWER = {
  hello: 16,
  /** To `init`: ready to run. */
  ready: 17,
  /** To `init`: cannot be loaded; the body is the text for the caller. */
  refused: 18,
  /** To `run`: the body is the function's object. */
  result: 19,
  /** To `run`: a developer error; the body is the text for the caller. */
  failed: 20,
  /** To `run`: the object is too long; the body is `{ bytes, prefix }`. */
  tooLong: 21,
} as const;

/** The largest result, and so the largest body a cell may send: 1 MiB (openwhisk `system.max-entity-limit`). */
export const BODY_BYTES_MAX = 1024 * 1024;

const TYPE_AT = 4;
const ID_AT = 5;
const HEADER_BYTES = 9;

/** A frame as received; `body` is valid only during the call that hands it over. */
export type Frame = { readonly type: number; readonly id: number; readonly body: Buffer };

/** One frame in one buffer, so that one write sends it. `json` is already text. */
export function encodeFrame(type: number, id: number, json: string): Buffer {
  const bodyBytes = Buffer.byteLength(json);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + bodyBytes);
  frame.writeUInt32LE(bodyBytes, 0);
  frame[TYPE_AT] = type;
  frame.writeUInt32LE(id, ID_AT);
  frame.write(json, HEADER_BYTES);
  return frame;
}

/**
 * Cuts a stream into frames. The returned function takes the next chunk and says whether the stream is still sound;
 * after `false` it takes nothing any more. It never throws and never holds more than one frame and one chunk.
 */
export function createFrameReader(onFrame: (frame: Frame) => void): (chunk: Buffer) => boolean {
  let parts: Buffer[] = [];
  let have = 0;
  /** Bytes of the frame that is arriving, or of its header while its length is unknown. */
  let need = HEADER_BYTES;
  let sound = true;

  /** Everything held, in one piece. */
  function joined(): Buffer {
    const [only] = parts;
    const whole = only !== undefined && parts.length === 1 ? only : Buffer.concat(parts, have);
    parts = [whole];
    return whole;
  }

  return (chunk) => {
    if (!sound) return false;
    parts.push(chunk);
    have += chunk.length;
    while (have >= need) {
      const held = joined();
      const bodyBytes = held.readUInt32LE(0);
      if (bodyBytes > BODY_BYTES_MAX) {
        sound = false;
        parts = [];
        return false;
      }
      need = HEADER_BYTES + bodyBytes;
      if (have < need) break;
      const rest = held.subarray(need);
      parts = rest.length === 0 ? [] : [rest];
      have = rest.length;
      const frame = { type: held[TYPE_AT] ?? 0, id: held.readUInt32LE(ID_AT), body: held.subarray(HEADER_BYTES, need) };
      need = HEADER_BYTES;
      onFrame(frame);
    }
    return true;
  };
}
