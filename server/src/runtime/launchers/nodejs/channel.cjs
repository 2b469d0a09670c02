"use strict";
// Frames on descriptor 3, the cell's end; `frames.ts` is the server's. Reading blocks the whole process: between
// activations nothing of the function runs, as in a paused container, and no event loop has to be woken for a frame.

// Copies of everything used after the function's code is loaded, which may put what it likes in their places.
const { readSync, writeSync } = require("node:fs");
const { allocUnsafe, byteLength } = Buffer;
const { parse } = JSON;
const { wait } = Atomics;
const unbound = Function.prototype.bind.bind(Function.prototype.call);
const textOf = unbound(Buffer.prototype.toString);
const writeText = unbound(Buffer.prototype.write);
const readUint32 = unbound(Buffer.prototype.readUInt32LE);
const writeUint32 = unbound(Buffer.prototype.writeUInt32LE);
const copyTo = unbound(Buffer.prototype.copy);

const CHANNEL = 3;
const TYPE_AT = 4;
const ID_AT = 5;
const HEADER_BYTES = 9;

const usual = allocUnsafe(64 * 1024);
const asleep = new Int32Array(new SharedArrayBuffer(4));

/** Descriptors are blocking unless the function changed that; then the call is made again a millisecond later. */
function patiently(call) {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      wait(asleep, 0, 0, 1);
    }
  }
}

/**
 * Waits for the next frame; undefined when the server has closed its end. The server sends a frame only after the
 * one before was answered, so what arrives together is one frame.
 */
function readFrame() {
  let buffer = usual;
  let have = 0;
  let need = HEADER_BYTES;
  while (have < need) {
    const count = patiently(() => readSync(CHANNEL, buffer, have, buffer.length - have, null));
    if (count === 0) return undefined;
    have += count;
    if (need === HEADER_BYTES && have >= HEADER_BYTES) {
      need += readUint32(buffer, 0);
      if (need > buffer.length) {
        const larger = allocUnsafe(need);
        copyTo(buffer, larger, 0, 0, have);
        buffer = larger;
      }
    }
  }
  return {
    type: buffer[TYPE_AT],
    id: readUint32(buffer, ID_AT),
    body: parse(textOf(buffer, "utf8", HEADER_BYTES, need)),
  };
}

/** Writes all of `bytes`, however often it takes. */
function writeAll(descriptor, bytes) {
  let written = 0;
  while (written < bytes.length) {
    written += patiently(() => writeSync(descriptor, bytes, written, bytes.length - written, null));
  }
}

/** Sends `json`, which is already text. */
function writeFrame(type, id, json) {
  const bodyBytes = byteLength(json);
  const frame = allocUnsafe(HEADER_BYTES + bodyBytes);
  writeUint32(frame, bodyBytes, 0);
  frame[TYPE_AT] = type;
  writeUint32(frame, id, ID_AT);
  writeText(frame, json, HEADER_BYTES);
  writeAll(CHANNEL, frame);
}

module.exports = { readFrame, writeAll, writeFrame };
