import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BODY_BYTES_MAX, createFrameReader, encodeFrame } from "./frames.ts";

type Read = { type: number; id: number; json: string };

/** Feeds chunks to a new reader and keeps what it hands over. */
function readAll(chunks: readonly Buffer[]): { frames: Read[]; sound: boolean } {
  const frames: Read[] = [];
  const read = createFrameReader(({ type, id, body }) => frames.push({ type, id, json: body.toString("utf8") }));
  let sound = true;
  for (const chunk of chunks) sound = read(chunk);
  return { frames, sound };
}

/** Cuts bytes at the given places, wherever they are. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const edges = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

const frame = fc.record({ type: fc.nat(255), id: fc.nat(0xffffffff), json: fc.json() });

describe("a stream of frames", () => {
  test("reads as the same frames however it was cut into chunks", () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 12 }), (sent, places) => {
        const stream = Buffer.concat(sent.map(({ type, id, json }) => encodeFrame(type, id, json)));
        expect(readAll(cut(stream, places))).toEqual({ frames: sent, sound: true });
      }),
    );
  });

  test("reads as the same frames when it comes a byte at a time", () => {
    const sent = [
      { type: 19, id: 1, json: '{"greeting":"Grüße, 世界"}' },
      { type: 20, id: 2, json: "" },
    ];
    const stream = Buffer.concat(sent.map(({ type, id, json }) => encodeFrame(type, id, json)));
    expect(readAll([...stream].map((byte) => Buffer.from([byte]))).frames).toEqual(sent);
  });

  test("holds a body of the largest size, and is refused by its header alone when it announces more", () => {
    const largest = encodeFrame(19, 1, "x".repeat(BODY_BYTES_MAX));
    expect(readAll([largest.subarray(0, 70_000), largest.subarray(70_000)]).frames).toHaveLength(1);

    const header = Buffer.alloc(9);
    header.writeUInt32LE(BODY_BYTES_MAX + 1);
    expect(readAll([header])).toEqual({ frames: [], sound: false });
  });

  test("that is garbage never throws, and is not listened to again", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
        readAll(chunks.map((chunk) => Buffer.from(chunk)));
      }),
    );
    const good = encodeFrame(19, 1, "{}");
    expect(readAll([Buffer.alloc(9, 0xff), good])).toEqual({ frames: [], sound: false });
  });
});
